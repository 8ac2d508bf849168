/** The upstreams that the site of the page asks, as stand-ins: whatever it names is there, small and loadable. */
import { parseOciReference } from '../../core/oci-reference';
import { parseSite } from '../../site/load-site';
import { lockRequests } from '../../site/requests/requests';
import { makeImage, type MadeImage } from '../outside-world/images';
import { makeGgufModel } from '../outside-world/model';
import { makeProvider } from '../outside-world/providers';
import type { WorldOptions } from '../outside-world/world';

/** A name that the pattern of the site takes. */
const fileFor = (repository: string, patterns: readonly string[]): string => {
  const pattern = patterns.find((one) => one.endsWith('.gguf')) ?? '*.gguf';
  return pattern.replace('*', repository.replace(/^.*\/|-GGUF$/g, ''));
};

/** @param text of `site.yaml`, filled in */
export async function upstreamsOf(text: string): Promise<WorldOptions> {
  const { images, models, providers } = lockRequests(parseSite(text, 'site.yaml'));
  const registries: Record<string, { images: Record<string, MadeImage> }> = {};
  for (const { reference } of images) {
    const { host, path: repository, tag = '' } = parseOciReference(reference);
    const image = await makeImage({ layers: [{ 'etc/stands-for': `${reference}\n` }], entrypoint: ['/bin/program'] });
    (registries[host] ??= { images: {} }).images[`${repository}:${tag}`] = image;
  }
  return {
    hub: {
      repositories: models.map(({ repository, revision, include }) => {
        const made = makeGgufModel(
          { seed: repository, title: repository, hiddenSize: 128, contextLength: 32_768 },
          'model',
        );
        const gguf = Object.entries(made).find(([name]) => name.endsWith('.gguf'))?.[1] ?? '';
        const files = { 'README.md': made['README.md'] ?? '', [fileFor(repository, include)]: gguf };
        return { id: repository, license: 'apache-2.0', revision, files };
      }),
    },
    registries,
    providerRegistries: {
      'registry.terraform.io': {
        providers: await Promise.all(
          providers.map(({ source, version }) =>
            makeProvider(source.replace(/^registry\.terraform\.io\//, ''), version, ['linux/amd64']),
          ),
        ),
      },
    },
  };
}
