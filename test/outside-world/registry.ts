/** An OCI distribution registry for pulls (distribution-spec 1.1; tokens after distribution `docs/content/spec/auth`). */
import { bytesContent, type Content, sha256Hex } from './bytes';
import { type FaultRule } from './faults';
import { type HostedManifest, type MadeImage } from './images';
import {
  type Answer,
  type Asked,
  jsonAnswer,
  type OutsideServer,
  type ServerOptions,
  startServer,
  textAnswer,
} from './server';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export type RegistryAuth =
  | { readonly kind: 'anonymous' }
  | { readonly kind: 'basic'; readonly credentials: Credentials }
  /** Bearer tokens from a token service on another host; anyone gets one unless credentials are set. */
  | {
      readonly kind: 'token';
      readonly credentials?: Credentials;
      /** How many requests a token lives, as real ones expire in the middle of a long pull. */
      readonly uses?: number;
    };

export interface RegistryOptions extends ServerOptions {
  /** Images by `repository:tag`, e.g. `library/busybox:1.36`. */
  readonly images: Readonly<Record<string, MadeImage>>;
  readonly auth?: RegistryAuth;
  /** Blobs answer 307 to a signed address on another host. */
  readonly redirectBlobs?: boolean;
  readonly blobHostFaults?: readonly FaultRule[];
}

export interface Registry extends OutsideServer {
  /** The other host: token service and redirected blobs. */
  readonly elsewhere: OutsideServer;
}

interface Repository {
  readonly tags: Map<string, HostedManifest>;
  readonly manifests: Map<string, HostedManifest>;
  readonly blobs: Map<string, Content>;
}

const SERVICE = 'registry.outside.example';
const SIGNATURE = 'X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Expires=1200&X-Amz-Signature=0f1e2d';

const failure = (status: number, code: string, message: string, headers: Answer['headers'] = {}): Answer =>
  jsonAnswer(status, { errors: [{ code, message, detail: {} }] }, headers);

const basic = ({ username, password }: Credentials): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

function repositoriesOf(images: RegistryOptions['images']): Map<string, Repository> {
  const repositories = new Map<string, Repository>();
  for (const [reference, image] of Object.entries(images)) {
    const colon = reference.lastIndexOf(':');
    const name = reference.slice(0, colon);
    const repository = repositories.get(name) ?? { tags: new Map(), manifests: new Map(), blobs: new Map() };
    repositories.set(name, repository);
    repository.tags.set(reference.slice(colon + 1), image.root);
    image.manifests.forEach((manifest) => repository.manifests.set(manifest.digest, manifest));
    image.blobs.forEach((blob) => repository.blobs.set(`sha256:${blob.sha256}`, blob));
  }
  return repositories;
}

class RegistryResponder {
  private readonly repositories: Map<string, Repository>;
  private readonly auth: RegistryAuth;
  /** Scope and uses left of each token that was given out. */
  private readonly tokens = new Map<string, { readonly scope: string; left: number }>();

  public constructor(
    private readonly options: RegistryOptions,
    private readonly elsewhere: () => string,
  ) {
    this.repositories = repositoriesOf(options.images);
    this.auth = options.auth ?? { kind: 'anonymous' };
  }

  public respond(asked: Asked): Answer {
    const { url, method } = asked;
    if (method !== 'GET' && method !== 'HEAD') return failure(405, 'UNSUPPORTED', 'the operation is unsupported');
    const match = /^\/v2\/(.+)\/(manifests|blobs)\/([^/]+)$/.exec(decodeURIComponent(url.pathname));
    if (url.pathname !== '/v2/' && match === null) return textAnswer(404, '404 page not found\n');
    const [, name = '', kind, reference = ''] = match ?? [];
    const refusal = this.refusal(asked, name);
    if (refusal !== undefined) return refusal;
    if (match === null) return jsonAnswer(200, {}, { 'Docker-Distribution-Api-Version': 'registry/2.0' });
    const repository = this.repositories.get(name);
    if (repository === undefined) return failure(404, 'NAME_UNKNOWN', 'repository name not known to registry');
    return kind === 'manifests' ? this.manifest(asked, repository, reference) : this.blob(repository, name, reference);
  }

  private refusal({ headers }: Asked, name: string): Answer | undefined {
    const { authorization } = headers;
    if (this.auth.kind === 'anonymous') return undefined;
    const message = 'authentication required';
    if (this.auth.kind === 'basic') {
      if (authorization === basic(this.auth.credentials)) return undefined;
      return failure(401, 'UNAUTHORIZED', message, { 'WWW-Authenticate': `Basic realm="${SERVICE}", charset="UTF-8"` });
    }
    const scope = name === '' ? '' : `repository:${name}:pull`;
    const token = this.tokens.get(authorization?.replace(/^Bearer /, '') ?? '');
    const within = token !== undefined && (scope === '' || token.scope === scope);
    if (within && token.left > 0 && (name === '' || this.repositories.has(name))) {
      token.left -= 1;
      return undefined;
    }
    const parts = [`realm="${this.elsewhere()}/token"`, `service="${SERVICE}"`];
    if (scope !== '') parts.push(`scope="${scope}"`);
    if (token !== undefined)
      parts.push(`error="${within && token.left === 0 ? 'invalid_token' : 'insufficient_scope'}"`);
    return failure(401, 'UNAUTHORIZED', message, { 'WWW-Authenticate': `Bearer ${parts.join(',')}` });
  }

  private manifest({ headers }: Asked, repository: Repository, reference: string): Answer {
    const manifest = repository.manifests.get(reference) ?? repository.tags.get(reference);
    if (manifest === undefined) return failure(404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    // As distribution does: no fallback, and */* does not count.
    const accepted = (headers.accept ?? '').split(',').map((type) => type.split(';')[0]?.trim());
    if (!accepted.includes(manifest.mediaType)) {
      return failure(
        404,
        'MANIFEST_UNKNOWN',
        `manifest found, but accept header does not support ${manifest.mediaType}`,
      );
    }
    return {
      status: 200,
      headers: {
        'Content-Type': manifest.mediaType,
        'Docker-Content-Digest': manifest.digest,
        ETag: `"${manifest.digest}"`,
      },
      body: bytesContent(manifest.bytes),
    };
  }

  private blob(repository: Repository, name: string, digest: string): Answer {
    const body = repository.blobs.get(digest);
    if (body === undefined) return failure(404, 'BLOB_UNKNOWN', 'blob unknown to registry');
    if (this.options.redirectBlobs === true) {
      const location = `${this.elsewhere()}/blobs/${name}/${digest}?${SIGNATURE}`;
      return textAnswer(307, `<a href="${location}">Temporary Redirect</a>.\n`, { Location: location });
    }
    const headers = {
      'Content-Type': 'application/octet-stream',
      'Docker-Content-Digest': digest,
      ETag: `"${digest}"`,
    };
    return { status: 200, headers, body, ranges: true };
  }

  public respondElsewhere(asked: Asked): Answer {
    if (asked.url.pathname === '/token') return this.token(asked);
    const { url, headers } = asked;
    if (headers.authorization !== undefined) return textAnswer(400, 'Only one auth mechanism allowed\n');
    const match = /^\/blobs\/(.+)\/(sha256:[0-9a-f]{64})$/.exec(decodeURIComponent(url.pathname));
    const body = this.repositories.get(match?.[1] ?? '')?.blobs.get(match?.[2] ?? '');
    if (body === undefined || url.search !== `?${SIGNATURE}`) return textAnswer(403, 'AccessDenied\n');
    return { status: 200, headers: { 'Content-Type': 'application/octet-stream' }, body, ranges: true };
  }

  private token({ url, headers }: Asked): Answer {
    if (this.auth.kind !== 'token') return textAnswer(404, 'not found\n');
    const { credentials, uses } = this.auth;
    if (
      headers.authorization !== undefined &&
      (credentials === undefined || headers.authorization !== basic(credentials))
    ) {
      return failure(401, 'UNAUTHORIZED', 'incorrect username or password');
    }
    // Without credentials a token still comes, one that opens nothing: that is how token services answer strangers.
    const allowed = credentials === undefined || headers.authorization !== undefined;
    const scope =
      allowed && url.searchParams.get('service') === SERVICE ? (url.searchParams.get('scope') ?? '') : 'none';
    const token = sha256Hex(`${scope} ${String(this.tokens.size)}`);
    this.tokens.set(token, { scope, left: uses ?? Infinity });
    return jsonAnswer(200, { token, access_token: token, expires_in: 300, issued_at: new Date().toISOString() });
  }
}

export async function startRegistry(options: RegistryOptions): Promise<Registry> {
  let elsewhereUrl = '';
  const responder = new RegistryResponder(options, () => elsewhereUrl);
  const elsewhere = await startServer((asked) => responder.respondElsewhere(asked), {
    hostname: 'localhost',
    ...(options.tls === undefined ? {} : { tls: options.tls }),
    ...(options.blobHostFaults === undefined ? {} : { faults: options.blobHostFaults }),
  });
  elsewhereUrl = elsewhere.url;
  const registry = await startServer((asked) => responder.respond(asked), options);
  return {
    ...registry,
    elsewhere,
    close: async () => {
      await Promise.all([registry.close(), elsewhere.close()]);
    },
  };
}
