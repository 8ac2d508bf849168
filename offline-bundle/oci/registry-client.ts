/** Pulls from any registry of the OCI distribution specification (v1.1, "Pull"); every byte is checked by digest. */
import { type AirlockError, badInput, checkFailed, environmentFailed } from '../../core/errors';
import { type Digest, digestOf, isDigest } from '../../core/digest';
import {
  DOCKER_INDEX,
  DOCKER_MANIFEST,
  INDEX_TYPES,
  MANIFEST_TYPES,
  OCI_INDEX,
  OCI_MANIFEST,
} from '../../core/media-types';
import { formatOciReference, type OciReference } from '../../core/oci-reference';
import { isLoopback } from '../fetch/hosts';
import type { Headers, HttpClient, HttpHop } from '../fetch/http';
import { type OpenOptions, openRange } from '../fetch/ranges';
import { explanation, refusedElsewhere } from '../fetch/refusals';
import { malformed, parseJsonObject } from '../fetch/small-json';
import type { OpenSource } from '../fetch/source-reader';
import type { CredentialSource } from './docker-credentials';
import { RegistryAuth, type Resource } from './registry-auth';

/** Registries must take manifests of this size and refuse larger ones (distribution-spec, "Pushing Manifests"). */
const MANIFEST_LIMIT = 4 * 1024 * 1024;
const ACCEPT = [OCI_INDEX, DOCKER_INDEX, OCI_MANIFEST, DOCKER_MANIFEST].join(', ');

export interface FetchedManifest {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly bytes: Buffer;
}

/** Where a registry is reached: an upstream that was set, Docker Hub's real host, loopback by plain http, else https. */
export function registryBase(host: string, upstreams: ReadonlyMap<string, URL>): URL {
  const upstream = upstreams.get(host.toLowerCase());
  if (upstream !== undefined) return upstream;
  if (host === 'docker.io' || host === 'index.docker.io') return new URL('https://registry-1.docker.io');
  return new URL(`${isLoopback(host) ? 'http' : 'https'}://${host}`);
}

/** Below `/v2/`; an address that has `/v2` in its path already is a prefix of repositories (a proxy cache). */
export function endpoint(base: URL, path: string, kind: 'manifests' | 'blobs', reference: string): URL {
  const prefix = base.pathname.replace(/\/+$/, '');
  const root = /(?:^|\/)v2(?:\/|$)/.test(prefix) ? prefix : `${prefix}/v2`;
  const url = new URL(base);
  url.pathname = `${root}/${path}/${kind}/${reference}`;
  return url;
}

export class RegistryClient {
  private readonly auth: RegistryAuth;

  public constructor(
    private readonly http: HttpClient,
    private readonly upstreams: ReadonlyMap<string, URL>,
    credentials: CredentialSource,
  ) {
    this.auth = new RegistryAuth(http, credentials);
  }

  /**
   * Fetches a manifest or index by the reference's digest, else by its tag.
   *
   * @throws AirlockError (input) when it does not exist, (environment) for missing credentials or a broken registry,
   *   (check) when the bytes have another digest than was asked for or stated
   */
  public async getManifest(reference: OciReference, signal?: AbortSignal): Promise<FetchedManifest> {
    const wanted = reference.digest ?? reference.tag ?? 'latest';
    const resource = this.resource(reference);
    const url = endpoint(resource.base, reference.path, 'manifests', wanted);
    const answer = await this.auth.admitted(
      resource,
      (headers) => this.http.read({ url, headers: { accept: ACCEPT, ...headers }, signal }, MANIFEST_LIMIT),
      () => Promise.resolve(),
    );
    judge(resource, reference, answer, explanation(answer));
    if (answer.status !== 200) throw malformed(resource.base.host, `status ${answer.status} for a manifest`);
    const digest = digestOf(answer.bytes);
    const stated = answer.headers['docker-content-digest'];
    for (const expected of [reference.digest, stated !== undefined && isDigest(stated) ? stated : undefined]) {
      if (expected !== undefined && expected !== digest) {
        throw checkFailed(
          'UPSTREAM_CONTENT_MISMATCH',
          `${formatOciReference(reference)}: the manifest has digest ${digest}, not ${expected}`,
          'the registry or a proxy before it gives wrong bytes; do not use them',
        );
      }
    }
    return { mediaType: mediaTypeOf(reference, answer.headers, answer.bytes), digest, bytes: answer.bytes };
  }

  /**
   * Opens a blob of the reference's repository. The caller must hash what it reads.
   *
   * @throws AirlockError (check) when the registry does not have it, (environment) otherwise
   */
  public async openBlob(
    reference: OciReference,
    digest: Digest,
    offset: number,
    { signal, size }: OpenOptions = {},
  ): Promise<OpenSource> {
    const resource = this.resource(reference);
    const url = endpoint(resource.base, reference.path, 'blobs', digest);
    return openRange(
      (range) =>
        this.auth.admitted(
          resource,
          (headers) => this.http.request({ url, headers: { ...headers, ...range }, signal }),
          (response) => response.body.dump(),
        ),
      offset,
      (response) => {
        if (response.status === 404) {
          throw checkFailed(
            'LOCKED_CONTENT_GONE',
            `${reference.host}/${reference.path} has no blob ${digest} (404)`,
            'the image was changed or withdrawn: run `airlock lock` again',
          );
        }
        judge(resource, reference, response);
      },
      { size },
    );
  }

  private resource({ host, path }: OciReference): Resource {
    const base = registryBase(host, this.upstreams);
    const mapped = this.upstreams.has(host.toLowerCase());
    return { host: mapped ? base.host : host, base, path };
  }
}

function judge({ host, base }: Resource, reference: OciReference, answer: HttpHop, said?: string): void {
  const { status, url } = answer;
  const name = formatOciReference(reference);
  const why = said === undefined ? String(status) : `${status}: ${said}`;
  if (status === 404) {
    throw badInput(
      'UPSTREAM_NOT_FOUND',
      `image ${name} does not exist (${why} from ${url.host})`,
      'check repository, tag and registry',
    );
  }
  if ((status === 401 || status === 403) && url.origin !== base.origin) throw refusedElsewhere(url, base, name, why);
  if (status === 401 || status === 403) throw refused(host, reference, why);
  if (status >= 400)
    throw environmentFailed('UPSTREAM_ANSWER_INVALID', `${url.host} answers ${why} for ${name}`, 'check the registry');
}

const refused = (host: string, reference: OciReference, why: string): AirlockError =>
  environmentFailed(
    'UPSTREAM_ACCESS_DENIED',
    `registry ${host} refuses ${formatOciReference(reference)} (${why})`,
    `log in: docker login ${host}; if the image should be public, check its name: some registries answer so for repositories that do not exist`,
  );

/** From the body where it says so (image-spec requires that it matches), else from the header, else from its shape. */
function mediaTypeOf(reference: OciReference, headers: Headers, bytes: Buffer): string {
  const name = formatOciReference(reference);
  const body = parseJsonObject(bytes, name);
  const known = [...INDEX_TYPES, ...MANIFEST_TYPES];
  const header = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  const own = body['mediaType'];
  const shape = Array.isArray(body['manifests']) ? OCI_INDEX : OCI_MANIFEST;
  const versioned = body['schemaVersion'] === 2;
  const type =
    typeof own === 'string' ? own : header !== undefined && (known.includes(header) || !versioned) ? header : shape;
  if (!known.includes(type) || !versioned) {
    throw badInput(
      'ARTIFACT_MALFORMED',
      `${name} is not an image of a known kind (${type})`,
      'name an OCI or Docker v2 schema 2 image',
    );
  }
  // image-spec, manifest.md and image-index.md: a document that is both could be read differently by two clients.
  if (
    (Array.isArray(body['manifests']) && 'layers' in body) ||
    INDEX_TYPES.includes(type) !== Array.isArray(body['manifests'])
  )
    throw badInput(
      'ARTIFACT_MALFORMED',
      `${name}: its manifest says ${type} but has another form`,
      'the image is broken; name another',
    );
  return type;
}
