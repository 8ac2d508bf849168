/** Everything that can reach upstream, made from one set of settings. */
import type { Progress } from '../../core/progress';
import { show } from '../../core/visible';
import { HubClient } from '../hub/hub-client';
import { dockerCredentials } from '../oci/docker-credentials';
import { RegistryClient } from '../oci/registry-client';
import { ProviderMirror } from '../terraform/provider-mirror';
import { ProviderRegistry } from '../terraform/provider-registry';
import { readAuthorities } from './dispatcher';
import { HttpClient, type HttpOptions } from './http';
import type { UpstreamSettings } from './settings';

export interface UpstreamClients {
  readonly settings: UpstreamSettings;
  readonly http: HttpClient;
  readonly registry: RegistryClient;
  readonly hub: HubClient;
  readonly providers: ProviderRegistry;
  /** Replaces `providers` where a mirror directory is set. */
  readonly providerMirror: ProviderMirror | undefined;
  /** Closes idle connections. */
  close(): Promise<void>;
}

/** Options that are not settings of a user. */
export type ClientOptions = Pick<HttpOptions, 'version' | 'progress' | 'retry' | 'sleep' | 'random'> & {
  readonly progress?: Progress;
};

/** @throws AirlockError (input) when a CA file cannot be read or a proxy is malformed */
export function createClients(settings: UpstreamSettings, options: ClientOptions): UpstreamClients {
  for (const host of settings.unused ?? [])
    options.progress?.note(show`--upstream ${host}: nothing is fetched from there for this site`);
  const http = new HttpClient({
    ...options,
    retry: { outageMs: settings.outageMs, ...options.retry },
    authorities: readAuthorities(settings.authorityFiles),
    proxies: settings.proxies,
    ...(settings.upstreamNames === undefined ? {} : { upstreamNames: settings.upstreamNames }),
  });
  return {
    settings,
    http,
    registry: new RegistryClient(http, settings.upstreams, dockerCredentials(settings.dockerConfig)),
    hub: new HubClient(http, settings.hfEndpoint, settings.hfToken),
    providers: new ProviderRegistry(http, settings.upstreams),
    providerMirror: settings.providerMirror === undefined ? undefined : new ProviderMirror(settings.providerMirror),
    close: () => http.close(),
  };
}
