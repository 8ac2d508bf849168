import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { bytesOf, filesAt, smallFile, takeInventory } from '../../../offline-bundle/upkeep/inventory';
import { openStore } from '../../../offline-bundle/store/store';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(os.tmpdir(), 'airlock-inventory-'));
  await openStore(dir, { create: true });
});
afterEach(() => rm(dir, { recursive: true }));

const HEX = 'ab'.repeat(32);
async function put(name: string, text = 'x'): Promise<void> {
  await mkdir(path.dirname(path.join(dir, name)), { recursive: true });
  await writeFile(path.join(dir, name), text);
}

const KNOWN: readonly (readonly [string, string])[] = [
  ['marker', 'store.json'],
  ['blob', `blobs/sha256/${HEX}`],
  ['record', `roots/${HEX}.json`],
  ['seal', `seals/${HEX}/0123456789abcdef.sigstore.json`],
  ['seal', `seals/${HEX}/0123456789abcdef.SHA256SUMS.sig`],
  ['seal', `seals/${HEX}/0123456789abcdef.pub`],
  ['derived', `derived/${HEX}.json`],
  ['mark', `sequences/${HEX}.json`],
  ['staging', `staging/${HEX}.${'0'.repeat(16)}-1-1.${'0'.repeat(16)}`],
  ['staging', 'staging/store.json.0123456789ab.tmp'],
  ['staging', `derived/${HEX}.json.0123456789ab.tmp`],
  ['quarantine', `quarantine/${HEX}`],
  ['other', 'check.json'],
  ['other', 'policy.json'],
  ['other', 'history/000001.json'],
  ['other', 'writer-0123-4-5.lock'],
];

it.each(KNOWN)('a %s is known at %s', async (place, name) => {
  await put(name);
  const { files, foreign } = await takeInventory(dir);
  expect(foreign).toEqual([]);
  expect(files).toContainEqual(expect.objectContaining({ place, path: name }));
});

it.each([
  'notes.txt',
  'blobs/md5/x',
  'blobs/sha256/short',
  `blobs/sha256/${HEX}.bak`,
  `roots/${HEX}`,
  'roots/zz.json',
  `seals/${HEX}/notes`,
  'seals/x/0123456789abcdef.pub',
  `derived/${HEX}.tmp`,
  `quarantine/${HEX}.1`,
])('%s is foreign', async (name) => {
  await put(name);
  const { foreign } = await takeInventory(dir);
  expect(foreign.some(({ path: at }) => name.startsWith(at))).toBe(true);
});

it('a link, a pipe and a folder are told by their kind, and nothing behind them is looked at', async () => {
  await symlink('/etc', path.join(dir, 'staging', 'link'));
  await symlink('/etc/passwd', path.join(dir, 'blobs', 'sha256', HEX));
  execFileSync('mkfifo', [path.join(dir, 'pipe')]);
  await put(`roots/${HEX}.json/inside`);
  const found = await takeInventory(dir);
  expect(found.foreign.map(({ path: at, kind }) => [at, kind])).toEqual([
    ['pipe', 'special file'],
    ['staging/link', 'symbolic link'],
  ]);
  expect(filesAt(found, 'blob')).toMatchObject([{ kind: 'symbolic link', digest: `sha256:${HEX}` }]);
  expect(filesAt(found, 'record')).toMatchObject([{ kind: 'directory' }]);
  expect(await smallFile(found, filesAt(found, 'record')[0]!)).toBeUndefined();
});

it("what a disk puts at its root is the disk's own", async () => {
  await mkdir(path.join(dir, 'lost+found'));
  expect((await takeInventory(dir)).foreign).toEqual([]);
});

it('a store whose marker is gone is still one, and another folder is none', async () => {
  await rm(path.join(dir, 'store.json'));
  await put(`blobs/sha256/${HEX}`, 'abc');
  const found = await takeInventory(dir);
  expect(bytesOf(filesAt(found, 'blob'))).toBe(3);
  expect(String(await smallFile(found, filesAt(found, 'blob')[0]!))).toBe('abc');
  await rm(path.join(dir, 'roots'), { recursive: true });
  await expect(takeInventory(dir)).rejects.toMatchObject({ code: 'STORE_MISSING' });
  await expect(takeInventory(path.join(dir, 'nowhere'))).rejects.toMatchObject({ code: 'STORE_MISSING' });
});
