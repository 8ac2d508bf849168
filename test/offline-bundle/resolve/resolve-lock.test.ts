import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KIT_BASE_IMAGE_NAME } from '../../../catalog/defaults';
import { SILENT } from '../../../core/progress';
import { resolveLock } from '../../../offline-bundle/resolve/resolve-lock';
import { lockSummary, summaryRows } from '../../../offline-bundle/resolve/lock-summary';
import type { UpstreamFlags } from '../../../offline-bundle/fetch/settings';
import type { Lock } from '../../../site/generated/lock';
import { parseLock, serializeLock } from '../../../site/lock/lock-file';
import type { LockRequests } from '../../../site/requests/requests';
import { type FaultRule } from '../../outside-world/faults';
import { quickstartWorld } from '../../outside-world/quickstart';
import { sha256Hex } from '../../outside-world/bytes';
import { QUICKSTART_FILE } from '../../outside-world/quickstart';
import { startWorld, type World, type WorldOptions } from '../../outside-world/world';
import { rejection, worldClients } from '../fetch/clients';

const PLATFORMS = ['linux/amd64', 'linux/arm64'];
const LLAMA = 'outside-example/little-llama';
const FILE = 'https://downloads.example/diagnostics/1.4.2/diagnostics_linux_amd64.bin';
const KIT = { airlockMjs: Buffer.from('console.log("airlock")\n'), version: '0.1.0' };

let options: WorldOptions;
let world: World;
beforeAll(async () => {
  options = await quickstartWorld();
});
beforeEach(async () => {
  world = await startWorld(options);
});
afterEach(() => world.close());

const image = (name: string, reference: string): LockRequests['images'][number] => ({
  name,
  reference,
  platforms: PLATFORMS,
  usedBy: [`images/${name}`],
});
const requests = (): LockRequests => ({
  site: 'nordlicht',
  platforms: PLATFORMS,
  images: [
    { ...image(KIT_BASE_IMAGE_NAME, 'docker.io/library/node:22-bookworm-slim'), usedBy: ['kit'] },
    image('toolbox', 'docker.io/library/busybox:1.36'),
  ],
  models: [
    {
      name: 'llama',
      repository: LLAMA,
      revision: world.hub!.revisionOf(LLAMA),
      include: [],
      exclude: ['original/**'],
      expectedLicense: 'Apache-2.0',
    },
  ],
  providers: [{ source: 'registry.terraform.io/hashicorp/helm', version: '3.1.1', platforms: ['linux/amd64'] }],
  files: [{ name: 'diagnostics', url: FILE, sha256: sha256Hex(QUICKSTART_FILE) }],
  charts: [],
  stores: [],
});
const lockOf = (wanted = requests(), flags: UpstreamFlags = {}, kit = KIT): Promise<Lock> =>
  resolveLock(wanted, worldClients(world.environment, flags).clients, kit, SILENT);
const busy = (pattern: RegExp, nth: number[]): FaultRule => ({
  path: pattern,
  nth,
  fault: { kind: 'status', status: 503, retryAfter: 0 },
});

describe('a lock', () => {
  it('holds everything that was asked for, in the form of its schema', async () => {
    const lock = await lockOf();
    expect(parseLock(serializeLock(lock), 'lock')).toEqual(lock);
    expect(lock.images.map(({ name, complete }) => [name, complete])).toEqual([
      [KIT_BASE_IMAGE_NAME, false],
      ['toolbox', true],
    ]);
    expect(lock.models[0]?.license).toEqual({ expected: 'Apache-2.0', declared: 'Apache-2.0', files: ['LICENSE'] });
    expect(lock.providers[0]?.packages[0]).toMatchObject({
      platform: 'linux/amd64',
      filename: 'terraform-provider-helm_3.1.1_linux_amd64.zip',
      h1: expect.stringMatching(/^h1:/) as string,
    });
    expect(lock.files).toEqual([
      { name: 'diagnostics', url: FILE, size: QUICKSTART_FILE.length, sha256: sha256Hex(QUICKSTART_FILE) },
    ]);
    expect(lock.derived.kit.manifests.map(({ platform }) => platform)).toEqual(PLATFORMS);
    expect(lock.derived.models[0]).toMatchObject({ name: 'llama', repository: 'models/llama' });
  });

  it('is the same whatever the order in which answers come', async () => {
    const alone = await lockOf(requests(), { concurrency: 1 });
    world.registries['docker.io']?.faults.add(busy(/node\/manifests/, [1, 2]));
    world.hub?.faults.add(busy(/tree|LICENSE/, [1, 2, 3]));
    world.providerRegistries['registry.terraform.io']?.faults.add(busy(/versions/, [1]));
    const together = await lockOf(requests(), { concurrency: 16 });
    expect(serializeLock(together)).toBe(serializeLock(alone));
  });

  it('names another kit image for another program, and nothing else', async () => {
    const first = await lockOf();
    const second = await lockOf(requests(), {}, { ...KIT, airlockMjs: Buffer.from('other') });
    expect(second.derived.kit.index?.digest).not.toBe(first.derived.kit.index?.digest);
    expect({ ...second, derived: { ...second.derived, kit: first.derived.kit } }).toEqual(first);
  });

  it('takes providers from a mirror directory without an address, with the same hashes', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'airlock-lock-'));
    try {
      const server = world.providerRegistries['registry.terraform.io']!;
      const asked = (): number => server.requests.length + server.releases.requests.length;
      const fromRegistry = await lockOf();
      const { url, filename } = fromRegistry.providers[0]!.packages[0]!;
      const zip = Buffer.from(await (await fetch(url!)).arrayBuffer());
      const there = path.join(folder, 'registry.terraform.io/hashicorp/helm');
      await mkdir(there, { recursive: true });
      await writeFile(path.join(there, filename), zip);
      const before = asked();
      const wanted = { ...requests(), models: [], files: [] };
      const [pack] = (await lockOf(wanted, { providerMirror: folder })).providers[0]!.packages;
      expect({ ...pack, url }).toEqual(fromRegistry.providers[0]!.packages[0]);
      expect(pack).not.toHaveProperty('url');
      expect(asked()).toBe(before);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('can be told in few lines', async () => {
    const lock = await lockOf();
    expect(summaryRows(lock).map(({ artifact, hashFrom }) => [artifact, hashFrom])).toEqual([
      [`image/${KIT_BASE_IMAGE_NAME}`, 'registry'],
      ['image/toolbox', 'registry'],
      ['model/llama', 'Hub 2, fetched 7'],
      ['provider/registry.terraform.io/hashicorp/helm', 'registry, fetched'],
      ['file/diagnostics', 'site, fetched'],
      ['kit/image', 'computed'],
    ]);
    expect(lockSummary(lock)).toEqual({
      site: 'nordlicht',
      models: [{ name: 'llama', stated: 2, fetched: 7 }],
      notes: [expect.stringContaining("image toolbox comes in Docker's form")],
    });
  });

  it('notes a model that carries no license file', async () => {
    const wanted = requests();
    const lock = await lockOf({ ...wanted, models: [{ ...wanted.models[0]!, exclude: ['LICENSE', 'original/**'] }] });
    expect(lockSummary(lock).notes).toEqual([
      'model llama carries no license file; its card alone declares the license',
      expect.stringMatching(/oras cp --from-oci-layout BUNDLE@sha256:[0-9a-f]{64} REFERENCE$/),
    ]);
  });
});

describe('a lock that cannot be made', () => {
  it('names every item that failed, with its fix', async () => {
    const wanted = requests();
    const error = await rejection(
      lockOf({
        ...wanted,
        images: [...wanted.images, image('absent', 'docker.io/library/busybox:9.99')],
        models: [
          { ...wanted.models[0]!, expectedLicense: 'MIT' },
          { ...wanted.models[0]!, name: 'gone', repository: 'outside-example/gone' },
        ],
        providers: [{ ...wanted.providers[0]!, version: '9.9.9' }],
        files: [{ ...wanted.files[0]!, sha256: 'a'.repeat(64) }],
      }),
    );
    expect(error.kind).toBe('input');
    const lines = error.message.split('\n').filter((line) => !line.includes('fix:'));
    expect(lines.map((line) => line.trim().split(': ')[0])).toEqual([
      '5 things could not be resolved:',
      'file diagnostics',
      'image absent',
      'model gone',
      'model llama, license',
      'provider registry.terraform.io/hashicorp/helm 9.9.9 linux/amd64',
    ]);
  });

  it('says when a registry cannot be reached, as a matter of the environment', async () => {
    await world.registries['docker.io']?.close();
    const wanted = { ...requests(), models: [], files: [], providers: [] };
    const error = await rejection(lockOf(wanted));
    expect(error).toMatchObject({ kind: 'environment', message: expect.stringContaining('ECONNREFUSED') as string });
  });

  it('refuses a file and a provider whose bytes are not those that were stated', async () => {
    const fault = { kind: 'wrong-bytes' } as const;
    world.files['downloads.example']?.faults.add({ path: /diagnostics/, fault });
    world.providerRegistries['registry.terraform.io']?.releases.faults.add({ path: /zip$/, fault });
    const error = await rejection(lockOf({ ...requests(), models: [] }));
    expect(error.kind).toBe('check');
    expect(error.message).toContain('the site names');
    expect(error.message).toContain('its registry states');
  });
});
