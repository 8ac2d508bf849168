import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeKeyPair } from '../../../offline-bundle/trust/key-files';
import { loadPrivateKey, loadTrustedKey } from '../../../offline-bundle/trust/keys';

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
      message: `${path.join(folder, name)} exists already`,
    });
    expect(await readdir(folder)).toEqual([name]);
    expect(await readFile(path.join(folder, name), 'utf8')).toBe('precious');
  });

  it('takes names, not paths, and leaves nothing when the passphrase is too short', async () => {
    for (const name of ['../up', '', 'a/b', '.hidden'])
      await expect(writeKeyPair(folder, name, PASSPHRASE)).rejects.toThrow(/is not a name for a key/);
    await expect(writeKeyPair(path.join(folder, 'new'), 'a', 'short')).rejects.toThrow(/5 characters/);
    expect(await readdir(folder)).toEqual([]);
  });
});
