import { resolveChart } from '../../../offline-bundle/resolve/resolve-chart';
import type { ChartRequest } from '../../../site/requests/requests';
import { sha256Hex } from '../../outside-world/bytes';
import { chartImage, chartIndex, type IndexedChart, makeChart } from '../../outside-world/charts';
import { startWorld, type World } from '../../outside-world/world';
import { rejection, worldClients } from '../fetch/clients';

const VERSION = '1.2.3+build.4';
const CHART = { name: 'dashboards', version: VERSION };
const classic: ChartRequest = {
  name: 'dash',
  repository: 'http://charts.example/stable',
  chart: CHART.name,
  version: VERSION,
};
const oci: ChartRequest = { ...classic, repository: 'oci://registry.example/charts' };

let bytes: Buffer;
const worlds: World[] = [];
beforeAll(async () => {
  bytes = await makeChart(CHART);
});
afterEach(() => Promise.all(worlds.splice(0).map((world) => world.close())));

interface Change {
  readonly served?: Buffer;
  readonly index?: Partial<IndexedChart>;
  readonly configType?: string;
}

async function resolve(request: ChartRequest, { served = bytes, index = {}, configType }: Change = {}) {
  const world = await startWorld({
    files: {
      'charts.example': {
        files: {
          '/stable/index.yaml': chartIndex([{ ...CHART, bytes, ...index }]),
          [`/stable/charts/${CHART.name}-${VERSION}.tgz`]: served,
        },
      },
    },
    registries: {
      'registry.example': { images: { 'charts/dashboards:1.2.3_build.4': chartImage(served, configType) } },
    },
  });
  worlds.push(world);
  return resolveChart(worldClients(world.environment).clients, request);
}

describe('a chart of a repository with an index', () => {
  it('is its packaged file, with the hash that the index states', async () => {
    expect(await resolve(classic)).toEqual({
      ...classic,
      url: `http://charts.example/stable/charts/${CHART.name}-${VERSION}.tgz`,
      size: bytes.length,
      sha256: sha256Hex(bytes),
      sha256From: 'index',
    });
  });

  it('may have no stated hash, and the lock says so', async () => {
    expect(await resolve(classic, { index: { digest: null } })).toMatchObject({ sha256From: 'fetched' });
  });

  it('is refused when its bytes are not those that the index states', async () => {
    const error = await rejection(resolve(classic, { index: { digest: 'f'.repeat(64) } }));
    expect(error).toMatchObject({ kind: 'check' });
    expect(error.message).toContain('states ffff');
  });

  it('is refused when it is another chart than asked for, whatever the index says', async () => {
    const other = await makeChart({ name: 'dashboards', version: '9.9.9' });
    const error = await rejection(resolve(classic, { served: other, index: { digest: null } }));
    expect(error.message).toContain('gives dashboards 9.9.9 for dashboards 1.2.3+build.4');
    const noise = await rejection(resolve(classic, { served: Buffer.from('<html>'), index: { digest: null } }));
    expect(noise.message).toContain('gives no chart');
  });

  it('names the versions, or the charts, that there are', async () => {
    const version = await rejection(resolve({ ...classic, version: '1.0.0' }));
    expect(version).toMatchObject({ kind: 'input', fix: `versions: ${VERSION}` });
    const chart = await rejection(resolve({ ...classic, chart: 'dashboard' }));
    expect(chart).toMatchObject({ kind: 'input', fix: 'charts there: dashboards' });
  });
});

describe('a chart of a registry', () => {
  it('is the layer of its manifest, found by a tag without a plus sign', async () => {
    expect(await resolve(oci)).toEqual({
      ...oci,
      size: bytes.length,
      sha256: sha256Hex(bytes),
      sha256From: 'registry',
    });
  });

  it('is refused when the tag is an image', async () => {
    const error = await rejection(resolve(oci, { configType: 'application/vnd.oci.image.config.v1+json' }));
    expect(error).toMatchObject({ kind: 'input' });
    expect(error.message).toContain('registry.example/charts/dashboards:1.2.3_build.4 is no Helm chart');
  });
});
