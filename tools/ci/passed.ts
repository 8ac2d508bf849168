/** What is kept on a machine of a tier's last good run. */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { reviewJson } from '../../core/canonical-json';

export interface Passed {
  /** Fingerprint of what passed. */
  readonly fingerprint: string;
  /** Seconds that it took. */
  readonly seconds: number;
}

const fileOf = (folder: string, tier: string): string => path.join(folder, `${tier.replace(':', '-')}.json`);

/** Undefined where there is none, or none that can be read: then the tier runs. */
export function readPassed(folder: string, tier: string): Passed | undefined {
  try {
    const read = JSON.parse(readFileSync(fileOf(folder, tier), 'utf8')) as Partial<Passed> | null;
    return typeof read?.fingerprint === 'string' && typeof read.seconds === 'number'
      ? { fingerprint: read.fingerprint, seconds: read.seconds }
      : undefined;
  } catch {
    return undefined;
  }
}

export function writePassed(folder: string, tier: string, passed: Passed): void {
  mkdirSync(folder, { recursive: true });
  const file = fileOf(folder, tier);
  writeFileSync(`${file}.new`, reviewJson(passed));
  renameSync(`${file}.new`, file);
}
