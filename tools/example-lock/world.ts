/** An outside world that answers one site: everything has the right name, form and size, and content that is made up. */
import { badInput } from '../../core/errors';
import { parseOciReference } from '../../core/oci-reference';
import type { Site } from '../../site/generated/site';
import { lockRequests } from '../../site/requests/requests';
import { type Content, gitObjectId, lfsPointer, sha256Hex } from '../../test/outside-world/bytes';
import { writeGguf } from '../../test/outside-world/gguf';
import type { HubRepositoryOptions } from '../../test/outside-world/hub';
import { makeMultiPlatformImage } from '../../test/outside-world/images';
import { makeProvider } from '../../test/outside-world/providers';
import type { RegistryOptions } from '../../test/outside-world/registry';
import type { WorldOptions } from '../../test/outside-world/world';
import { EXAMPLE_MODELS, type ExampleModel } from './models';

/** Content of a size that nobody holds: zeros behind a head. Its hash is that of its name. */
function paperContent(name: string, size: number, head: Uint8Array = new Uint8Array()): Content {
  const sha256 = sha256Hex(`example of ${name}`);
  return {
    size,
    sha256,
    gitOid: gitObjectId('blob', lfsPointer(sha256, size)),
    async *read(start, end) {
      for (let at = start; at < end; at += 65_536) {
        const slice = Buffer.alloc(Math.min(65_536, end - at));
        if (at < head.length) slice.set(head.subarray(at, at + slice.length));
        yield await Promise.resolve(slice);
      }
    },
  };
}

type Files = Record<string, Content | string>;

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function safetensorsFiles(repository: string, { bytes, shards }: NonNullable<ExampleModel['safetensors']>): Files {
  const count = String(shards).padStart(5, '0');
  const names = Array.from(
    { length: shards },
    (_, at) => `model-${String(at + 1).padStart(5, '0')}-of-${count}.safetensors`,
  );
  const each = Math.floor(bytes / shards);
  const sizeOf = (at: number): number => (at === shards - 1 ? bytes - each * (shards - 1) : each);
  return {
    ...Object.fromEntries(names.map((name, at) => [name, paperContent(`${repository}/${name}`, sizeOf(at))])),
    'model.safetensors.index.json': json({
      metadata: { total_size: bytes },
      weight_map: Object.fromEntries(names.map((name, at) => [`model.layers.${String(at)}.weight`, name])),
    }),
  };
}

function ggufFiles(repository: string, { files, metadata }: NonNullable<ExampleModel['gguf']>): Files {
  const values = Object.entries(metadata).map(([key, value]) => [
    key,
    typeof value === 'string' ? { type: 'string' as const, value } : { type: 'u32' as const, value },
  ]);
  const head = writeGguf(Object.fromEntries(values) as Parameters<typeof writeGguf>[0], []);
  return Object.fromEntries(
    Object.entries(files).map(([name, size]) => [name, paperContent(`${repository}/${name}`, size, head)]),
  );
}

function filesOf(repository: string, model: ExampleModel): Files {
  const { license, config, safetensors, gguf, others = {} } = model;
  return {
    'README.md': `---\nlicense: ${license}\n---\n\n# ${repository}\n`,
    ...(config === undefined
      ? {}
      : {
          'config.json': json(config),
          'generation_config.json': json({ do_sample: true }),
          'tokenizer.json': json({ version: '1.0', model: { type: 'BPE', vocab: {}, merges: [] } }),
          'tokenizer_config.json': json({ tokenizer_class: 'PreTrainedTokenizerFast' }),
        }),
    ...(safetensors === undefined ? {} : safetensorsFiles(repository, safetensors)),
    ...(gguf === undefined ? {} : ggufFiles(repository, gguf)),
    ...Object.fromEntries(
      Object.entries(others).map(([name, size]) => [name, paperContent(`${repository}/${name}`, size)]),
    ),
  };
}

/** @throws AirlockError (input) for a model that is not described */
function repositoryOf(repository: string, revision: string): HubRepositoryOptions {
  const model = EXAMPLE_MODELS[repository];
  if (model === undefined) {
    throw badInput(
      'USAGE_UNKNOWN_NAME',
      `no example of ${repository} is described`,
      'describe it in tools/example-lock/models.ts',
    );
  }
  return { id: repository, revision, license: model.license, files: filesOf(repository, model) };
}

/** Registries that hold every image of a site, under the names that the catalog of today gives them. */
export async function registriesOf(site: Site): Promise<Record<string, RegistryOptions>> {
  const registries: Record<string, { images: Record<string, Awaited<ReturnType<typeof makeMultiPlatformImage>>> }> = {};
  for (const { reference, platforms } of lockRequests(site).images) {
    const { host, path, tag = 'latest' } = parseOciReference(reference);
    registries[host] ??= { images: {} };
    registries[host].images[`${path}:${tag}`] = await makeMultiPlatformImage({
      platforms,
      layers: [{ 'etc/example': `${reference}\n` }],
    });
  }
  return registries;
}

/** The world in which `airlock lock` resolves a site; files are left out, since their hashes are stated beforehand. */
export async function exampleWorld(site: Site): Promise<WorldOptions> {
  const { models, providers } = lockRequests(site);
  const hosts: Record<string, { providers: Awaited<ReturnType<typeof makeProvider>>[] }> = {};
  for (const { source, version, platforms } of providers) {
    const [host = '', ...name] = source.split('/');
    hosts[host] ??= { providers: [] };
    hosts[host].providers.push(await makeProvider(name.join('/'), version, platforms));
  }
  return {
    hub: { repositories: models.map(({ repository, revision }) => repositoryOf(repository, revision)) },
    registries: await registriesOf(site),
    providerRegistries: hosts,
  };
}
