/** What the internet would have to offer for `examples/quickstart`: the same bytes on every run. */
import { seededBytes } from './bytes';
import { makeImage, makeMultiPlatformImage } from './images';
import { makeGgufModel, makeSafetensorsModel } from './model';
import { makeProvider } from './providers';
import { type WorldOptions } from './world';

/** Content of the file that the quickstart's site takes from downloads.example. */
export const QUICKSTART_FILE = seededBytes('quickstart diagnostics', 300_000);

const program = (name: string): string => `#!/bin/sh\necho "${name}: a stand-in of the quickstart"\n`;

/**
 * The world as the quickstart's site sees it, with the everyday trouble of the real one: LFS files on another host, pages of
 * a few entries, tokens from a token service, blobs by redirect, images for platforms nobody asked for.
 */
export async function quickstartWorld(): Promise<WorldOptions> {
  const platforms = ['linux/amd64', 'linux/arm64'];
  const providers = ['hashicorp/helm 3.1.1', 'hashicorp/kubernetes 2.38.0', 'hashicorp/kubernetes 2.37.1'];
  return {
    hub: {
      repositories: [
        {
          id: 'outside-example/little-llama',
          license: 'apache-2.0',
          files: makeSafetensorsModel({
            seed: 'little-llama',
            title: 'Little Llama',
            hiddenSize: 256,
            layers: 4,
            shards: 2,
          }),
        },
        {
          id: 'outside-example/tiny-llama-gguf',
          license: 'apache-2.0',
          files: makeGgufModel({ seed: 'tiny-llama', title: 'Tiny Llama', hiddenSize: 128 }, 'tiny-llama'),
        },
      ],
      pageSize: 4,
      resolveCache: true,
    },
    registries: {
      'docker.io': {
        auth: { kind: 'token' },
        redirectBlobs: true,
        images: {
          'library/node:22-bookworm-slim': await makeMultiPlatformImage({
            platforms,
            attestations: true,
            layers: [{ 'etc/debian_version': '12.12\n' }, { 'usr/local/bin/node': program('node') }],
            entrypoint: ['docker-entrypoint.sh'],
          }),
          'library/busybox:1.36': await makeMultiPlatformImage({
            platforms,
            format: 'docker',
            layers: [{ 'bin/busybox': program('busybox') }],
            entrypoint: ['/bin/busybox'],
          }),
          'vllm/vllm-openai:v0.27.1': await makeImage({
            layers: [{ 'usr/bin/vllm': program('vllm') }, { 'opt/vllm/kernels.bin': seededBytes('vllm', 2_000_000) }],
            entrypoint: ['vllm', 'serve'],
          }),
        },
      },
      'ghcr.io': {
        images: {
          'ggml-org/llama.cpp:server-b6927': await makeMultiPlatformImage({
            platforms,
            layers: [{ 'app/llama-server': program('llama-server') }],
            entrypoint: ['/app/llama-server'],
          }),
        },
      },
    },
    providerRegistries: {
      'registry.terraform.io': {
        providers: await Promise.all(
          providers.map((provider) => {
            const [name = '', version = ''] = provider.split(' ');
            return makeProvider(name, version, ['linux/amd64', 'darwin/arm64']);
          }),
        ),
      },
    },
    files: { 'downloads.example': { files: { '/diagnostics/1.4.2/diagnostics_linux_amd64.bin': QUICKSTART_FILE } } },
  };
}
