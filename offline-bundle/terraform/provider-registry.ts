/** Finds provider packages by the provider registry protocol (hashicorp/terraform, "Provider Registry Protocol"). */
import { badInput, environmentFailed } from '../../core/errors';
import { isSha256Hex } from '../../core/digest';
import { formatPlatform, parsePlatform } from '../../core/descriptor';
import { isLoopback } from '../fetch/hosts';
import type { HttpAnswer, HttpClient } from '../fetch/http';
import { type OpenOptions, openRange, unexpectedStatus } from '../fetch/ranges';
import { throughUpstream } from '../fetch/settings';
import { isObject, malformed, parseJsonObject } from '../fetch/small-json';
import type { OpenSource } from '../fetch/source-reader';
import { packageFilename, type ProviderPackageName, parseProviderSource } from './provider-address';

const ANSWER_LIMIT = 16 * 1024 * 1024;

/** Where a package is, and what its registry says it hashes to. */
export interface ProviderDownload {
  /** Absolute, by the registry's own name (before any upstream setting). */
  readonly url: URL;
  readonly filename: string;
  /** SHA-256 of the zip, 64 hexadecimal digits. */
  readonly sha256: string;
}

export class ProviderRegistry {
  private readonly services = new Map<string, Promise<URL>>();

  public constructor(
    private readonly http: HttpClient,
    private readonly upstreams: ReadonlyMap<string, URL>,
  ) {}

  /**
   * Asks a registry for one package.
   *
   * @throws AirlockError (input) when provider, version or platform do not exist; the message lists what does
   */
  public async find(wanted: ProviderPackageName, signal?: AbortSignal): Promise<ProviderDownload> {
    const { host, namespace, type } = parseProviderSource(wanted.source);
    const filename = packageFilename(wanted);
    const base = await this.service(host, signal);
    await this.demandListed(wanted, new URL(`${namespace}/${type}/versions`, base), signal);
    const { os, architecture } = parsePlatform(wanted.platform);
    const at = new URL(`${namespace}/${type}/${wanted.version}/download/${os}/${architecture}`, base);
    const answer = await this.read(at, signal);
    if (answer.status !== 200) throw unexpectedStatus(answer);
    const body = parseJsonObject(answer.bytes, host);
    const { download_url: target, shasum } = body;
    if (typeof target !== 'string' || !URL.canParse(target, at.href))
      throw malformed(host, `no download_url for ${filename}`);
    if (typeof shasum !== 'string' || !isSha256Hex(shasum)) throw malformed(host, `no shasum for ${filename}`);
    if (body['filename'] !== filename)
      throw malformed(host, `the package of ${wanted.source} is called ${JSON.stringify(body['filename'])}`);
    return { url: new URL(target, at), filename, sha256: shasum };
  }

  /** Opens a package at an offset. The caller must hash what it reads. */
  public async open(url: URL, offset: number, { signal, size }: OpenOptions = {}): Promise<OpenSource> {
    return openRange(
      (headers) => this.http.request({ url: throughUpstream(url, this.upstreams), headers, signal }),
      offset,
      () => undefined,
      { size },
    );
  }

  /** Address of the service `providers.v1` ("Remote Service Discovery"); asked once per host. */
  private service(host: string, signal?: AbortSignal): Promise<URL> {
    const known = this.services.get(host);
    if (known !== undefined) return known;
    const found = this.discover(host, signal);
    this.services.set(host, found);
    return found;
  }

  private async discover(host: string, signal?: AbortSignal): Promise<URL> {
    const at = new URL(`${isLoopback(host) ? 'http' : 'https'}://${host}/.well-known/terraform.json`);
    const answer = await this.read(at, signal);
    if (answer.status === 404) {
      throw badInput(
        'UPSTREAM_NOT_FOUND',
        `${host} is not a registry of Terraform providers (no /.well-known/terraform.json)`,
        'check the host of the provider',
      );
    }
    if (answer.status !== 200) throw unexpectedStatus(answer);
    const service = parseJsonObject(answer.bytes, host)['providers.v1'];
    if (typeof service !== 'string' || !URL.canParse(service, at.href)) {
      throw badInput(
        'UPSTREAM_NOT_FOUND',
        `${host} offers no Terraform providers (no providers.v1)`,
        'check the host of the provider',
      );
    }
    const base = new URL(service, at);
    if (at.protocol === 'https:' && base.protocol !== 'https:')
      throw environmentFailed(
        'UPSTREAM_INSECURE',
        `${host} sends provider requests to ${base.protocol}//${base.host}, without TLS`,
      );
    if (!base.pathname.endsWith('/')) base.pathname += '/';
    return base;
  }

  private async demandListed(wanted: ProviderPackageName, at: URL, signal?: AbortSignal): Promise<void> {
    const answer = await this.read(at, signal);
    if (answer.status === 404)
      throw badInput(
        'UPSTREAM_NOT_FOUND',
        `${at.host} has no provider ${wanted.source}`,
        'check its namespace and name',
      );
    if (answer.status !== 200) throw unexpectedStatus(answer);
    const listed = parseJsonObject(answer.bytes, at.host)['versions'];
    const versions = (Array.isArray(listed) ? (listed as unknown[]) : []).filter(isObject);
    const found = versions.find((entry) => entry['version'] === wanted.version);
    if (found === undefined) {
      const known = versions.map((entry) => String(entry['version'])).slice(-10);
      throw badInput(
        'UPSTREAM_NOT_FOUND',
        `${wanted.source} has no version ${wanted.version}`,
        `versions there: ${known.join(', ') || 'none'}`,
      );
    }
    const platforms = (Array.isArray(found['platforms']) ? (found['platforms'] as unknown[]) : [])
      .filter(isObject)
      .map(({ os, arch }) => formatPlatform({ os: String(os), architecture: String(arch) }));
    if (!platforms.includes(wanted.platform)) {
      throw badInput(
        'UPSTREAM_NOT_FOUND',
        `${wanted.source} ${wanted.version} has no package for ${wanted.platform}`,
        `platforms there: ${platforms.join(', ') || 'none'}`,
      );
    }
  }

  private read(url: URL, signal?: AbortSignal): Promise<HttpAnswer> {
    return this.http.read({ url: throughUpstream(url, this.upstreams), signal }, ANSWER_LIMIT);
  }
}
