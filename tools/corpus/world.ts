/** What the internet would have to offer for the site of the corpus: the same bytes on every run, and few of them. */
import type { Site } from '../../site/generated/site';
import { lockRequests } from '../../site/requests/requests';
import { seededBytes } from '../../test/outside-world/bytes';
import { chartImage, makeChart } from '../../test/outside-world/charts';
import type { HubRepositoryOptions } from '../../test/outside-world/hub';
import { makeMultiPlatformImage } from '../../test/outside-world/images';
import { makeGgufModel, makeSafetensorsModel } from '../../test/outside-world/model';
import { makeProvider, type MadeProvider } from '../../test/outside-world/providers';
import type { WorldOptions } from '../../test/outside-world/world';
import { registriesOf } from '../example-lock/world';

/** Content of the file that the site takes from downloads.corpus.example. */
const DIAGNOSTICS = seededBytes('corpus diagnostics', 500);
const PROVIDER_BYTES = 500;
/** In place of the 11 kB that the tests' models carry; the card declares the license. */
const LICENSE = 'Apache License 2.0\n';

const SHAPE = { hiddenSize: 4, layers: 1, contextLength: 512 };
const MODELS: Readonly<Record<string, HubRepositoryOptions['files']>> = {
  'corpus-example/tiny-gguf': makeGgufModel({ seed: 'corpus gguf', title: 'Tiny', ...SHAPE }, 'tiny'),
  'corpus-example/tiny-safetensors': makeSafetensorsModel({ seed: 'corpus', title: 'Tiny', ...SHAPE, shards: 2 }),
};

const repositoryOf = (id: string, revision: string): HubRepositoryOptions => ({
  ...{ id, revision, license: 'apache-2.0' },
  files: { ...MODELS[id], LICENSE },
});

/** Images as the catalog of today names them; one in Docker's form, of more platforms than the site has. */
async function registries(site: Site): Promise<NonNullable<WorldOptions['registries']>> {
  const made = await registriesOf(site);
  const toolbox = await makeMultiPlatformImage({
    platforms: ['linux/amd64', 'linux/arm64'],
    format: 'docker',
    layers: [{ 'bin/busybox': 'a stand-in of the corpus\n' }],
  });
  const chart = chartImage(await makeChart({ name: 'notes', version: '1.2.3' }));
  return {
    ...made,
    'docker.io': { images: { ...made['docker.io']?.images, 'library/busybox:1.36': toolbox } },
    'charts.corpus.example': { images: { 'stable/notes:1.2.3': chart } },
  };
}

async function providerRegistries(site: Site): Promise<NonNullable<WorldOptions['providerRegistries']>> {
  const hosts: Record<string, { providers: MadeProvider[] }> = {};
  for (const { source, version, platforms } of lockRequests(site).providers) {
    const [host = '', ...name] = source.split('/');
    hosts[host] ??= { providers: [] };
    hosts[host].providers.push(await makeProvider(name.join('/'), version, platforms, PROVIDER_BYTES));
  }
  return hosts;
}

/** The world in which the site of the corpus is locked and bundled. */
export async function corpusWorld(site: Site): Promise<WorldOptions> {
  return {
    hub: {
      repositories: site.models.map(({ source }) => repositoryOf(source.repository, source.revision)),
      resolveCache: true,
    },
    registries: await registries(site),
    providerRegistries: await providerRegistries(site),
    files: { 'downloads.corpus.example': { files: { '/diagnostics-1.4.2.bin': DIAGNOSTICS } } },
  };
}
