/**
 * What may be served. Everything a mirror answers is looked up here, never on the disk: what no root reaches does not
 * exist, and no path in a request can name a file.
 */
import type { Descriptor } from '../../core/descriptor';
import type { Digest } from '../../core/digest';
import type { Content, ProviderPackage, Repository } from './content';
import type { HubFile, HubRevision } from './hub-model';
import type { RootContents } from './root-contents';

/** One model repository of the Hub API, by its upstream name. */
export interface HubRepository {
  /** `owner/name`. */
  readonly id: string;
  /** Commit that `main` stands for: that of the root imported last. */
  readonly main: string;
  readonly revisions: ReadonlyMap<string, HubRevision>;
}

export interface Catalog {
  readonly repositories: ReadonlyMap<string, Repository>;
  readonly hub: ReadonlyMap<string, HubRepository>;
  /** `host/namespace/type` → version → `os_arch`. */
  readonly providers: ReadonlyMap<string, ReadonlyMap<string, ReadonlyMap<string, ProviderPackage>>>;
  /** `name/filename` → content. */
  readonly files: ReadonlyMap<string, Content>;
  /** What the roots that are served hold, one by one. */
  readonly roots: readonly RootContents[];
  /** Roots that are not served, and why. */
  readonly problems: readonly string[];
}

interface GrowingRepository {
  readonly contents: Map<Digest, Content>;
  readonly tags: Map<string, Digest>;
  readonly referrers: Map<Digest, Descriptor[]>;
  readonly absent: Map<Digest, Descriptor>;
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function mergeRepository(into: GrowingRepository, from: Repository): void {
  from.contents.forEach((content, digest) => into.contents.set(digest, content));
  from.tags.forEach((digest, tag) => into.tags.set(tag, digest));
  from.absent.forEach((child, digest) => into.absent.set(digest, child));
  from.referrers.forEach((descriptors, subject) => {
    const known = getOrAdd(into.referrers, subject, () => []);
    known.push(...descriptors.filter(({ digest }) => !known.some((other) => other.digest === digest)));
  });
}

/** Two models of a site may carry different parts of one commit; the same commit gives the same bytes. */
function mergeRevision(known: HubRevision | undefined, added: HubRevision): HubRevision {
  if (known === undefined) return added;
  return { ...added, files: new Map<string, HubFile>([...known.files, ...added.files]) };
}

/**
 * Merges what several roots hold. Where two roots give a name different meanings (a tag, `main`), the later one wins.
 *
 * @param roots oldest import first
 */
export function mergeCatalog(roots: readonly RootContents[], problems: readonly string[]): Catalog {
  const repositories = new Map<string, GrowingRepository>();
  const hub = new Map<string, { id: string; main: string; revisions: Map<string, HubRevision> }>();
  const providers = new Map<string, Map<string, Map<string, ProviderPackage>>>();
  const files = new Map<string, Content>();
  for (const root of roots) {
    for (const [name, repository] of root.repositories) {
      const empty = (): GrowingRepository => ({
        ...{ contents: new Map(), tags: new Map(), referrers: new Map(), absent: new Map() },
      });
      mergeRepository(getOrAdd(repositories, name, empty), repository);
    }
    for (const revision of root.models) {
      const { repository: id, commit } = revision;
      const known = getOrAdd(hub, id, () => ({ id, main: commit, revisions: new Map<string, HubRevision>() }));
      known.main = commit;
      known.revisions.set(commit, mergeRevision(known.revisions.get(commit), revision));
    }
    for (const { source, version, platform, ...pack } of root.providers) {
      const versions = getOrAdd(providers, source, () => new Map<string, Map<string, ProviderPackage>>());
      getOrAdd(versions, version, () => new Map<string, ProviderPackage>()).set(platform, pack);
    }
    for (const { name, filename, content } of root.files) files.set(`${name}/${filename}`, content);
  }
  return { repositories, hub, providers, files, roots, problems };
}

/** What a person wants to know about a catalog. */
export interface CatalogSummary {
  readonly images: readonly { readonly repository: string; readonly tags: readonly string[] }[];
  readonly models: readonly {
    readonly repository: string;
    readonly commit: string;
    readonly files: number;
    /** Bytes. */
    readonly bytes: number;
  }[];
  readonly providers: readonly { readonly source: string; readonly version: string; readonly platforms: string[] }[];
  readonly files: readonly { readonly path: string; readonly bytes: number }[];
  readonly problems: readonly string[];
}

/** Lists a catalog: every OCI repository, model revision, provider version and file. */
export function summarize(catalog: Catalog): CatalogSummary {
  return {
    images: [...catalog.repositories].sort(byKey).map(([repository, { tags }]) => ({
      repository,
      tags: [...tags.keys()].sort(),
    })),
    models: [...catalog.hub.values()].flatMap(({ id, revisions }) =>
      [...revisions.values()].map(({ commit, files }) => ({
        repository: id,
        commit,
        files: files.size,
        bytes: [...files.values()].reduce((sum, file) => sum + file.content.size, 0),
      })),
    ),
    providers: [...catalog.providers].flatMap(([source, versions]) =>
      [...versions].map(([version, packages]) => ({ source, version, platforms: [...packages.keys()].sort() })),
    ),
    files: [...catalog.files].sort(byKey).map(([path, { size }]) => ({ path, bytes: size })),
    problems: catalog.problems,
  };
}

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);
