import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  forgetUnfinished,
  keepUnfinished,
  KnownHashes,
  knownHashes,
  unfinishedFile,
} from '../../../offline-bundle/resolve/known-hashes';
import type { Lock } from '../../../site/generated/lock';

const OID = 'a'.repeat(40);
const SHA256 = 'b'.repeat(64);
let folder: string;
let lockFile: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'known-hashes-'));
  lockFile = path.join(folder, 'airlock.lock.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

const lockWith = (sha256From: 'hub' | 'fetched'): Lock =>
  ({ models: [{ files: [{ path: 'x', gitOid: OID, size: 7, sha256: SHA256, sha256From }] }] }) as never;

it('knows what the lock on disk computed from bytes, and not what a Hub stated', async () => {
  expect((await knownHashes(lockFile, lockWith('fetched'))).of(OID, 7)).toBe(SHA256);
  expect((await knownHashes(lockFile, lockWith('fetched'))).of(OID, 8)).toBeUndefined();
  expect((await knownHashes(lockFile, lockWith('hub'))).of(OID, 7)).toBeUndefined();
});

it('knows what a run hashed that did not end well, until there is a lock', async () => {
  const known = new KnownHashes();
  known.add(OID, 7, SHA256);
  await keepUnfinished(lockFile, known);
  expect((await knownHashes(lockFile, undefined)).entries()).toEqual(known.entries());
  await forgetUnfinished(lockFile);
  await forgetUnfinished(lockFile);
  expect(existsSync(unfinishedFile(lockFile))).toBe(false);
});

it.each([
  '',
  '[]',
  'null',
  '{"x":1}',
  `{"${OID}-7":1}`,
  `{"${OID}-7":"${SHA256.slice(1)}"}`,
  `{"${OID}-x":"${SHA256}"}`,
  `{"${OID}":"${SHA256}"}`,
  `{"${OID.toUpperCase()}-7":"${SHA256}"}`,
])('takes nothing from a file of another form: %s', async (text) => {
  writeFileSync(unfinishedFile(lockFile), text);
  expect((await knownHashes(lockFile, undefined)).entries()).toEqual({});
});
