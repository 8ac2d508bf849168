/**
 * The outside world of the benchmark, in a process of its own: a Hub with the payload as a model, the same with its last file
 * changed, and small images. Arguments: the files of the payload, then the file that replaces the last of them.
 */
import { TERRAFORM_PROVIDERS } from '../catalog/terraform-providers.js';
import { fileContent } from '../test/outside-world/bytes.js';
import { startHub } from '../test/outside-world/hub.js';
import { makeMultiPlatformImage } from '../test/outside-world/images.js';
import { startProviderRegistry } from '../test/outside-world/provider-registry.js';
import { makeProvider } from '../test/outside-world/providers.js';
import { startRegistry } from '../test/outside-world/registry.js';

/** What the parent needs to know, printed as one line of JSON. */
export interface UpstreamAddresses {
  readonly hub: string;
  readonly registry: string;
  readonly providers: string;
  /** The payload, and the payload with its last file changed. */
  readonly models: readonly UpstreamModel[];
}

export interface UpstreamModel {
  readonly repository: string;
  readonly revision: string;
  /** Addresses of the large files. */
  readonly files: readonly string[];
}

const PLATFORMS = ['linux/amd64'];
const contents = await Promise.all(process.argv.slice(2).map((file) => fileContent(file)));
const models = {
  'example/payload': contents.slice(0, -1),
  'example/payload-next': [...contents.slice(0, -2), ...contents.slice(-1)],
};
const nameOf = (at: number): string => `model-${at + 1}.safetensors`;

const hub = await startHub({
  repositories: Object.entries(models).map(([id, files]) => ({
    id,
    license: 'apache-2.0',
    files: {
      ...Object.fromEntries(files.map((content, at) => [nameOf(at), content])),
      'config.json': '{"architectures":["Payload"]}\n',
      LICENSE: 'Apache License, Version 2.0\n',
    },
  })),
});
const base = await makeMultiPlatformImage({ platforms: PLATFORMS, layers: [{ 'usr/bin/node': 'a stand-in\n' }] });
const registry = await startRegistry({ images: { 'library/node:20': base } });
const providers = await startProviderRegistry({
  providers: await Promise.all(
    TERRAFORM_PROVIDERS.map(({ source, version }) =>
      makeProvider(source.split('/').slice(1).join('/'), version, PLATFORMS),
    ),
  ),
});
const addresses: UpstreamAddresses = {
  hub: hub.url,
  registry: registry.url,
  providers: providers.url,
  models: Object.entries(models).map(([repository, files]) => {
    const revision = hub.revisionOf(repository);
    const address = (name: string): string => `${hub.url}/${repository}/resolve/${revision}/${name}`;
    return { repository, revision, files: files.map((_, at) => address(nameOf(at))) };
  }),
};
process.stdout.write(`${JSON.stringify(addresses)}\n`);
