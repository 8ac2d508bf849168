/**
 * The Hugging Face Hub: what a commit of a model holds, and its files (huggingface/hub-docs, "Hub API Endpoints";
 * huggingface_hub, src/huggingface_hub/hf_api.py and file_download.py). Xet fields are ignored: plain HTTP gives the same bytes.
 */
import { type AirlockError, badInput, checkFailed, environmentFailed } from '../../core/errors';
import { isSha256Hex } from '../../core/digest';
import type { Headers, HttpAnswer, HttpClient, HttpHop, HttpResponse } from '../fetch/http';
import { type OpenOptions, openRange } from '../fetch/ranges';
import { explanation, refusedElsewhere } from '../fetch/refusals';
import { isCount, isObject, type JsonObject, malformed, parseJson, parseJsonObject } from '../fetch/small-json';
import type { OpenSource } from '../fetch/source-reader';
import { lfsPointerOid } from './git-objects';
import { nextLink } from './link-header';

/** A page of the tree lists at most 1,000 files; no model needs more than this. */
const PAGE_LIMIT = 64 * 1024 * 1024;
const MAX_PAGES = 1000;

export interface HubLicense {
  /** Hub id, e.g. `apache-2.0`, `other`; undefined when the card declares none. */
  readonly id: string | undefined;
  /** What the card calls it where the id is `other`. */
  readonly name: string | undefined;
}

export interface HubFile {
  readonly path: string;
  /** Bytes of the content (not of an LFS pointer). */
  readonly size: number;
  /** Git blob id in the tree, 40 hexadecimal digits. */
  readonly gitOid: string;
  /** Stated for LFS files only, and then proven to be what the commit's pointer names. */
  readonly sha256?: string;
}

/** What a commit lists. */
export interface HubTree {
  /** Sorted by path. */
  readonly files: readonly HubFile[];
  /** Paths of entries that are no files, such as submodules, by what the Hub calls them. */
  readonly others: ReadonlyMap<string, string>;
}

/** A model at a commit. */
export interface HubRevision {
  /** owner/name */
  readonly repository: string;
  /** 40 lower-case hexadecimal digits. */
  readonly revision: string;
}

export class HubClient {
  private readonly endpoint: URL;
  private readonly renamed = new Map<string, string>();

  /**
   * @param endpoint base address; everything else of the Hub lies below it
   * @param token shown to the endpoint's origin only
   */
  public constructor(
    private readonly http: HttpClient,
    endpoint: URL,
    private readonly token?: string,
  ) {
    this.endpoint = new URL(endpoint);
    this.endpoint.pathname = endpoint.pathname.replace(/\/+$/, '');
  }

  /**
   * The license that a model's card declares at a commit.
   *
   * @throws AirlockError (input) when model or commit do not exist, (environment) when access is refused,
   *   (check) when the Hub answers with another commit
   */
  public async license(model: HubRevision, signal?: AbortSignal): Promise<HubLicense> {
    demandCommit(model);
    const answer = await this.api(model, `/api/models/${model.repository}/revision/${model.revision}`, signal);
    const info = parseJsonObject(answer.bytes, this.endpoint.host);
    if (info['sha'] !== model.revision) {
      throw checkFailed(
        'UPSTREAM_CONTENT_MISMATCH',
        `${this.endpoint.host} answers for ${describe(model)} with commit ${JSON.stringify(info['sha'])}`,
        'name the full commit; if it is, this Hub or mirror is not to be trusted with it',
      );
    }
    return licenseOf(info);
  }

  /**
   * Everything that a commit of a model lists. Paths are as the Hub states them: see `core/safe-paths.ts`.
   *
   * @throws AirlockError (check) for LFS hashes that the commit's tree contradicts
   */
  public async tree(model: HubRevision, signal?: AbortSignal): Promise<HubTree> {
    demandCommit(model);
    const files: HubFile[] = [];
    const others = new Map<string, string>();
    const visited = new Set<string>();
    let next: URL | undefined = this.url(`/api/models/${model.repository}/tree/${model.revision}?recursive=true`);
    while (next !== undefined) {
      visited.add(next.href);
      const page = await this.page(model, next, signal);
      const entries = parseJson(page.bytes, this.endpoint.host);
      if (!Array.isArray(entries)) throw malformed(this.endpoint.host, 'the tree is not a list');
      for (const entry of entries as unknown[]) {
        if (!isObject(entry)) throw malformed(this.endpoint.host, 'an entry of the tree is not an object');
        const { type, path } = entry;
        if (type === 'directory') continue;
        if (typeof path === 'string' && typeof type === 'string' && type !== 'file') others.set(path, type);
        else files.push(this.file(model, entry));
      }
      next = this.following(page, visited);
    }
    return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), others };
  }

  /** What a repository is called now, where the Hub has led to another name. */
  public newName(repository: string): string | undefined {
    return this.renamed.get(repository);
  }

  /**
   * Opens a file at a commit. The caller must hash what it reads.
   *
   * @param options end: where to stop, exclusive; a server may send more
   * @throws AirlockError (check) when it is not there, or the Hub answers for another commit; (environment) otherwise
   */
  public async open(
    model: HubRevision,
    path: string,
    offset: number,
    { signal, ...wish }: OpenOptions = {},
  ): Promise<OpenSource> {
    demandCommit(model);
    const encoded = path.split('/').map(encodeURIComponent).join('/');
    const url = this.url(`/${model.repository}/resolve/${model.revision}/${encoded}`);
    return openRange(
      (range) => this.http.request({ url, headers: { ...this.credentials(url), ...range }, signal }),
      offset,
      (response) => this.judgeFile(model, path, response),
      wish,
    );
  }

  private judgeFile(model: HubRevision, path: string, response: HttpResponse): void {
    const answers: readonly HttpHop[] = [...response.hops, response];
    const first = answers[0] ?? response;
    if (response.status === 404 && answers.some(({ headers }) => headers['x-error-code'] === 'EntryNotFound')) {
      throw checkFailed('LOCKED_CONTENT_GONE', `${describe(model)} has no file ${path}`, 'run `airlock lock` again');
    }
    if (response.status >= 400) throw refusal(model, response, response.hops, this.token !== undefined);
    // A mirror may lead to the Hub, and a renamed model to its new name, before anybody names the commit: who does, has to agree.
    const commits = answers.flatMap(({ headers }) => headers['x-repo-commit'] ?? []);
    const commit = commits.find((named) => named !== model.revision);
    if (commits.length === 0 || commit !== undefined) {
      throw checkFailed(
        'UPSTREAM_CONTENT_MISMATCH',
        `${first.url.host} answers for ${path} of ${describe(model)} ${commit === undefined ? 'without naming a commit (X-Repo-Commit)' : `with commit ${commit}`}`,
        'check HF_ENDPOINT: this is no Hub, or a mirror that does not serve commits',
      );
    }
  }

  private async api(model: HubRevision, path: string, signal?: AbortSignal): Promise<HttpAnswer> {
    return this.page(model, this.url(path), signal);
  }

  private async page(model: HubRevision, url: URL, signal?: AbortSignal): Promise<HttpAnswer> {
    const answer = await this.http.read({ url, headers: this.credentials(url), signal }, PAGE_LIMIT);
    if (answer.status !== 200) throw refusal(model, answer, answer.hops, this.token !== undefined, explanation(answer));
    const name = /\/api\/models\/([^/]+\/[^/]+)\//.exec(answer.url.pathname)?.[1];
    if (name !== undefined && name !== model.repository && answer.hops.length > 0)
      this.renamed.set(model.repository, name);
    return answer;
  }

  /** The next page, followed as given; a chain that bites its tail or never ends is refused. */
  private following(page: HttpAnswer, visited: ReadonlySet<string>): URL | undefined {
    const target = nextLink(page.headers['link']);
    if (target === undefined) return undefined;
    if (!URL.canParse(target, page.url.href)) throw malformed(this.endpoint.host, 'the next page has no address');
    const next = new URL(target, page.url);
    const downgrade = this.endpoint.protocol === 'https:' && next.protocol !== 'https:';
    if (downgrade || (next.protocol !== 'https:' && next.protocol !== 'http:'))
      throw malformed(this.endpoint.host, `the next page lies at ${next.protocol}//${next.host}`);
    if (visited.has(next.href) || visited.size >= MAX_PAGES)
      throw malformed(this.endpoint.host, 'its listing does not end');
    return next;
  }

  private file(model: HubRevision, entry: JsonObject): HubFile {
    const { path, size, oid, lfs } = entry;
    if (typeof path !== 'string' || !isCount(size) || typeof oid !== 'string' || !/^[0-9a-f]{40}$/.test(oid)) {
      throw malformed(this.endpoint.host, `an entry of the tree lacks path, size or oid: ${JSON.stringify(path)}`);
    }
    if (lfs === undefined || lfs === null) return { path, size, gitOid: oid };
    const sha256 = isObject(lfs) ? lfs['oid'] : undefined;
    if (!isObject(lfs) || typeof sha256 !== 'string' || !isSha256Hex(sha256) || lfs['size'] !== size) {
      throw malformed(this.endpoint.host, `the LFS entry of ${path} lacks a SHA-256, or its size differs`);
    }
    if (lfsPointerOid(sha256, size) !== oid) {
      throw checkFailed(
        'UPSTREAM_CONTENT_MISMATCH',
        `${describe(model)}: the SHA-256 stated for ${path} (${sha256}, ${size} bytes) is not what the commit names (git blob ${oid})`,
        'the Hub or a mirror before it contradicts itself; do not use this file',
      );
    }
    return { path, size, gitOid: oid, sha256 };
  }

  private url(pathAndQuery: string): URL {
    return new URL(`${this.endpoint.href.replace(/\/+$/, '')}${pathAndQuery}`);
  }

  private credentials(url: URL): Headers {
    return this.token !== undefined && url.origin === this.endpoint.origin
      ? { authorization: `Bearer ${this.token}` }
      : {};
  }
}

const describe = ({ repository, revision }: HubRevision): string => `${repository}@${revision}`;

/** A branch or tag moves; a short id can become ambiguous. */
function demandCommit({ repository, revision }: HubRevision): void {
  if (!/^[0-9a-f]{40}$/.test(revision)) {
    throw badInput(
      'SOURCE_INVALID',
      `revision "${revision}" of ${repository} is not a commit`,
      'write the full commit: 40 lower-case hexadecimal digits, from the "History" of the model',
    );
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9._-]*[A-Za-z0-9_-]$/.test(repository) || repository.includes('..')) {
    throw badInput('SOURCE_INVALID', `"${repository}" is not a repository of the Hub`, 'write owner/name');
  }
}

/** What the Hub's `X-Error-Code` means for a person (huggingface_hub, src/huggingface_hub/utils/_http.py). */
function refusal(
  model: HubRevision,
  answer: HttpHop,
  hops: readonly HttpHop[],
  hasToken: boolean,
  said = answer.headers['x-error-message'],
): AirlockError {
  const first = hops[0] ?? answer;
  const code = answer.headers['x-error-code'] ?? first.headers['x-error-code'];
  const host = answer.url.host;
  const why = said === undefined ? String(answer.status) : `${answer.status}: ${said}`;
  const token = hasToken ? 'check that HF_TOKEN belongs to an account that may read it' : 'set HF_TOKEN';
  if (code === 'GatedRepo') {
    return environmentFailed(
      'MODEL_GATED',
      `${model.repository} is gated: ${host} answers ${why}`,
      /await/i.test(said ?? '')
        ? 'wait until its owners have granted access, then run the command again'
        : `accept its terms at ${first.url.origin}/${model.repository}, then ${token}`,
    );
  }
  if (code === 'RevisionNotFound') {
    return badInput(
      'UPSTREAM_NOT_FOUND',
      `${model.repository} has no commit ${model.revision}`,
      'copy the full commit from the "History" of the model',
    );
  }
  if (code === 'RepoNotFound' || (answer.status === 404 && code === undefined)) {
    return badInput(
      'UPSTREAM_NOT_FOUND',
      `${host} knows no model ${model.repository}`,
      `check the spelling; a private model looks the same to strangers: ${token}`,
    );
  }
  if (answer.status === 401 || answer.status === 403) {
    // The Hub explains itself by these headers; where bytes are stored, and in a proxy, nobody knows a token of the Hub.
    const isHub = code !== undefined || answer.headers['x-error-message'] !== undefined;
    const elsewhere = !isHub && answer.url.origin !== first.url.origin;
    if (elsewhere) return refusedElsewhere(answer.url, first.url, describe(model), why);
    return environmentFailed(
      'UPSTREAM_ACCESS_DENIED',
      `${host} refuses access to ${describe(model)} (${why})`,
      said === undefined
        ? token
        : isHub
          ? `do what it says; where it asks for a login: ${token}`
          : `${token}; where a proxy or firewall says so, have ${host} allowed there`,
    );
  }
  return environmentFailed(
    'UPSTREAM_ANSWER_INVALID',
    `${host} answers ${answer.status}${code === undefined ? '' : ` (${code})`} for ${describe(model)}${said === undefined ? '' : `: ${said}`}`,
    'check HF_ENDPOINT',
  );
}

function licenseOf(info: JsonObject): HubLicense {
  const card = isObject(info['cardData']) ? info['cardData'] : {};
  const declared: unknown = Array.isArray(card['license']) ? (card['license'] as unknown[])[0] : card['license'];
  const tags = Array.isArray(info['tags']) ? (info['tags'] as unknown[]) : [];
  const tag = tags.find((item): item is string => typeof item === 'string' && item.startsWith('license:'));
  const name = card['license_name'];
  return {
    id: typeof declared === 'string' && declared !== '' ? declared : tag?.slice('license:'.length),
    name: typeof name === 'string' && name !== '' ? name : undefined,
  };
}
