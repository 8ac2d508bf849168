/** Where upstream is and how to get in: one value, made from flags and environment by a pure function. */
import { homedir } from 'node:os';
import path from 'node:path';
import { badInput } from '../../core/errors';
import type { ProxySettings } from './dispatcher';
import { isLoopback } from './hosts';
import { HUB, unusedUpstreams } from './upstream-names';

export interface UpstreamSettings {
  /** Base address by host, for hosts that are reached another way than their name says. */
  readonly upstreams: ReadonlyMap<string, URL>;
  /** The hosts for which there may be one. @default - any */
  readonly upstreamNames?: readonly string[];
  /** Hosts that were given an upstream on the command line, and from which nothing is fetched. */
  readonly unused?: readonly string[];
  /** PEM files trusted beside Node's own roots. */
  readonly authorityFiles: readonly string[];
  readonly proxies: ProxySettings;
  /** Base address of the Hub, without a final slash in its path. */
  readonly hfEndpoint: URL;
  /** Shown to the origin of {@link hfEndpoint}, to nobody else. */
  readonly hfToken?: string;
  /** Folder of Docker's config.json. */
  readonly dockerConfig: string;
  /** Folder of Terraform providers (packed filesystem mirror) that replaces their registries. */
  readonly providerMirror?: string;
  /** Downloads at once. */
  readonly concurrency: number;
  /** How long a host that has answered before is waited for, milliseconds. */
  readonly outageMs: number;
}

/** What the command line said. */
export interface UpstreamFlags {
  /** `HOST=URL`, each. */
  readonly upstream?: readonly string[];
  readonly ca?: string;
  readonly providerMirror?: string;
  readonly concurrency?: number;
  /** Minutes. */
  readonly outage?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Enough to keep a fast line busy, few enough for the limits of public registries. */
export const DEFAULT_CONCURRENCY = 6;
const MAX_CONCURRENCY = 64;
/** Outlives the restart of a router or a proxy, and the failover of a DNS server. Minutes. */
export const DEFAULT_OUTAGE_MINUTES = 10;
const MAX_OUTAGE_MINUTES = 24 * 60;
const DEFAULT_HF_ENDPOINT = 'https://huggingface.co';

const given = (text: string | undefined): text is string => text !== undefined && text !== '';

function parseBase(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw badInput(
      'UPSTREAM_SETTINGS_INVALID',
      `${name}: "${text}" is not an http address`,
      'write https://host[:port][/path]',
    );
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw badInput(
      'UPSTREAM_SETTINGS_INVALID',
      `${name}: the address must hold no user, query or fragment`,
      'credentials belong in HF_TOKEN or the Docker config (docker login)',
    );
  }
  url.pathname = url.pathname.replace(/\/+$/, '');
  return url;
}

function parseUpstream(text: string): [string, URL] {
  const at = text.indexOf('=');
  const host = text.slice(0, Math.max(0, at)).trim().toLowerCase();
  if (!/^(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/.test(host)) {
    throw badInput(
      'UPSTREAM_SETTINGS_INVALID',
      `"${text}" is not an upstream`,
      'write HOST=URL, e.g. docker.io=https://mirror.example/docker',
    );
  }
  return [host, parseBase(text.slice(at + 1).trim(), `upstream ${host}`)];
}

/**
 * Flags win over the environment: HF_ENDPOINT, HF_TOKEN, DOCKER_CONFIG, AIRLOCK_UPSTREAMS (comma-separated HOST=URL),
 * SSL_CERT_FILE, HTTP_PROXY, HTTPS_PROXY, NO_PROXY (the last three also in lower case).
 *
 * @param names of the hosts that the site reaches; the environment may list more of them, since it is not of one site
 * @throws AirlockError (input) for a malformed value, or an upstream on the command line that resembles one that would be used
 */
export function upstreamSettings(flags: UpstreamFlags, env: Environment, names?: readonly string[]): UpstreamSettings {
  const listed = (env['AIRLOCK_UPSTREAMS'] ?? '').split(',').filter((item) => item.trim() !== '');
  const flagged = (flags.upstream ?? []).map(parseUpstream);
  const upstreams = new Map([...listed.map(parseUpstream), ...flagged]);
  const taken = names?.filter((name) => name !== HUB || !given(env['HF_ENDPOINT']));
  const hosts = flagged.map(([host]) => host);
  const hfEndpoint = given(env['HF_ENDPOINT'])
    ? parseBase(env['HF_ENDPOINT'], 'HF_ENDPOINT')
    : (upstreams.get(HUB) ?? new URL(DEFAULT_HF_ENDPOINT));
  const hfToken = env['HF_TOKEN']?.trim();
  if (given(hfToken) && hfEndpoint.protocol === 'http:' && !isLoopback(hfEndpoint.hostname)) {
    throw badInput(
      'UPSTREAM_SETTINGS_INVALID',
      `HF_TOKEN would travel unencrypted to ${hfEndpoint.host}`,
      'use an https address in HF_ENDPOINT, or unset HF_TOKEN',
    );
  }
  const concurrency = flags.concurrency ?? DEFAULT_CONCURRENCY;
  if (!Number.isInteger(concurrency) || concurrency < 1 || concurrency > MAX_CONCURRENCY) {
    throw badInput(
      'USAGE_INVALID_VALUE',
      `${concurrency} downloads at once are not possible`,
      `--concurrency is 1 to ${MAX_CONCURRENCY}`,
    );
  }
  const outage = flags.outage ?? DEFAULT_OUTAGE_MINUTES;
  if (!Number.isInteger(outage) || outage < 0 || outage > MAX_OUTAGE_MINUTES) {
    throw badInput(
      'USAGE_INVALID_VALUE',
      `an outage of ${outage} minutes cannot be waited for`,
      `--outage is 0 to ${MAX_OUTAGE_MINUTES}`,
    );
  }
  const proxy = (name: string): string => env[name.toLowerCase()] ?? env[name] ?? '';
  return {
    upstreams,
    ...(taken === undefined ? {} : { upstreamNames: taken, unused: unusedUpstreams(hosts, taken, names) }),
    authorityFiles: [flags.ca, env['SSL_CERT_FILE']].filter(given),
    proxies: { http: proxy('HTTP_PROXY'), https: proxy('HTTPS_PROXY'), no: proxy('NO_PROXY') },
    hfEndpoint,
    ...(given(hfToken) ? { hfToken } : {}),
    dockerConfig: given(env['DOCKER_CONFIG']) ? env['DOCKER_CONFIG'] : path.join(homedir(), '.docker'),
    ...(flags.providerMirror === undefined ? {} : { providerMirror: flags.providerMirror }),
    concurrency,
    outageMs: outage * 60_000,
  };
}

/** The address of `url` by way of its host's upstream, where one is set. */
export function throughUpstream(url: URL, upstreams: ReadonlyMap<string, URL>): URL {
  const base = upstreams.get(url.host.toLowerCase());
  if (base === undefined) return url;
  const mapped = new URL(base);
  mapped.pathname = `${base.pathname.replace(/\/$/, '')}${url.pathname}`;
  mapped.search = url.search;
  return mapped;
}
