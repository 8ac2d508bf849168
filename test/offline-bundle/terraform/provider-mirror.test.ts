import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ProviderMirror } from '../../../offline-bundle/terraform/provider-mirror';
import { bytesOf, rejection } from '../fetch/clients';

const WANTED = { source: 'registry.example/acme/demo', version: '1.2.3', platform: 'linux/amd64' };
let folder: string;
let packages: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'airlock-mirror-'));
  packages = path.join(folder, 'registry.example/acme/demo');
  await mkdir(packages, { recursive: true });
});
afterEach(() => rm(folder, { recursive: true }));

describe('a provider mirror directory', () => {
  it('gives the packed zip, from any offset', async () => {
    const file = path.join(packages, 'terraform-provider-demo_1.2.3_linux_amd64.zip');
    await writeFile(file, 'zip bytes');
    const mirror = new ProviderMirror(folder);
    expect(await mirror.find(WANTED)).toEqual({ file, filename: path.basename(file) });
    const { body, start } = await mirror.open(WANTED, 4);
    expect([start, (await bytesOf(body)).toString()]).toEqual([4, 'bytes']);
  });

  it('that holds the provider unpacked is refused, with what to put there', async () => {
    await mkdir(path.join(packages, '1.2.3/linux_amd64'), { recursive: true });
    const error = await rejection(new ProviderMirror(folder).find(WANTED));
    expect(error).toMatchObject({
      kind: 'input',
      message: expect.stringContaining('is an unpacked provider') as string,
    });
    expect(error.fix).toContain('terraform-provider-demo_1.2.3_linux_amd64.zip');
  });

  it('that lacks the package lists what it has', async () => {
    await writeFile(path.join(packages, 'terraform-provider-demo_1.2.2_linux_amd64.zip'), '');
    const error = await rejection(new ProviderMirror(folder).find(WANTED));
    expect(error).toMatchObject({ kind: 'input' });
    expect(error.fix).toBe('packages there: terraform-provider-demo_1.2.2_linux_amd64.zip');
  });

  it('that is not there says how to fill it', async () => {
    const error = await rejection(new ProviderMirror(path.join(folder, 'missing')).find(WANTED));
    expect(error.fix).toContain('terraform providers mirror -platform=linux_amd64');
  });
});
