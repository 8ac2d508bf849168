/** What releases left, for the tests that read it with the kit of today. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TrustedKey } from '../../offline-bundle/trust/keys';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys';
import type { Lock } from '../../site/generated/lock';
import type { Site } from '../../site/generated/site';
import { loadSite } from '../../site/load-site';
import { loadLock } from '../../site/lock/lock-file';
import { partOf, SIGNERS } from '../../tools/corpus/places';

const keyFile = (release: string, name: string): string => path.join(partOf(release, 'keys'), name);

export const privateKeyFile = (release: string): string => keyFile(release, `${SIGNERS[0]}.key`);
export const publicKeyFiles = (release: string): string[] => SIGNERS.map((name) => keyFile(release, `${name}.pub`));

/** The keys of both signers. */
export const keysOf = (release: string): Promise<TrustedKey[]> => readTrustedKeys(publicKeyFiles(release));

export const lockOf = (release: string): Promise<Lock> => loadLock(partOf(release, 'lock'));
export const siteOf = (release: string): Promise<Site> => loadSite(partOf(release, 'site'));

/** A folder of the test's own; ends with it. */
export function scratchFolder(): () => string {
  let folder = '';
  beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'airlock-corpus-'))));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return () => folder;
}

/** The store as the release had it: its own files, and the blobs, which the corpus keeps once, with the bundle. */
export function layOutStore(release: string, dir: string): void {
  cpSync(partOf(release, 'store'), dir, { recursive: true });
  cpSync(path.join(partOf(release, 'bundle'), 'blobs'), path.join(dir, 'blobs'), { recursive: true });
}
