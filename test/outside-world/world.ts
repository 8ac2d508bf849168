/** The whole outside world at once: what is asked for, on 127.0.0.1, and how clients are led to it. */
import { type FileServerOptions, startFileServer } from './files';
import { type Hub, type HubOptions, startHub } from './hub';
import { type ProviderRegistry, type ProviderRegistryOptions, startProviderRegistry } from './provider-registry';
import { type Registry, type RegistryOptions, startRegistry } from './registry';
import { type OutsideServer, type RecordedRequest } from './server';

export interface WorldOptions {
  readonly hub?: HubOptions;
  /** Registries by the host that references name, e.g. `docker.io`. */
  readonly registries?: Readonly<Record<string, RegistryOptions>>;
  /** Provider registries by host, e.g. `registry.terraform.io`. */
  readonly providerRegistries?: Readonly<Record<string, ProviderRegistryOptions>>;
  /** File servers by host, e.g. `downloads.example`. */
  readonly files?: Readonly<Record<string, FileServerOptions>>;
}

export interface World {
  readonly hub: Hub | undefined;
  readonly registries: Readonly<Record<string, Registry>>;
  readonly providerRegistries: Readonly<Record<string, ProviderRegistry>>;
  readonly files: Readonly<Record<string, OutsideServer>>;
  /** Base address by the host it stands for. */
  readonly upstreams: Readonly<Record<string, string>>;
  /** Environment variables that lead `airlock` here instead of to the internet. */
  readonly environment: Readonly<Record<string, string>>;
  /** Every request to any server so far, in no particular order across servers. */
  requests(): readonly RecordedRequest[];
  /** Nobody can be reached, and every connection ends. */
  down(): Promise<void>;
  up(): Promise<void>;
  close(): Promise<void>;
}

async function startEach<Options, Server>(
  wanted: Readonly<Record<string, Options>> | undefined,
  start: (options: Options) => Promise<Server>,
): Promise<Record<string, Server>> {
  const started = Object.entries(wanted ?? {}).map(async ([host, options]) => [host, await start(options)] as const);
  return Object.fromEntries(await Promise.all(started));
}

export async function startWorld(options: WorldOptions): Promise<World> {
  const hub = options.hub === undefined ? undefined : await startHub(options.hub);
  const registries = await startEach(options.registries, startRegistry);
  const providerRegistries = await startEach(options.providerRegistries, startProviderRegistry);
  const files = await startEach(options.files, startFileServer);
  const addressed: Record<string, OutsideServer> = { ...registries, ...providerRegistries, ...files };
  const upstreams = Object.fromEntries(Object.entries(addressed).map(([host, server]) => [host, server.url]));
  const servers: OutsideServer[] = [
    ...(hub === undefined ? [] : [hub, hub.cdn]),
    ...Object.values(registries).flatMap((registry) => [registry, registry.elsewhere]),
    ...Object.values(providerRegistries).flatMap((registry) => [registry, registry.releases]),
    ...Object.values(files),
  ];
  const each = <Name extends 'down' | 'up' | 'close'>(name: Name) =>
    ({
      [name]: async () => {
        await Promise.all(servers.map((server) => server[name]()));
      },
    }) as Record<Name, () => Promise<void>>;
  return {
    hub,
    registries,
    providerRegistries,
    files,
    upstreams,
    environment: {
      ...(hub === undefined ? {} : { HF_ENDPOINT: hub.url }),
      AIRLOCK_UPSTREAMS: Object.entries(upstreams)
        .map(([host, url]) => `${host}=${url}`)
        .join(','),
    },
    requests: () => servers.flatMap((server) => server.requests),
    ...each('down'),
    ...each('up'),
    ...each('close'),
  };
}
