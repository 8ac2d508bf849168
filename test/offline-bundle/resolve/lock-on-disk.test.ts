import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { demandOwnLock, saveLock } from '../../../offline-bundle/resolve/lock-on-disk';
import { loadLock, serializeLock } from '../../../site/lock/lock-file';
import type { Lock } from '../../../site/generated/lock';

let folder: string;
let file: string;
let lock: Lock;
beforeAll(async () => {
  lock = await loadLock(path.join(__dirname, '../../fixtures/stack/airlock.lock.json'));
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-lock-'));
  file = path.join(folder, 'airlock.lock.json');
});
afterEach(() => rm(folder, { recursive: true }));

describe('a lock on disk', () => {
  it('is written once, and left alone while nothing changes', async () => {
    await demandOwnLock(lock.site, file);
    expect(await saveLock(lock, file)).toBe(true);
    expect(await readFile(file, 'utf8')).toBe(serializeLock(lock));
    const { ino, mtimeMs } = await stat(file);
    await demandOwnLock(lock.site, file);
    expect(await saveLock(lock, file)).toBe(false);
    expect(await stat(file)).toMatchObject({ ino, mtimeMs });
    expect(await saveLock({ ...lock, providers: [] }, file)).toBe(true);
    expect(await readdir(folder)).toEqual(['airlock.lock.json']);
  });

  it("is never written over another site's", async () => {
    await saveLock(lock, file);
    await expect(demandOwnLock('suedstern', file)).rejects.toMatchObject({
      kind: 'input',
      message: `${file} is the lock of site "${lock.site}", not of "suedstern"`,
    });
  });

  it('is never written over something else', async () => {
    await writeFile(file, 'notes');
    await expect(demandOwnLock(lock.site, file)).rejects.toMatchObject({
      kind: 'input',
      message: `${file} exists and is not a lock`,
    });
  });

  it('leaves nothing behind where it cannot be written', async () => {
    await expect(saveLock(lock, path.join(folder, 'missing', 'lock.json'))).rejects.toMatchObject({
      kind: 'environment',
    });
    expect(await readdir(folder)).toEqual([]);
  });
});
