/** The program that a bundle carries: what the checkout builds, or `airlock.mjs` itself where that is what runs. */
import { readFile } from 'node:fs/promises';
import { kitVersion } from '../core/assets.js';
import type { BundledLicenses } from '../core/bundled-licenses.js';

/** Set by the release build: the file that runs, and {@link BundledLicenses} as JSON. The checkout has no such variables. */
declare const AIRLOCK_FILE: string;
declare const AIRLOCK_LICENSES: string;

export interface KitProgram {
  readonly bytes: Buffer;
  readonly version: string;
}

export async function kitProgram(): Promise<KitProgram> {
  if (typeof AIRLOCK_FILE !== 'undefined') return { bytes: await readFile(AIRLOCK_FILE), version: kitVersion() };
  return (await import('../tools/build-far-side.js')).buildFarSide();
}

export async function kitLicenses(): Promise<BundledLicenses> {
  if (typeof AIRLOCK_LICENSES !== 'undefined') return JSON.parse(AIRLOCK_LICENSES) as BundledLicenses;
  return (await (await import('../tools/build-far-side.js')).buildFarSide()).licenses;
}
