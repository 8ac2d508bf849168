/** What a release left, file by file, so that nobody changes it unseen. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { reviewJson } from '../../core/canonical-json';
import { type Digest, digestOf } from '../../core/digest';
import { formatsBelow } from './formats';
import { filesBelow, PARTS, partOf, RELEASES_FILE } from './places';

export interface Manifest {
  readonly release: string;
  /** Opens the key file. */
  readonly passphrase: string;
  /** Day against which waivers are held, YYYY-MM-DD. */
  readonly asOf: string;
  /** Names of formats, as docs/formats.md lists them. */
  readonly formats: readonly string[];
  /** Every other file below the folder. */
  readonly files: Readonly<Record<string, Digest>>;
}

/** Digest of every file below the folder of a release but of its manifest. */
export const digestsBelow = (folder: string): Record<string, Digest> =>
  Object.fromEntries(
    filesBelow(folder)
      .filter((file) => file !== PARTS.manifest)
      .map((file) => [file, digestOf(readFileSync(path.join(folder, file)))]),
  );

export const readManifest = (release: string): Manifest =>
  JSON.parse(readFileSync(partOf(release, 'manifest'), 'utf8')) as Manifest;

/** Digest of the manifest of each release. */
export const readReleases = (): Record<string, Digest> =>
  existsSync(RELEASES_FILE) ? (JSON.parse(readFileSync(RELEASES_FILE, 'utf8')) as Record<string, Digest>) : {};

/** Writes the manifest of a folder that is filled. @returns its digest */
export function writeManifest(folder: string, about: Pick<Manifest, 'release' | 'passphrase' | 'asOf'>): Digest {
  const text = reviewJson({ ...about, formats: formatsBelow(folder), files: digestsBelow(folder) } satisfies Manifest);
  writeFileSync(path.join(folder, PARTS.manifest), text);
  return digestOf(text);
}

export const enterRelease = (release: string, manifest: Digest): void =>
  writeFileSync(RELEASES_FILE, reviewJson({ ...readReleases(), [release]: manifest }));
