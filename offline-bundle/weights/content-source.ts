/** A model, or another artifact of files, on a mirror: its manifest and files over the OCI distribution API. */
import { type Digest, isDigest } from '../../core/digest';
import { type AirlockError, badInput, environmentFailed } from '../../core/errors';
import { OCI_MANIFEST } from '../../core/media-types';
import { fileRepository, modelRepository, storeRepository } from '../../site/enclave-names';
import { type HttpClient, type HttpHop, shownUrl } from '../fetch/http';
import { openRange } from '../fetch/ranges';
import type { OpenSource } from '../fetch/source-reader';
import { MAX_MANIFEST_BYTES } from '../layout/walk';

/** What may be fetched: each kind has repositories of its own. */
export type ContentKind = 'model' | 'file' | 'ollama' | 'chart';

const REPOSITORIES: Readonly<Record<ContentKind, (name: string) => string>> = {
  model: modelRepository,
  file: fileRepository,
  ollama: storeRepository,
  // A chart's name is its repository: others have charts of the same name.
  chart: (repository) => repository,
};

/** A content as pods name it. */
export interface ContentReference {
  readonly kind: ContentKind;
  readonly name: string;
  readonly manifest: Digest;
}

/** The repository that holds a content. */
export const repositoryOf = ({ kind, name }: ContentReference): string => REPOSITORIES[kind](name);

/**
 * Parses `<name>@sha256:…`.
 *
 * @throws AirlockError (input) for anything else
 */
export function parseContentReference(kind: ContentKind, text: string): ContentReference {
  const at = text.indexOf('@');
  const [name, manifest] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)];
  if (!/^[a-z0-9]+(?:[._-]+[a-z0-9]+)*$/.test(name) || !isDigest(manifest))
    throw badInput(
      'USAGE_INVALID_VALUE',
      `"${text}" is not a ${kind}`,
      'write <name>@sha256:<64 hexadecimal digits>, with the digest of its manifest',
    );
  return { kind, name, manifest };
}

/** @throws AirlockError (input) when the text is not an http address */
export function parseMirrorUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol) || url.search !== '' || url.username !== '')
    throw badInput('USAGE_INVALID_VALUE', `"${text}" is not the address of a mirror`, 'write https://host[:port]');
  return url;
}

function judge({ status, url }: HttpHop): void {
  if (status !== 404) return;
  throw environmentFailed(
    'MIRROR_LACKS_CONTENT',
    `the mirror does not serve ${shownUrl(url)}`,
    'import the bundle that holds it, or roll the plan out with the lock of the imported bundle',
  );
}

export class ContentSource {
  public constructor(
    private readonly http: HttpClient,
    private readonly mirror: URL,
    private readonly repository: string,
  ) {}

  /** The manifest's bytes, not yet checked. */
  public async manifest(digest: Digest): Promise<Buffer> {
    const url = this.url('manifests', digest);
    const answer = await this.http.read({ url, headers: { accept: OCI_MANIFEST } }, MAX_MANIFEST_BYTES);
    judge(answer);
    if (answer.status !== 200) throw unexpected(answer);
    return answer.bytes;
  }

  /** A file's bytes from an offset on. */
  public open(digest: Digest, offset: number): Promise<OpenSource> {
    const url = this.url('blobs', digest);
    return openRange((range) => this.http.request({ url, headers: range }), offset, judge);
  }

  private url(kind: 'manifests' | 'blobs', digest: Digest): URL {
    const url = new URL(this.mirror);
    url.pathname = `${url.pathname.replace(/\/+$/, '')}/v2/${this.repository}/${kind}/${digest}`;
    return url;
  }
}

const unexpected = ({ status, url }: HttpHop): AirlockError =>
  environmentFailed(
    'UPSTREAM_ANSWER_INVALID',
    `${url.host} answers ${status}: ${shownUrl(url)}`,
    'check that --mirror is the address of a mirror',
  );
