import {
  chooseFiles,
  lockedModel,
  resolveLicense,
  resolveModelFile,
} from '../../../offline-bundle/resolve/resolve-model';
import type { HubFile, HubTree } from '../../../offline-bundle/hub/hub-client';
import type { ModelRequest } from '../../../site/requests/requests';
import { sha256Hex } from '../../outside-world/bytes';
import { type Hub, type HubOptions, startHub } from '../../outside-world/hub';
import { rejection, worldClients } from '../fetch/clients';
import { KnownHashes } from '../../../offline-bundle/resolve/known-hashes';

const ID = 'outside-example/model';
const FILES = { 'config.json': '{"a":1}\n', LICENSE: 'text\n', 'model.safetensors': 'weights' };
let hub: Hub | undefined;
afterEach(() => hub?.close());

const request: ModelRequest = {
  name: 'm',
  repository: ID,
  revision: 'a'.repeat(40),
  include: [],
  exclude: [],
  expectedLicense: 'Apache-2.0',
};
const listed = (...paths: string[]): HubTree => ({
  files: paths.map((path) => ({ path, size: 1, gitOid: 'b'.repeat(40) })),
  others: new Map(),
});
const paths = (files: readonly { path: string }[]): string[] => files.map(({ path }) => path);

async function start(options: Partial<HubOptions> = {}): Promise<{
  clients: ReturnType<typeof worldClients>['clients'];
  request: ModelRequest;
  files: readonly HubFile[];
}> {
  hub = await startHub({ repositories: [{ id: ID, files: FILES, license: 'apache-2.0' }], ...options });
  const { clients } = worldClients({ HF_ENDPOINT: hub.url });
  const wanted = { ...request, revision: hub.revisionOf(ID) };
  return { clients, request: wanted, files: (await clients.hub.tree(wanted)).files };
}

describe('the choice of files', () => {
  const all = listed('.gitattributes', 'README.md', 'model.bin', 'original/.hidden/a.pth', 'original/b.pth');

  it('is everything by default', () => {
    expect(paths(chooseFiles(request, all).files)).toEqual(paths(all.files));
  });

  it('leaves out whole folders, hidden files in them too', () => {
    const { files, notes } = chooseFiles({ ...request, exclude: ['original/**'] }, all);
    expect(paths(files)).toEqual(['.gitattributes', 'README.md', 'model.bin']);
    expect(notes).toEqual([]);
  });

  it('takes what is included, less what is excluded; a star stays within its folder', () => {
    const { files } = chooseFiles({ ...request, include: ['*', 'original/*'], exclude: ['*.md'] }, all);
    expect(paths(files)).toEqual(['.gitattributes', 'model.bin', 'original/b.pth']);
  });

  it('refuses an include that matches nothing, and lists what exists', () => {
    expect(() => chooseFiles({ ...request, include: ['*', '*.safetensor'] }, all)).toThrow(
      'include matches no file: *.safetensor',
    );
  });

  it('notes an exclude that matches nothing', () => {
    expect(chooseFiles({ ...request, exclude: ['metal/**'] }, all).notes).toEqual([
      'model m: exclude "metal/**" matches no file',
    ]);
  });

  const unsafe = ['../../etc/passwd', '/etc/x', 'a\\b', 'a\u001b[2J', 'a//b', 'x'.repeat(300)];
  it.each(unsafe)('refuses the path %j, and takes the rest where it is left out', (path) => {
    const tree = listed('ok', path);
    expect(() => chooseFiles(request, tree)).toThrow(JSON.stringify(path));
    expect(paths(chooseFiles({ ...request, include: ['ok'] }, tree).files)).toEqual(['ok']);
  });

  it('refuses names that differ only in case, and takes one where the other is left out, as its advice says', () => {
    const tree = listed('config.json', 'Config.json');
    expect(() => chooseFiles(request, tree)).toThrow('differ only in case');
    expect(paths(chooseFiles({ ...request, exclude: ['Config.json'] }, tree).files)).toEqual(['config.json']);
  });

  it.each(['unknown', 'submodule', 'commit'])(
    'refuses what is no file (%s) until it is left out, as its advice says',
    (type) => {
      const tree = { ...listed('ok'), others: new Map([['third_party', type]]) };
      expect(() => chooseFiles(request, tree)).toThrow('third_party is no file');
      const { files, notes } = chooseFiles({ ...request, exclude: ['third_party'] }, tree);
      expect([paths(files), notes]).toEqual([['ok'], []]);
    },
  );

  it('refuses to leave nothing', () => {
    expect(() => chooseFiles({ ...request, exclude: ['**'] }, all)).toThrow('leave no file');
  });
});

describe('the hash of a file', () => {
  it('is stated by the Hub for LFS files, which are not fetched, and computed for the others', async () => {
    const { clients, request: wanted, files } = await start();
    const locked = await Promise.all(files.map((file) => resolveModelFile(clients, wanted, file)));
    expect(locked.map(({ path, sha256From, sha256 }) => [path, sha256From, sha256])).toEqual([
      ['LICENSE', 'fetched', sha256Hex(FILES.LICENSE)],
      ['config.json', 'fetched', sha256Hex(FILES['config.json'])],
      ['model.safetensors', 'hub', sha256Hex(FILES['model.safetensors'])],
    ]);
    expect(hub?.cdn.requests).toEqual([]);
  });

  it.each(['wrong-bytes', 'truncated'] as const)(
    'is refused when the bytes are not those of the commit: %s',
    async (kind) => {
      const fault = { kind, missing: 1 } as never;
      const { clients, request: wanted, files } = await start({ faults: [{ path: /\/resolve\//, fault }] });
      const error = await rejection(resolveModelFile(clients, wanted, files[1]!));
      expect(error).toMatchObject({ kind: 'check', message: expect.stringContaining('config.json came as') as string });
    },
  );
});

describe('a file that was hashed before', () => {
  it('is not asked for again', async () => {
    const { clients, request: wanted, files } = await start();
    const known = new KnownHashes();
    const first = await Promise.all(files.map((file) => resolveModelFile(clients, wanted, file, known)));
    const asked = hub?.requests.length;
    expect(await Promise.all(files.map((file) => resolveModelFile(clients, wanted, file, known)))).toEqual(first);
    expect(hub?.requests.length).toBe(asked);
  });
});

describe('the license', () => {
  it.each(['Apache-2.0', 'apache-2.0'])('is accepted when the site expects it: %s', async (expectedLicense) => {
    const { clients, request: wanted } = await start();
    expect(await resolveLicense(clients, { ...wanted, expectedLicense })).toBe('Apache-2.0');
  });

  it('fails the check when it is another, and both are named', async () => {
    const { clients, request: wanted } = await start({ repositories: [{ id: ID, files: FILES, license: 'llama3.1' }] });
    const error = await rejection(resolveLicense(clients, wanted));
    expect(error).toMatchObject({ kind: 'check' });
    expect(error.message).toContain('declares the license LicenseRef-llama3.1, the site expects Apache-2.0');
  });

  it('fails the check when none is declared', async () => {
    const { clients, request: wanted } = await start({ repositories: [{ id: ID, files: FILES }] });
    expect((await rejection(resolveLicense(clients, wanted))).message).toContain('declares no license (NOASSERTION)');
  });
});

it('a locked model names its license, notice and policy files', () => {
  const files = ['LICENSE', 'Notice.txt', 'USE_POLICY.md', 'config.json', 'sub/USAGE_POLICY', 'unlicensed.txt'].map(
    (path) => ({ path, size: 1, sha256: 'a'.repeat(64), sha256From: 'fetched' as const, gitOid: 'b'.repeat(40) }),
  );
  expect(lockedModel(request, 'MIT', files, undefined).license).toEqual({
    expected: 'Apache-2.0',
    declared: 'MIT',
    files: ['LICENSE', 'Notice.txt', 'USE_POLICY.md', 'sub/USAGE_POLICY'],
  });
});
