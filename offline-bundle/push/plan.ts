/** What of a catalog goes into a registry, and in which order. */
import type { Descriptor, OciIndex, OciManifest } from '../../core/descriptor';
import { type Digest, digestOf, hexOf } from '../../core/digest';
import { INDEX_TYPES, MANIFEST_TYPES } from '../../core/media-types';
import type { Catalog } from '../mirror/catalog';
import type { Content, Repository } from '../mirror/content';
import type { Store } from '../store/store';
import { contentRange, damaged } from './content-range';

/** What may be pushed alone. */
export const PUSHED_KINDS = ['images', 'charts', 'models', 'files'] as const;
export type PushedKind = (typeof PUSHED_KINDS)[number];

export interface PushedManifest {
  readonly content: Content;
  readonly bytes: Buffer;
  /** Blobs and manifests of the repository that it names. */
  readonly needs: readonly Digest[];
  /** Children of an index that were not carried. */
  readonly absent: readonly Descriptor[];
  /** Names of the mirror, sorted. */
  readonly tags: readonly string[];
}

export interface PushedRepository {
  /** As the mirror names it. */
  readonly name: string;
  readonly blobs: readonly Content[];
  /** What a manifest names stands before it. */
  readonly manifests: readonly PushedManifest[];
}

export interface PushPlan {
  /** Sorted by name. */
  readonly repositories: readonly PushedRepository[];
  /** What cannot be pushed, and why. */
  readonly problems: readonly string[];
}

/** By the first word of a repository (`site/enclave-names.ts`); hosts of images have a dot, a port, or are `localhost`. */
const FOLDERS: Readonly<Record<string, PushedKind>> = {
  models: 'models',
  'model-images': 'models',
  ollama: 'models',
  files: 'files',
  charts: 'charts',
};
/** What no client reads from a registry: Terraform has a protocol of its own, and a bundle is checked as one. */
const LEFT_OUT = /^(?:providers\/|airlock\/(?!kit$))/;

/** What a repository holds; undefined for what stays with the mirror. */
export const kindOf = (repository: string): PushedKind | undefined =>
  LEFT_OUT.test(repository) ? undefined : (FOLDERS[repository.split('/')[0] ?? ''] ?? 'images');

/**
 * The tag that keeps a manifest which nobody named: a registry may remove what has none, the children of an index among that
 * (distribution, "Garbage collection", `--delete-untagged`). `sha256-<hex>` itself belongs to referrers (distribution-spec,
 * "Referrers Tag Schema") and, with an ending, to cosign.
 */
export const keepingTag = (digest: Digest): string => `airlock-sha256-${hexOf(digest)}`;

const isManifest = ({ mediaType }: Content): boolean =>
  MANIFEST_TYPES.includes(mediaType) || INDEX_TYPES.includes(mediaType);

async function bytesOf(store: Pick<Store, 'blobPath'>, content: Content): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of contentRange(store, content, 0, content.size)) parts.push(part);
  const bytes = Buffer.concat(parts);
  const got = digestOf(bytes);
  if (got !== content.digest) throw damaged(content.digest, `it hashes to ${got}`);
  return bytes;
}

function manifestOf({ contents, tags }: Repository, content: Content, bytes: Buffer): PushedManifest {
  const { manifests = [], config, layers = [] } = JSON.parse(bytes.toString('utf8')) as Partial<OciIndex & OciManifest>;
  const named = [...manifests, ...(config === undefined ? [] : [config]), ...layers];
  return {
    content,
    bytes,
    needs: named.flatMap(({ digest }) => (contents.has(digest) ? [digest] : [])),
    absent: manifests.filter(({ digest }) => !contents.has(digest)),
    tags: [...tags].flatMap(([tag, digest]) => (digest === content.digest ? [tag] : [])).sort(),
  };
}

/** What is named stands before what names it; a digest cannot lead back to itself. */
function childrenFirst(manifests: ReadonlyMap<Digest, PushedManifest>): PushedManifest[] {
  const ordered = new Map<Digest, PushedManifest>();
  const visit = (manifest: PushedManifest): void => {
    if (ordered.has(manifest.content.digest)) return;
    for (const digest of manifest.needs) {
      const child = manifests.get(digest);
      if (child !== undefined) visit(child);
    }
    ordered.set(manifest.content.digest, manifest);
  };
  [...manifests.values()].forEach(visit);
  return [...ordered.values()];
}

async function planRepository(
  store: Pick<Store, 'blobPath'>,
  name: string,
  repository: Repository,
): Promise<PushedRepository> {
  const manifests = new Map<Digest, PushedManifest>();
  for (const content of repository.contents.values())
    if (isManifest(content))
      manifests.set(content.digest, manifestOf(repository, content, await bytesOf(store, content)));
  const needed = new Set([...manifests.values()].flatMap(({ needs }) => needs));
  const blobs = [...repository.contents.values()].filter(
    (content) => !manifests.has(content.digest) && needed.has(content.digest),
  );
  return { name, blobs, manifests: childrenFirst(manifests) };
}

/**
 * Plans a push; reads manifests alone.
 *
 * @param catalog of what may be served, so of what was verified
 * @param kinds to push
 */
export async function planPush(
  store: Pick<Store, 'blobPath'>,
  catalog: Catalog,
  kinds: readonly PushedKind[],
): Promise<PushPlan> {
  const repositories: PushedRepository[] = [];
  const problems = [...catalog.problems];
  for (const [name, repository] of [...catalog.repositories].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const kind = kindOf(name);
    if (kind === undefined || !kinds.includes(kind)) continue;
    repositories.push(await planRepository(store, name, repository));
  }
  return { repositories, problems };
}
