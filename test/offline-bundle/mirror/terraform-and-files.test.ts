import { request } from 'undici';
import { type Mirror, startMirror } from '../../../offline-bundle/mirror/server';
import { importInto, scratchFolder } from './store-support';
import { seededBytes } from '../../outside-world/bytes';

const dir = scratchFolder();
let mirror: Mirror;
const base = '/terraform/registry.terraform.example/acme/null';

beforeAll(async () => {
  const { store } = await importInto(dir());
  await importInto(dir(), { variant: '2', editLock: (lock) => (lock.providers[0]!.version = '3.3.0') });
  mirror = await startMirror({ store, host: '127.0.0.1', port: 0 });
});

afterAll(() => mirror.close(0));

async function ask(path: string, headers = {}): Promise<{ status: number; type: unknown; bytes: Buffer }> {
  const { statusCode, headers: got, body } = await request(new URL(path, mirror.url), { headers });
  return { status: statusCode, type: got['content-type'], bytes: Buffer.from(await body.arrayBuffer()) };
}

describe('the network mirror of Terraform', () => {
  it('lists the versions of every bundle', async () => {
    const { status, type, bytes } = await ask(`${base}/index.json`);
    expect([status, String(type).split(';')[0]]).toEqual([200, 'application/json']);
    expect(JSON.parse(bytes.toString())).toEqual({ versions: { '3.2.4': {}, '3.3.0': {} } });
  });

  it('names each package relative to the document, with both hashes', async () => {
    const { bytes } = await ask(`${base}/3.2.4.json`);
    const { archives } = JSON.parse(bytes.toString()) as {
      archives: Record<string, { url: string; hashes: string[] }>;
    };
    expect(Object.keys(archives)).toEqual(['linux_amd64']);
    expect(archives['linux_amd64']?.hashes).toEqual([
      'h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
      expect.stringMatching(/^zh:[0-9a-f]{64}$/),
    ]);
    const zip = await ask(`${base}/${archives['linux_amd64']?.url ?? ''}`);
    expect([zip.status, zip.type]).toEqual([200, 'application/zip']);
    expect(zip.bytes).toEqual(seededBytes('provider', 900));
    const part = await ask(`${base}/${archives['linux_amd64']?.url ?? ''}`, { range: 'bytes=-100' });
    expect([part.status, part.bytes.length]).toEqual([206, 100]);
  });

  it.each([
    '/terraform/registry.terraform.example/acme/other/index.json',
    `${base}/9.9.9.json`,
    `${base}/other.zip`,
    '/terraform/x',
  ])('has no %s', async (path) => {
    expect((await ask(path)).status).toBe(404);
  });
});

describe('files', () => {
  it('are served under name and file name', async () => {
    const { status, bytes } = await ask('/files/terraform/terraform_1.11.4.zip');
    expect(status).toBe(200);
    expect(bytes).toEqual(seededBytes('terraform', 800));
    expect((await ask('/files/terraform/other')).status).toBe(404);
    expect((await ask('/files/terraform')).status).toBe(404);
  });
});
