import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readTrustedKeys } from '../../../offline-bundle/verify/trusted-keys';
import { testSigner } from '../trust/signers';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-trusted-'));
});
afterEach(() => rm(folder, { recursive: true }));

describe('the keys that a person names', () => {
  it('are read in their order', async () => {
    const signers = [testSigner(), testSigner()];
    const files = signers.map((_, at) => path.join(folder, `${at}.pub`));
    for (const [at, { publicPem }] of signers.entries()) await writeFile(files[at]!, publicPem);
    expect((await readTrustedKeys(files)).map(({ id }) => id)).toEqual(signers.map(({ trusted }) => trusted.id));
    expect(await readTrustedKeys([])).toEqual([]);
  });

  it('are refused by their file', async () => {
    const file = path.join(folder, 'a.pub');
    await expect(readTrustedKeys([file])).rejects.toMatchObject({
      code: 'FILE_MISSING',
      message: expect.stringContaining(file) as string,
      fix: 'name a .pub file that `airlock keys create` wrote',
    });
    await writeFile(file, testSigner().privatePem);
    await expect(readTrustedKeys([file])).rejects.toThrow(`${file} is a PEM file of "ENCRYPTED PRIVATE KEY"`);
  });
});
