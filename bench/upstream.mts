/** The outside world of the benchmark, in a process of its own: a Hub with the payload as a model, and small images. */
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
  readonly repository: string;
  readonly revision: string;
}

const PLATFORMS = ['linux/amd64'];
const repository = 'example/payload';

const hub = await startHub({
  repositories: [
    {
      id: repository,
      license: 'apache-2.0',
      files: {
        'model.safetensors': await fileContent(process.argv[2] ?? ''),
        'config.json': '{"architectures":["Payload"]}\n',
        LICENSE: 'Apache License, Version 2.0\n',
      },
    },
  ],
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
  repository,
  revision: hub.revisionOf(repository),
};
process.stdout.write(`${JSON.stringify(addresses)}\n`);
