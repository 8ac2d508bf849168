import { type FileHandle, mkdtemp, open, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeKeyPair } from '../../../offline-bundle/trust/key-files';
import type * as disk from '../../../offline-bundle/store/disk';
import { syncDirectory } from '../../../offline-bundle/store/disk';
import { loadPrivateKey, loadTrustedKey } from '../../../offline-bundle/trust/keys';

jest.mock('../../../offline-bundle/store/disk', () => {
  const actual = jest.requireActual<typeof disk>('../../../offline-bundle/store/disk');
  return { ...actual, syncDirectory: jest.fn(actual.syncDirectory) };
});

const PASSPHRASE = 'correct horse battery';
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('writeKeyPair', () => {
  it('writes both files, the private one for its owner only', async () => {
    const { keyId, privateFile, publicFile } = await writeKeyPair(path.join(folder, 'new'), 'release', PASSPHRASE);
    expect((await stat(privateFile)).mode & 0o777).toBe(0o600);
    expect(loadTrustedKey(await readFile(publicFile, 'utf8')).id).toBe(keyId);
    expect(() => loadPrivateKey('', PASSPHRASE)).toThrow();
    expect(loadPrivateKey(await readFile(privateFile, 'utf8'), PASSPHRASE).type).toBe('private');
  });

  it.each(['release.key', 'release.pub'])('never replaces a file: %s', async (name) => {
    await writeFile(path.join(folder, name), 'precious');
    await expect(writeKeyPair(folder, 'release', PASSPHRASE)).rejects.toMatchObject({
      kind: 'input',
      code: 'OUTPUT_EXISTS',
      message: `${path.join(folder, name)} exists already`,
      fix: 'choose another --name; a key that is in use is never replaced',
    });
    expect(await readdir(folder)).toEqual([name]);
    expect(await readFile(path.join(folder, name), 'utf8')).toBe('precious');
  });

  it('takes names, not paths, and leaves nothing when the passphrase is too short', async () => {
    for (const name of ['../up', '', 'a/b', '.hidden', '-a', 'a b', 'a!', 'é', 'a'.repeat(65), 'a\n'])
      await expect(writeKeyPair(folder, name, PASSPHRASE)).rejects.toMatchObject({
        code: 'USAGE_INVALID_VALUE',
        message: `"${name}" is not a name for a key`,
        fix: 'use letters, digits, ".", "_" and "-"',
      });
    await expect(writeKeyPair(path.join(folder, 'new'), 'a', 'short')).rejects.toThrow(/5 characters/);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(['a', '0', 'Release.2026_11-a', 'a'.repeat(64)])('takes the name %s', async (name) => {
    const { privateFile, publicFile } = await writeKeyPair(folder, name, PASSPHRASE);
    // A file of the same mode, which the machine masks in the same way.
    const another = path.join(path.dirname(folder), `${path.basename(folder)}-${name}.txt`);
    await writeFile(another, '', { mode: 0o644 });
    expect((await readdir(folder)).sort()).toEqual([`${name}.key`, `${name}.pub`].sort());
    expect([privateFile, publicFile]).toEqual([path.join(folder, `${name}.key`), path.join(folder, `${name}.pub`)]);
    expect((await stat(publicFile)).mode & 0o777).toBe((await stat(another)).mode & 0o777);
    await rm(another);
  });

  it('makes the folder and those above it for its owner alone', async () => {
    await writeKeyPair(path.join(folder, 'far', 'below'), 'release', PASSPHRASE);
    expect((await stat(path.join(folder, 'far', 'below'))).mode & 0o777).toBe(0o700);
  });

  it('never writes through a link, not even one that leads nowhere', async () => {
    await symlink(path.join(folder, 'elsewhere'), path.join(folder, 'release.pub'));
    await expect(writeKeyPair(folder, 'release', PASSPHRASE)).rejects.toMatchObject({ code: 'OUTPUT_EXISTS' });
    expect(await readdir(folder)).toEqual(['release.pub']);
  });

  it('says which place the disk refuses', async () => {
    await writeFile(path.join(folder, 'file'), '');
    const below = path.join(folder, 'file', 'below');
    await expect(writeKeyPair(below, 'release', PASSPHRASE)).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringContaining(below) as string,
    });
  });

  it('leaves neither file where the disk keeps no names', async () => {
    jest.mocked(syncDirectory).mockRejectedValueOnce(new Error('no names'));
    await expect(writeKeyPair(folder, 'release', PASSPHRASE)).rejects.toThrow('no names');
    expect(await readdir(folder)).toEqual([]);
  });

  it.each([
    ['first', 0],
    ['second', 1],
  ])('leaves neither file where the disk is full with the %s', async (_which, before) => {
    const handle = await open(path.join(folder, 'any'), 'w');
    await handle.close();
    await rm(path.join(folder, 'any'));
    const sync = jest.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'sync');
    for (let at = 0; at < before; at += 1) sync.mockResolvedValueOnce(undefined);
    sync.mockRejectedValueOnce(Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' }));
    try {
      await expect(writeKeyPair(folder, 'release', PASSPHRASE)).rejects.toMatchObject({ code: 'DISK_FULL' });
    } finally {
      sync.mockRestore();
    }
    expect(await readdir(folder)).toEqual([]);
  });
});
