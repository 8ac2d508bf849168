import {
  chmod,
  type FileHandle,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import type { KeyObject } from 'node:crypto';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { encryptKeyFile, writeKeyPair } from '../../../offline-bundle/trust/key-files';
import type * as disk from '../../../offline-bundle/store/disk';
import type * as encryptedKey from '../../../offline-bundle/trust/encrypted-key';
import { encryptPrivateKey } from '../../../offline-bundle/trust/encrypted-key';
import { syncDirectory } from '../../../offline-bundle/store/disk';
import { encryptionFault, loadPrivateKey, loadTrustedKey } from '../../../offline-bundle/trust/keys';
import { testSigner } from './signers';

jest.mock('../../../offline-bundle/store/disk', () => {
  const actual = jest.requireActual<typeof disk>('../../../offline-bundle/store/disk');
  return { ...actual, syncDirectory: jest.fn(actual.syncDirectory) };
});

// What it costs to stretch a passphrase is of no matter here, but where a test says so.
jest.mock('../../../offline-bundle/trust/encrypted-key', () => {
  const actual = jest.requireActual<typeof encryptedKey>('../../../offline-bundle/trust/encrypted-key');
  const quick = (key: KeyObject, passphrase: string): string =>
    key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();
  return { ...actual, encryptPrivateKey: jest.fn(quick) };
});
const { encryptPrivateKey: stretched } = jest.requireActual<typeof encryptedKey>(
  '../../../offline-bundle/trust/encrypted-key',
);

const PASSPHRASE = 'correct horse battery';
let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-keys-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('writeKeyPair', () => {
  it('writes both files, the private one for its owner only', async () => {
    jest.mocked(encryptPrivateKey).mockImplementationOnce(stretched);
    const { keyId, privateFile, publicFile } = await writeKeyPair(path.join(folder, 'new'), 'release', PASSPHRASE);
    expect((await stat(privateFile)).mode & 0o777).toBe(0o600);
    expect(loadTrustedKey(await readFile(publicFile, 'utf8')).id).toBe(keyId);
    expect(() => loadPrivateKey('', PASSPHRASE)).toThrow();
    const pem = await readFile(privateFile, 'utf8');
    expect(loadPrivateKey(pem, PASSPHRASE).type).toBe('private');
    expect(encryptionFault(pem)).toBeUndefined();
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

describe('encryptKeyFile', () => {
  const NEXT = 'other words than those';
  const { privatePem, signer } = testSigner();
  const keyFile = async (pem = privatePem): Promise<string> => {
    const file = path.join(folder, 'release.key');
    await writeFile(file, pem);
    await chmod(file, 0o644);
    return file;
  };

  it('encrypts a weak key anew, for its owner alone, and says what was weak', async () => {
    jest.mocked(encryptPrivateKey).mockImplementationOnce(stretched);
    const file = await keyFile();
    const done = await encryptKeyFile(file, PASSPHRASE, NEXT);
    expect(done).toEqual({
      keyId: signer.keyId,
      privateFile: file,
      before: expect.stringContaining('2048 rounds') as string,
    });
    const pem = await readFile(file, 'utf8');
    expect(encryptionFault(pem)).toBeUndefined();
    expect(loadPrivateKey(pem, NEXT).type).toBe('private');
    expect(() => loadPrivateKey(pem, PASSPHRASE)).toThrow(/wrong passphrase/);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['release.key']);
  });

  it('encrypts what was not encrypted at all, through a link that stays', async () => {
    const plain = loadPrivateKey(privatePem, PASSPHRASE).export({ type: 'pkcs8', format: 'pem' }).toString();
    await keyFile(plain);
    await symlink('release.key', path.join(folder, 'link.key'));
    const done = await encryptKeyFile(path.join(folder, 'link.key'), undefined, NEXT);
    expect(done).not.toHaveProperty('before');
    expect(loadPrivateKey(await readFile(path.join(folder, 'release.key'), 'utf8'), NEXT).type).toBe('private');
    expect(await readdir(folder)).toEqual(['link.key', 'release.key']);
  });

  it.each([
    ['a wrong passphrase', 'something else', NEXT, 'PASSPHRASE_WRONG'],
    ['no passphrase', undefined, NEXT, 'PASSPHRASE_MISSING'],
    ['a new one that is common', PASSPHRASE, 'passwordpassword', 'PASSPHRASE_COMMON'],
  ])('leaves the file as it is with %s', async (_what, old, next, code) => {
    const file = await keyFile();
    await expect(encryptKeyFile(file, old, next)).rejects.toMatchObject({ code });
    expect(await readFile(file, 'utf8')).toBe(privatePem);
  });

  it('leaves the file as it is where the disk is full', async () => {
    const file = await keyFile();
    const handle = await open(file, 'r');
    await handle.close();
    const sync = jest.spyOn(Object.getPrototypeOf(handle) as FileHandle, 'sync');
    sync.mockRejectedValueOnce(Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' }));
    try {
      await expect(encryptKeyFile(file, PASSPHRASE, NEXT)).rejects.toMatchObject({ code: 'DISK_FULL' });
    } finally {
      sync.mockRestore();
    }
    expect([await readdir(folder), await readFile(file, 'utf8')]).toEqual([['release.key'], privatePem]);
  });
});
