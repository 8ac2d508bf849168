/** The push side of the OCI distribution API (distribution-spec 1.1, "Push"), one request at a time. */
import type { Readable } from 'node:stream';
import { type Digest, digestOf, isDigest } from '../../core/digest';
import { AirlockError, environmentFailed } from '../../core/errors';
import { DOCKER_INDEX, DOCKER_MANIFEST, OCI_INDEX, OCI_MANIFEST } from '../../core/media-types';
import { type Headers, type HttpAnswer, type HttpClient, shownUrl } from '../fetch/http';
import { explanation } from '../fetch/refusals';
import { isRetriableStatus } from '../fetch/retry';
import { malformed } from '../fetch/small-json';
import type { RegistryAuth, Resource } from '../oci/registry-auth';
import { endpoint } from '../oci/registry-client';
import { type PushTarget, repositoryAt } from './target';

/** Answers to a push are short; manifests are at most as large. Bytes. */
const ANSWER_LIMIT = 4 * 1024 * 1024;
const ACCEPT = [OCI_INDEX, DOCKER_INDEX, OCI_MANIFEST, DOCKER_MANIFEST].join(', ');
/** A registry may hash a whole blob before it answers, or bring it to an object store. Milliseconds. */
const PATIENCE_MS = 60 * 60_000;

/** An upload that a registry has begun. */
export interface UploadSession {
  readonly location: URL;
  /** Bytes that the registry has. */
  readonly offset: number;
  /** What it wants a part to have at least (distribution-spec, `OCI-Chunk-Min-Length`), bytes. */
  readonly minChunk: number;
}

/** An upload that did not go as it should, and may go another time. */
export class UploadInterrupted extends Error {}

/** A registry that says no, with its status and its words. */
export class Refusal {
  public constructor(
    public readonly status: number,
    public readonly why: string,
  ) {}
}

const refusalOf = (answer: HttpAnswer): Refusal => {
  const said = explanation(answer);
  return new Refusal(answer.status, said === undefined ? String(answer.status) : `${answer.status}: ${said}`);
};

export class RegistryWriter {
  /** @param http must not advise what upstreams would mend */
  public constructor(
    private readonly http: HttpClient,
    private readonly auth: RegistryAuth,
    private readonly target: PushTarget,
  ) {}

  /** Size of a blob that the registry has in a repository; undefined where it has none. Bytes. */
  public async blobSize(repository: string, digest: Digest): Promise<number | undefined> {
    const answer = await this.ask(repository, 'HEAD', this.url(repository, 'blobs', digest));
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw this.refused(repository, digest, refusalOf(answer));
    const length = answer.headers['content-length'];
    return length === undefined ? -1 : Number(length);
  }

  /** What a tag or digest stands for in a repository; undefined where the registry has none. */
  public async manifestDigest(repository: string, reference: string): Promise<Digest | undefined> {
    const url = this.url(repository, 'manifests', reference);
    const head = await this.ask(repository, 'HEAD', url, { accept: ACCEPT });
    const stated = head.headers['docker-content-digest'];
    if (head.status === 404) return undefined;
    if (head.status === 200 && stated !== undefined && isDigest(stated)) return stated;
    const answer = await this.ask(repository, 'GET', url, { accept: ACCEPT });
    if (answer.status === 404) return undefined;
    if (answer.status !== 200) throw this.refused(repository, reference, refusalOf(answer));
    return digestOf(answer.bytes);
  }

  /** Puts a manifest under a tag. @returns the refusal, where it is about the manifest itself */
  public async putManifest(
    repository: string,
    tag: string,
    { mediaType, bytes }: { readonly mediaType: string; readonly bytes: Buffer },
  ): Promise<Refusal | undefined> {
    const url = this.url(repository, 'manifests', tag);
    const answer = await this.ask(repository, 'PUT', url, { 'content-type': mediaType }, bytes);
    if (answer.status === 201 || answer.status === 202) return undefined;
    const refusal = refusalOf(answer);
    if (answer.status === 400 || answer.status === 404 || answer.status === 422) return refusal;
    throw this.refused(repository, tag, refusal);
  }

  /**
   * Has a blob taken over from another repository, or begins an upload.
   *
   * @param from repository that has the blob
   */
  public async begin(repository: string, digest: Digest, from?: string): Promise<'mounted' | UploadSession> {
    const url = this.url(repository, 'blobs', 'uploads/');
    if (from !== undefined) {
      url.searchParams.set('mount', digest);
      url.searchParams.set('from', repositoryAt(this.target, from));
    }
    const answer = await this.ask(repository, 'POST', url, {}, undefined, from);
    if (answer.status === 201) return 'mounted';
    if (answer.status !== 202) throw this.refused(repository, digest, refusalOf(answer));
    return this.session(answer, { offset: 0, minChunk: Number(answer.headers['oci-chunk-min-length'] ?? 0) || 0 });
  }

  /** How far an upload has come; undefined where the registry has forgotten it, or it cannot go on. */
  public async status(repository: string, session: UploadSession): Promise<UploadSession | undefined> {
    const answer = await this.ask(repository, 'GET', session.location).catch((error: unknown) => {
      if (error instanceof AirlockError && error.code === 'UPSTREAM_BUSY') return undefined;
      throw error;
    });
    if (answer === undefined || answer.status !== 204) return undefined;
    return this.session(answer, { ...session, offset: offsetOf(answer.headers['range']) });
  }

  /**
   * Sends a part, once.
   *
   * @param body makes the bytes anew, from the session's offset on
   * @throws UploadInterrupted, or an Error of the transport, where another attempt may help; AirlockError (environment) where not
   */
  public async patch(
    repository: string,
    session: UploadSession,
    length: number,
    body: () => Readable,
  ): Promise<UploadSession> {
    const end = session.offset + length;
    const answer = await this.attempt(repository, session.location, 'PATCH', () => body(), {
      'content-type': 'application/octet-stream',
      'content-length': String(length),
      'content-range': `${session.offset}-${end - 1}`,
    });
    if (answer.status !== 202 && answer.status !== 204 && answer.status !== 201) throw this.broken(repository, answer);
    const range = answer.headers['range'];
    // Of one byte `0-0` says nothing.
    const offset = range === undefined || end === 1 ? end : offsetOf(range);
    if (offset <= session.offset || offset > end)
      throw new UploadInterrupted(`says that it has ${offset} of ${end} bytes`);
    return this.session(answer, { ...session, offset });
  }

  /** Ends an upload; the registry holds it against its digest. @throws as {@link patch} */
  public async finish(repository: string, session: UploadSession, digest: Digest): Promise<void> {
    const url = new URL(session.location);
    url.searchParams.set('digest', digest);
    const answer = await this.attempt(repository, url, 'PUT', () => Buffer.alloc(0), {
      'content-type': 'application/octet-stream',
    });
    if (answer.status !== 201 && answer.status !== 204) throw this.broken(repository, answer);
  }

  /** Drops an upload, as far as the registry does that. */
  public async cancel(repository: string, session: UploadSession): Promise<void> {
    await this.ask(repository, 'DELETE', session.location).catch(() => undefined);
  }

  private url(repository: string, kind: 'manifests' | 'blobs', reference: string): URL {
    return endpoint(this.target.base, repositoryAt(this.target, repository), kind, reference);
  }

  private resource(repository: string, from?: string): Resource {
    const { base } = this.target;
    const path = repositoryAt(this.target, repository);
    const others = from === undefined ? [] : [`repository:${repositoryAt(this.target, from)}:pull`];
    return { host: base.host, base, path, scopes: [`repository:${path}:pull,push`, ...others] };
  }

  /** A request that may be repeated. */
  private ask(
    repository: string,
    method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE',
    url: URL,
    headers: Headers = {},
    body?: Buffer,
    from?: string,
  ): Promise<HttpAnswer> {
    return this.admitted(
      repository,
      url,
      (admission) =>
        this.http.read(
          {
            ...{ url, method, headers: { ...headers, ...admission }, patienceMs: PATIENCE_MS },
            ...(body === undefined ? {} : { body }),
          },
          ANSWER_LIMIT,
        ),
      from,
    );
  }

  /** A request that must not be repeated blindly. */
  private attempt(
    repository: string,
    url: URL,
    method: 'PUT' | 'PATCH',
    body: () => Readable | Buffer,
    headers: Headers,
  ): Promise<HttpAnswer> {
    return this.admitted(repository, url, (admission) =>
      this.http.attempt(
        { url, method, headers: { ...headers, ...admission }, body: body(), patienceMs: PATIENCE_MS },
        ANSWER_LIMIT,
      ),
    );
  }

  /** The login of the registry goes to no other address. */
  private admitted(
    repository: string,
    url: URL,
    send: (headers: Headers) => Promise<HttpAnswer>,
    from?: string,
  ): Promise<HttpAnswer> {
    if (url.origin !== this.target.base.origin) return send({});
    return this.auth.admitted(this.resource(repository, from), send, () => Promise.resolve());
  }

  private session({ url, headers }: HttpAnswer, rest: Omit<UploadSession, 'location'>): UploadSession {
    const text = headers['location'];
    const location = text !== undefined && URL.canParse(text, url.href) ? new URL(text, url) : undefined;
    if (location === undefined || !/^https?:$/.test(location.protocol))
      throw malformed(url.host, 'it names no address for an upload');
    if (this.target.base.protocol === 'https:' && location.protocol === 'http:')
      throw environmentFailed(
        'UPSTREAM_INSECURE',
        `${url.host} names an upload address without TLS (${shownUrl(location)}); nothing is sent there`,
        'a proxy before the registry must pass X-Forwarded-Proto on, or the registry must be told its own address',
      );
    // What leaves the store goes where somebody said, and nowhere else.
    if (location.hostname !== this.target.base.hostname)
      throw environmentFailed(
        'UPSTREAM_INSECURE',
        `${url.host} names an upload address at another host (${shownUrl(location)}); nothing is sent there`,
        'a proxy before the registry must pass Host on, or the registry must be told its own address',
      );
    return { ...rest, location };
  }

  private broken(repository: string, answer: HttpAnswer): Error {
    const refusal = refusalOf(answer);
    // What the registry says of the upload alone: another one may go through.
    if (isRetriableStatus(answer.status) || [400, 404, 416].includes(answer.status))
      return new UploadInterrupted(`answers ${refusal.why}`);
    return this.refused(repository, 'an upload', refusal);
  }

  /** The error for a registry that says no. */
  public refused(repository: string, what: string, { status, why }: Refusal): AirlockError {
    const { host } = this.target.base;
    const name = `${host}/${repositoryAt(this.target, repository)}`;
    if (status === 401 || status === 403)
      return environmentFailed(
        'UPSTREAM_ACCESS_DENIED',
        `registry ${host} refuses ${what} in ${name} (${why})`,
        `log in with an account that may push there: docker login ${host}; some registries want the project to be made first`,
      );
    return environmentFailed(
      'REGISTRY_REFUSES',
      `registry ${host} does not take ${what} in ${name} (${why})`,
      status === 413
        ? 'a proxy before it limits requests: pass a smaller --chunk-size'
        : 'see what it says, and its log',
    );
  }
}

/** `Range: 0-<last byte>`; some write `0-0` for nothing, too, and a blob of one byte is then sent again. */
function offsetOf(range: string | undefined): number {
  const last = Number(/^(?:bytes=)?0-(\d{1,15})$/.exec(range ?? '')?.[1] ?? 0);
  return last === 0 ? 0 : last + 1;
}
