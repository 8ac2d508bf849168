import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { packageHash } from '../../../offline-bundle/terraform/package-hash';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-h1-'));
});
afterAll(() => rm(folder, { recursive: true }));

const FILES: readonly (readonly [string, string])[] = [
  ['terraform-provider-demo_v1.2.3', '#!/bin/sh\necho provider\n'],
  ['LICENSE.txt', 'Apache-2.0\n'],
  ['docs/a.md', 'nested, to see how names sort\n'],
  ['Zebra.txt', 'Z before a\n'],
];

/**
 * What Terraform 1.11.4 writes for these files into .terraform.lock.hcl: the zip was laid into a filesystem_mirror as
 * provider.example/acme/demo/terraform-provider-demo_1.2.3_linux_amd64.zip, then `terraform init` run on a configuration
 * that requires provider.example/acme/demo 1.2.3. It is the same with and without an entry for the folder `docs/`.
 */
const BY_TERRAFORM = 'h1:H8LFH8N+18HQPJ1Ai1BGvLolYRg4HIISCYfM56PLqOw=';

async function zipOf(files: typeof FILES, { compress = true, folders = false } = {}): Promise<string> {
  const zip = new ZipFile();
  for (const [name, text] of files) zip.addBuffer(Buffer.from(text), name, { compress });
  if (folders) zip.addEmptyDirectory('docs');
  zip.end();
  const file = path.join(folder, `${String(Math.random()).slice(2)}.zip`);
  await pipeline(zip.outputStream, createWriteStream(file));
  return file;
}

describe('the h1 hash of a provider package', () => {
  it('is what Terraform computes', async () => {
    expect(await packageHash(await zipOf(FILES))).toBe(BY_TERRAFORM);
  });

  it('depends on names and contents, not on order, compression or entries for folders', async () => {
    expect(await packageHash(await zipOf([...FILES].reverse(), { compress: false, folders: true }))).toBe(BY_TERRAFORM);
    expect(await packageHash(await zipOf(FILES.slice(1)))).not.toBe(BY_TERRAFORM);
    const renamed = FILES.map(([name, text]) => [`${name}x`, text] as const);
    expect(await packageHash(await zipOf(renamed))).not.toBe(BY_TERRAFORM);
  });

  it('is refused for a name twice, and for what is no zip', async () => {
    const twice = await zipOf([...FILES, ...FILES.slice(0, 1)]);
    await expect(packageHash(twice)).rejects.toMatchObject({
      kind: 'check',
      message: expect.stringContaining('twice') as string,
    });
    const text = path.join(folder, 'text.zip');
    await writeFile(text, 'not a zip');
    await expect(packageHash(text)).rejects.toMatchObject({
      kind: 'check',
      message: expect.stringContaining(text) as string,
    });
  });
});
