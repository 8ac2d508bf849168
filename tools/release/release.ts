/** Everything that a release is, as data; nothing of it depends on time, folder, permissions or processor. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { digestOf, hexOf } from '../../core/digest';
import { buildFarSide } from '../build-far-side';
import { buildLibrary } from '../package/build-library';
import { notesOf } from './notes';
import { type PackageLock, sbomOf } from './sbom';
import { packRelease } from './tarball';

export interface Release {
  readonly version: string;
  /** Bytes of each file, SHA256SUMS among them, by its name. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export const SUMS = 'SHA256SUMS';

const sha256 = (bytes: Buffer): string => hexOf(digestOf(bytes));

/** As `sha256sum` writes and checks it, sorted by name. */
const sumsOf = (files: ReadonlyMap<string, Buffer>): Buffer =>
  Buffer.from(
    [...files]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, bytes]) => `${sha256(bytes)}  ${name}\n`)
      .join(''),
  );

/**
 * Builds the checkout and all that a release of it holds.
 *
 * @throws Error when it does not build, or the changelog says nothing of its version
 */
export async function releaseOf(root: string): Promise<Release> {
  const read = (name: string): string => readFileSync(path.join(root, name), 'utf8');
  const manifest = JSON.parse(read('package.json')) as { name: string; version: string; license: string };
  const notes = Buffer.from(notesOf(read('CHANGELOG.md'), manifest.version));
  const { bytes, licenses } = await buildFarSide();
  mkdirSync(path.join(root, 'dist'), { recursive: true });
  writeFileSync(path.join(root, 'dist/airlock.mjs'), bytes);
  buildLibrary(root);
  const tarball = packRelease(root);
  const built = new Map([
    [tarball.name, tarball.bytes],
    ['airlock.mjs', bytes],
  ]);
  const sbom = sbomOf({
    ...manifest,
    files: new Map([...built].map(([name, content]) => [name, sha256(content)])),
    bundled: licenses.packages,
    lock: JSON.parse(read('package-lock.json')) as PackageLock,
  });
  const files = new Map([
    ...built,
    [`${manifest.name}-${manifest.version}.cdx.json`, Buffer.from(sbom)],
    ['NOTES.md', notes],
  ]);
  return { version: manifest.version, files: new Map([...files, [SUMS, sumsOf(files)]]) };
}
