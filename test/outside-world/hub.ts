/**
 * A Hugging Face Hub as awkward as the real one, for models: the API of hub-docs `docs/hub/api.md` and the headers that
 * huggingface_hub reads (`file_download.py`, `utils/_http.py`). LFS content lies on another host.
 */
import { type Content, gitObjectId, lfsPointer, sha256Hex } from './bytes';
import { type FaultRule } from './faults';
import { commitId, type RepositoryFile, repositoryFiles, treeIds } from './git-tree';
import { type Answer, type Asked, jsonAnswer, type OutsideServer, startServer, textAnswer } from './server';

export interface HubRepositoryOptions {
  /** owner/name. */
  readonly id: string;
  readonly files: Readonly<Record<string, Content | Uint8Array | string>>;
  /** `cardData.license`, as the model card states it. */
  readonly license?: string;
  /** Terms must be accepted: only {@link HubOptions.token} may download. */
  readonly gated?: boolean;
  /** Hidden from everyone but {@link HubOptions.token}. */
  readonly private?: boolean;
  /** In place of the commit computed from the files. */
  readonly revision?: string;
}

export interface HubOptions {
  readonly repositories: readonly HubRepositoryOptions[];
  /** The one access token that is valid and has accepted every license. */
  readonly token?: string;
  /** A valid token whose account has not accepted any terms. */
  readonly tokenWithoutAccess?: string;
  /** Entries per page of the tree; the real Hub gives 1,000, or 50 with `expand`. */
  readonly pageSize?: number;
  /** Small files answer with a relative redirect to `/api/resolve-cache`, as the Hub does since 2025. */
  readonly resolveCache?: boolean;
  readonly faults?: readonly FaultRule[];
  readonly cdnFaults?: readonly FaultRule[];
}

export interface Hub extends OutsideServer {
  /** The other host, which holds LFS content. */
  readonly cdn: OutsideServer;
  /** Commit of a repository's `main`. */
  revisionOf(id: string): string;
}

interface Repository extends HubRepositoryOptions {
  readonly entries: readonly RepositoryFile[];
  readonly trees: ReadonlyMap<string, string>;
  readonly sha: string;
}

const DAY = '2026-01-01T00:00:00.000Z';
const SIGNATURE = 'Expires=1893456000&Policy=eyJTdGF0ZW1lbnQiOltdfQ__&Signature=KmV4YW1wbGU~&Key-Pair-Id=K2EXAMPLE';
/** Anonymous limits, per five minutes (hub-docs, rate-limits.md). */
const LIMITS = { api: 500, resolvers: 3000 };

const failure = (status: number, code: string, message: string, headers: Answer['headers'] = {}): Answer =>
  jsonAnswer(status, { error: message }, { 'X-Error-Code': code, 'X-Error-Message': message, ...headers });

const xetHash = (file: RepositoryFile): string => sha256Hex(`xet ${file.content.sha256}`);

const lfsOf = (file: RepositoryFile): { sha256: string; size: number; pointerSize: number } => ({
  sha256: file.content.sha256,
  size: file.content.size,
  pointerSize: lfsPointer(file.content.sha256, file.content.size).length,
});

class HubResponder {
  private served = { api: 0, resolvers: 0 };
  private readonly repositories: readonly Repository[];

  public constructor(
    private readonly options: HubOptions,
    private readonly base: () => string,
    private readonly cdn: () => string,
  ) {
    this.repositories = options.repositories.map((repository) => {
      const entries = repositoryFiles(repository.files);
      return { ...repository, entries, trees: treeIds(entries), sha: repository.revision ?? commitId(entries) };
    });
  }

  public find(id: string): Repository | undefined {
    return this.repositories.find((repository) => repository.id === id);
  }

  public respond(asked: Asked): Answer {
    const path = decodeURIComponent(asked.url.pathname);
    const bucket = path.startsWith('/api/models/') ? 'api' : 'resolvers';
    this.served[bucket] += 1;
    const left = Math.max(0, LIMITS[bucket] - this.served[bucket]);
    const answer = this.route(asked, path);
    return {
      ...answer,
      headers: {
        RateLimit: `"${bucket}";r=${String(left)};t=300`,
        'RateLimit-Policy': `"fixed window";"${bucket}";q=${String(LIMITS[bucket])};w=300`,
        ...answer.headers,
      },
    };
  }

  private route(asked: Asked, path: string): Answer {
    if (asked.method !== 'GET' && asked.method !== 'HEAD') return jsonAnswer(405, { error: 'Method not allowed' });
    const info = /^\/api\/models\/([^/]+\/[^/]+)(?:\/revision\/([^/]+))?$/.exec(path);
    if (info !== null) return this.guarded(asked, info[1], info[2], false, (found) => this.info(asked, found));
    const tree = /^\/api\/models\/([^/]+\/[^/]+)\/tree\/([^/]+)(?:\/(.+))?$/.exec(path);
    if (tree !== null) {
      return this.guarded(asked, tree[1], tree[2], false, (found) =>
        this.tree(asked, found, tree[2] ?? '', tree[3] ?? ''),
      );
    }
    const resolve =
      /^\/([^/]+\/[^/]+)\/resolve\/([^/]+)\/(.+)$/.exec(path) ??
      /^\/api\/resolve-cache\/models\/([^/]+\/[^/]+)\/([^/]+)\/(.+)$/.exec(path);
    if (resolve !== null) {
      const cached = path.startsWith('/api/resolve-cache/');
      return this.guarded(asked, resolve[1], resolve[2], true, (found) => this.file(found, resolve[3] ?? '', cached));
    }
    return jsonAnswer(404, { error: 'Sorry, we can’t find the page you are looking for.' });
  }

  /** The checks that come before any answer about a repository, in the Hub's order. */
  private guarded(
    { headers }: Asked,
    id = '',
    revision: string | undefined,
    download: boolean,
    answer: (found: Repository) => Answer,
  ): Answer {
    const { authorization } = headers;
    const known = [this.options.token, this.options.tokenWithoutAccess].some(
      (token) => token !== undefined && authorization === `Bearer ${token}`,
    );
    const granted = known && authorization === `Bearer ${this.options.token ?? ''}`;
    if (authorization !== undefined && !known) {
      const message = 'Invalid credentials in Authorization header';
      return jsonAnswer(401, { error: message }, { 'X-Error-Message': message });
    }
    const repository = this.find(id);
    if (repository === undefined || (repository.private === true && !granted)) {
      // An anonymous caller may not learn whether the repository exists.
      return failure(known ? 404 : 401, 'RepoNotFound', 'Repository not found');
    }
    if (download && repository.gated === true && !granted) {
      const message = `Access to model ${id} is restricted. You must have access to it and be authenticated to access it.`;
      return failure(known ? 403 : 401, 'GatedRepo', message);
    }
    if (revision !== undefined && revision !== 'main' && revision !== repository.sha) {
      return failure(404, 'RevisionNotFound', `Invalid rev id: ${revision}`);
    }
    return answer(repository);
  }

  private info({ url }: Asked, repository: Repository): Answer {
    const blobs = url.searchParams.get('blobs') === 'true';
    const license = repository.license === undefined ? {} : { license: repository.license };
    return jsonAnswer(200, {
      _id: sha256Hex(repository.id).slice(0, 24),
      id: repository.id,
      modelId: repository.id,
      author: repository.id.split('/')[0],
      sha: repository.sha,
      lastModified: DAY,
      private: repository.private ?? false,
      gated: repository.gated === true ? 'manual' : false,
      disabled: false,
      tags: [
        'safetensors',
        ...(repository.license === undefined ? [] : [`license:${repository.license}`]),
        'region:eu',
      ],
      pipeline_tag: 'text-generation',
      library_name: 'transformers',
      cardData: { ...license, language: ['en'] },
      siblings: repository.entries.map((file) => ({
        rfilename: file.path,
        ...(blobs ? { size: file.content.size, blobId: file.oid } : {}),
        ...(blobs && file.lfs ? { lfs: lfsOf(file), xetHash: xetHash(file) } : {}),
      })),
    });
  }

  private tree({ url }: Asked, repository: Repository, revision: string, directory: string): Answer {
    const prefix = directory === '' ? '' : `${directory}/`;
    if (!repository.trees.has(directory)) {
      return failure(404, 'EntryNotFound', `${directory} does not exist on "${revision}"`, {
        'X-Repo-Commit': repository.sha,
      });
    }
    const recursive = url.searchParams.get('recursive');
    const deep = recursive === 'true' || recursive === '1';
    const expand = url.searchParams.get('expand') === 'true';
    const last = { id: repository.sha, title: 'initial commit', date: DAY };
    const directories = [...repository.trees]
      .filter(([path]) => path !== directory && path.startsWith(prefix))
      .map(([path, oid]) => ({ type: 'directory', oid, size: 0, path, ...(expand ? { lastCommit: last } : {}) }));
    const files = repository.entries
      .filter((file) => file.path.startsWith(prefix))
      .map((file) => {
        const { sha256, size, pointerSize } = lfsOf(file);
        return {
          type: 'file',
          oid: file.oid,
          size,
          path: file.path,
          ...(file.lfs ? { lfs: { oid: sha256, size, pointerSize }, xetHash: xetHash(file) } : {}),
          ...(expand ? { lastCommit: last, securityFileStatus: { status: 'safe' } } : {}),
        };
      });
    const entries = [...directories, ...files].filter(({ path }) => deep || !path.slice(prefix.length).includes('/'));
    const pageSize = Number(url.searchParams.get('limit') ?? this.options.pageSize ?? 1000);
    const from = Number(Buffer.from(url.searchParams.get('cursor') ?? '', 'base64url').toString() || '0');
    const headers: Record<string, string> = {};
    if (from + pageSize < entries.length) {
      const next = new URL(`${this.base()}${url.pathname}${url.search}`);
      next.searchParams.set('cursor', Buffer.from(String(from + pageSize)).toString('base64url'));
      headers['Link'] = `<${next.href}>; rel="next"`;
    }
    return jsonAnswer(200, entries.slice(from, from + pageSize), headers);
  }

  private file(repository: Repository, path: string, cached: boolean): Answer {
    const file = repository.entries.find((entry) => entry.path === path);
    const commit = { 'X-Repo-Commit': repository.sha };
    if (file === undefined) return failure(404, 'EntryNotFound', 'Entry not found', commit);
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    if (!file.lfs) {
      const headers = { ...commit, ETag: `"${file.oid}"`, 'Content-Disposition': `inline; filename="${encoded}"` };
      if (this.options.resolveCache !== true || cached) {
        return { status: 200, headers: { ...headers, 'Content-Type': 'text/plain' }, body: file.content, ranges: true };
      }
      const target = `/api/resolve-cache/models/${repository.id}/${repository.sha}/${encoded}`;
      const location = `${target}?${encodeURIComponent(`/${repository.id}/resolve/${repository.sha}/${path}`)}=&etag=%22${file.oid}%22`;
      return textAnswer(307, `Temporary Redirect. Redirecting to ${location}`, {
        ...headers,
        'X-Linked-Etag': `"${file.oid}"`,
        'X-Linked-Size': String(file.content.size),
        Location: location,
      });
    }
    const location = `${this.cdn()}/repos/${repository.id}/${file.content.sha256}?${SIGNATURE}`;
    const refresh = `${this.base()}/api/models/${repository.id}/xet-read-token/${repository.sha}`;
    return textAnswer(302, `Found. Redirecting to ${location}`, {
      ...commit,
      // Of the answer, not of the file.
      ETag: `"${gitObjectId('blob', Buffer.from(location))}"`,
      'Accept-Ranges': 'bytes',
      'X-Linked-Etag': `"${file.content.sha256}"`,
      'X-Linked-Size': String(file.content.size),
      'X-Xet-Hash': xetHash(file),
      Link: `<${refresh}>; rel="xet-auth", <https://cas.xet.example/reconstruction/${xetHash(file)}>; rel="xet-reconstruction-info"`,
      Location: location,
    });
  }

  /** The host of signed URLs: object storage, which takes one way of authentication and refuses two. */
  public respondAsCdn({ url, headers }: Asked): Answer {
    if (headers.authorization !== undefined) return textAnswer(400, 'Only one auth mechanism allowed\n');
    if (url.search !== `?${SIGNATURE}`) return textAnswer(403, 'AccessDenied\n');
    const match = /^\/repos\/([^/]+\/[^/]+)\/([0-9a-f]{64})$/.exec(url.pathname);
    const file = this.find(match?.[1] ?? '')?.entries.find((entry) => entry.lfs && entry.content.sha256 === match?.[2]);
    if (file === undefined) return textAnswer(403, 'AccessDenied\n');
    const etag = `"${sha256Hex(`part ${file.content.sha256}`).slice(0, 32)}-2"`; // a multipart ETag says nothing of the content
    return {
      status: 200,
      headers: { 'Content-Type': 'binary/octet-stream', ETag: etag },
      body: file.content,
      ranges: true,
    };
  }
}

export async function startHub(options: HubOptions): Promise<Hub> {
  const servers: { hub?: OutsideServer; cdn?: OutsideServer } = {};
  const responder = new HubResponder(
    options,
    () => servers.hub?.url ?? '',
    () => servers.cdn?.url ?? '',
  );
  const cdn = await startServer((asked) => responder.respondAsCdn(asked), {
    hostname: 'localhost',
    ...(options.cdnFaults === undefined ? {} : { faults: options.cdnFaults }),
  });
  const hub = await startServer((asked) => responder.respond(asked), {
    ...(options.faults === undefined ? {} : { faults: options.faults }),
  });
  Object.assign(servers, { hub, cdn });
  return {
    ...hub,
    cdn,
    revisionOf(id) {
      const repository = responder.find(id);
      if (repository === undefined) throw new Error(`the hub has no repository ${id}`);
      return repository.sha;
    },
    close: async () => {
      await Promise.all([hub.close(), cdn.close()]);
    },
  };
}
