/** What one root of the store reaches, sorted by the protocols that serve it. */
import { readFile, stat } from 'node:fs/promises';
import type { Descriptor, OciIndex, OciManifest } from '../../core/descriptor';
import { type Digest, digestOf } from '../../core/digest';
import { checkFailed } from '../../core/errors';
import {
  AIRLOCK_BUNDLE,
  AIRLOCK_FILE,
  AIRLOCK_PROVIDER,
  AIRLOCK_RECORD,
  AIRLOCK_SPARSE_INDEX,
  ANNOTATION_KIND,
  ANNOTATION_REF_NAME,
  ANNOTATION_REPOSITORY,
  ANNOTATION_TITLE,
  INDEX_TYPES,
  MANIFEST_TYPES,
  MODEL_MANIFEST,
  OCI_LAYER_TAR,
} from '../../core/media-types';
import { BUNDLE_REPOSITORY, fileRepository } from '../../site/enclave-names';
import type { Lock, LockContent, LockModelImage } from '../../site/generated/lock';
import { parseLock } from '../../site/lock/lock-file';
import { MAX_MANIFEST_BYTES, walk } from '../layout/walk';
import { indexChildren } from '../resolve/foreign-manifest';
import type { RootRecord } from '../store/root-record';
import type { Store } from '../store/store';
import { statedForm } from '../weights/image-form';
import { modelFiles } from '../weights/model-files';
import type { Content, ProviderPackage, Repository } from './content';
import { type HubRevision, hubFile } from './hub-model';
import { serveSparse, type SparseIndex } from './sparse-indexes';

export interface RootContents {
  readonly repositories: ReadonlyMap<string, Repository>;
  readonly models: readonly HubRevision[];
  readonly providers: readonly (ProviderPackage & {
    readonly source: string;
    readonly version: string;
    /** `os_arch`, Terraform's form. */
    readonly platform: string;
  })[];
  readonly files: readonly { readonly name: string; readonly filename: string; readonly content: Content }[];
}

/** The record holds a whole lock, which grows with the site. Bytes. */
const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;
const HUB_ID = /^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._-]*$/;
const COMMIT = /^[0-9a-f]{40}$/;

/** Kind in the bundle index by artifact type. */
const KINDS: Readonly<Record<string, string>> = {
  [MODEL_MANIFEST]: 'model',
  [AIRLOCK_PROVIDER]: 'provider',
  [AIRLOCK_FILE]: 'file',
  [AIRLOCK_SPARSE_INDEX]: 'sparse-index',
};

type Manifest = Partial<OciManifest & OciIndex>;

const contentOf = ({ digest, size, mediaType }: Descriptor): Content => ({ digest, size, mediaType });
const titleOf = (layer: Descriptor): string | undefined => layer.annotations?.[ANNOTATION_TITLE];
const isManifest = ({ mediaType }: Content): boolean =>
  MANIFEST_TYPES.includes(mediaType) || INDEX_TYPES.includes(mediaType);

/** Tags allow fewer characters than references of ours (distribution-spec, "Pulling manifests"). */
export function tagOf(reference: string): string | undefined {
  const [named = ''] = reference.split('@');
  const colon = named.lastIndexOf(':');
  if (colon <= named.lastIndexOf('/')) return undefined;
  return named
    .slice(colon + 1)
    .replace(/[^A-Za-z0-9._-]/g, '-')
    .slice(0, 128);
}

interface GrowingRepository extends Repository {
  readonly contents: Map<Digest, Content>;
  readonly tags: Map<string, Digest>;
  readonly referrers: Map<Digest, Descriptor[]>;
  readonly absent: Map<Digest, Descriptor>;
}

class RootReader {
  public readonly repositories = new Map<string, GrowingRepository>();
  public readonly models: HubRevision[] = [];
  public readonly providers: RootContents['providers'][number][] = [];
  public readonly files: RootContents['files'][number][] = [];
  private readonly manifests = new Map<Digest, Manifest>();

  /** @param derived image forms by the digest of the model's manifest */
  public constructor(
    private readonly store: Store,
    private readonly derived: ReadonlyMap<Digest, LockModelImage>,
  ) {}

  /** Reads a small blob and checks it again: what the catalog says is what was verified. */
  public async bytes({ digest, size }: Content, limit = MAX_MANIFEST_BYTES): Promise<Buffer> {
    const file = this.store.blobPath(digest);
    const fix =
      'import the bundle again, which brings it back; `airlock verify` tells whether its medium is still good';
    const present = await stat(file).catch(() => undefined);
    if (present === undefined) throw checkFailed('STORE_DAMAGED', `blob ${digest} is missing from the store`, fix);
    if (size > limit || present.size !== size)
      throw checkFailed('STORE_DAMAGED', `blob ${digest} has ${present.size} bytes in the store, not ${size}`, fix);
    const bytes = await readFile(file);
    if (digestOf(bytes) !== digest) throw checkFailed('STORE_DAMAGED', `blob ${digest} is damaged in the store`, fix);
    return bytes;
  }

  public async json(content: Content): Promise<unknown> {
    return JSON.parse((await this.bytes(content)).toString('utf8')) as unknown;
  }

  public async manifest(content: Content): Promise<Manifest> {
    const known = this.manifests.get(content.digest);
    if (known !== undefined) return known;
    const parsed = (await this.json(content)) as Manifest;
    this.manifests.set(content.digest, parsed);
    return parsed;
  }

  public repository(name: string): GrowingRepository {
    const known = this.repositories.get(name);
    if (known !== undefined) return known;
    const made: GrowingRepository = { contents: new Map(), tags: new Map(), referrers: new Map(), absent: new Map() };
    this.repositories.set(name, made);
    return made;
  }

  /** Adds everything that a manifest or index reaches to a repository. */
  public async reach(name: string, root: Descriptor): Promise<void> {
    const repository = this.repository(name);
    for await (const { descriptor } of walk(root, (blob) => this.bytes(blob.descriptor), name)) {
      const content = contentOf(descriptor);
      repository.contents.set(descriptor.digest, content);
      if (isManifest(content)) await this.noteSubject(repository, content);
    }
  }

  private async noteSubject(repository: GrowingRepository, content: Content): Promise<void> {
    const { subject, artifactType, config, annotations } = await this.manifest(content);
    if (subject === undefined) return;
    const type = artifactType ?? config?.mediaType; // distribution-spec, "Listing Referrers"
    const descriptor: Descriptor = {
      ...content,
      ...(type === undefined ? {} : { artifactType: type }),
      ...(annotations === undefined ? {} : { annotations }),
    };
    const known = repository.referrers.get(subject.digest) ?? [];
    repository.referrers.set(subject.digest, [...known, descriptor]);
  }

  /**
   * Adds what protocols other than OCI serve from an artifact.
   *
   * @param kind what the bundle index calls it, whose word counts: an image from upstream may claim any artifact type;
   *   a pinned manifest, which has no index, speaks for itself
   */
  public async interpret(name: string, entry: Descriptor, kind: string | undefined, lock?: Lock): Promise<void> {
    if (INDEX_TYPES.includes(entry.mediaType)) return;
    const manifest = await this.manifest(contentOf(entry));
    const { artifactType = '' } = manifest;
    if (kind !== undefined && kind !== KINDS[artifactType]) return;
    if (artifactType === MODEL_MANIFEST) await this.model(name, entry, manifest, lock);
    if (artifactType === AIRLOCK_PROVIDER) await this.provider(manifest);
    if (artifactType === AIRLOCK_FILE) this.file(name, manifest);
    if (artifactType === AIRLOCK_SPARSE_INDEX) await this.sparseIndexes(name, entry, manifest, lock);
  }

  private async model(name: string, entry: Descriptor, manifest: Manifest, lock: Lock | undefined): Promise<void> {
    if (manifest.config === undefined) return;
    const config = (await this.json(manifest.config)) as {
      descriptor?: { title?: string; revision?: string; licenses?: string[] };
    };
    const { title = '', revision = '', licenses } = config.descriptor ?? {};
    if (!HUB_ID.test(title) || !COMMIT.test(revision)) return; // made by another tool: served over OCI only
    const locked = lock?.models.find(({ source }) => source.repository === title && source.revision === revision);
    const files = (manifest.layers ?? []).flatMap((layer) => {
      const path = titleOf(layer);
      if (path === undefined) return [];
      const content = { ...contentOf(layer), mediaType: 'application/octet-stream' };
      const known = locked?.files.find((file) => file.path === path && `sha256:${file.sha256}` === layer.digest);
      return [[path, hubFile(path, content, known)] as const];
    });
    const license = licenses?.[0];
    this.models.push({
      repository: title,
      commit: revision,
      files: new Map(files),
      ...(license === undefined ? {} : { license }),
    });
    const { tags } = this.repository(name);
    tags.set(revision, entry.digest);
    tags.set('main', entry.digest);
    const image =
      lock?.derived.models.find((model) => model.manifest.digest === entry.digest)?.image ??
      this.derived.get(entry.digest);
    if (image !== undefined) await this.imageForm(entry, image, revision);
  }

  /** Adds a model as an image; nothing of that is a blob of the store. */
  private async imageForm(entry: Descriptor, image: LockModelImage, revision: string): Promise<void> {
    const form = statedForm(image, modelFiles(await this.bytes(contentOf(entry)), entry.digest));
    if (form === undefined) return;
    const { contents, tags } = this.repository(image.repository);
    for (const { digest, size, head, tail, file } of form.layers)
      contents.set(digest, { digest, size, mediaType: OCI_LAYER_TAR, made: { head, blob: file, tail } });
    for (const { descriptor, bytes } of form.contents)
      contents.set(descriptor.digest, { ...contentOf(descriptor), made: { head: bytes, tail: Buffer.alloc(0) } });
    for (const { platform, digest } of form.image.manifests)
      tags.set(form.image.manifests.length === 1 ? revision : `${revision}-${platform.replaceAll('/', '-')}`, digest);
  }

  private async provider(manifest: Manifest): Promise<void> {
    if (manifest.config === undefined) return;
    const config = (await this.json(manifest.config)) as {
      source: string;
      version: string;
      packages: { platform: string; filename: string; sha256: string; h1: string }[];
    };
    for (const { platform, filename, sha256, h1 } of config.packages) {
      const layer = manifest.layers?.find(({ digest }) => digest === `sha256:${sha256}`);
      if (layer === undefined) continue;
      this.providers.push({
        source: config.source,
        version: config.version,
        platform: platform.replace('/', '_'),
        filename,
        content: contentOf(layer),
        hashes: [h1, `zh:${sha256}`],
      });
    }
  }

  /** Serves indexes of an image in place of the artifact that brought them. */
  private async sparseIndexes(name: string, entry: Descriptor, manifest: Manifest, lock?: Lock): Promise<void> {
    if (manifest.config === undefined) return;
    const repository = this.repository(name);
    for (const { digest } of [entry, manifest.config]) repository.contents.delete(digest);
    const { indexes } = (await this.json(manifest.config)) as { indexes: LockContent[] };
    const found: SparseIndex[] = [];
    for (const index of indexes) {
      const isBrought = manifest.layers?.some(({ digest }) => digest === index.digest) === true;
      if (!isBrought || !INDEX_TYPES.includes(index.mediaType)) continue;
      found.push({ content: contentOf(index), children: indexChildren(await this.bytes(index), name) });
    }
    const images = lock?.images.filter(
      (image) => image.repository === name && image.indexes?.[0]?.digest === found[0]?.content.digest,
    );
    serveSparse(
      repository,
      found,
      (images ?? []).flatMap(({ reference }) => tagOf(reference) ?? []),
    );
  }

  private file(repository: string, manifest: Manifest): void {
    const prefix = fileRepository('');
    if (!repository.startsWith(prefix)) return;
    for (const layer of manifest.layers ?? []) {
      const filename = titleOf(layer);
      if (filename !== undefined)
        this.files.push({ name: repository.slice(prefix.length), filename, content: contentOf(layer) });
    }
  }

  /** The lock that a bundle carries; it alone knows the git ids of a model's files. */
  public async lock(entries: readonly Descriptor[]): Promise<Lock | undefined> {
    const record = entries.find(({ artifactType }) => artifactType === AIRLOCK_RECORD);
    if (record === undefined) return undefined;
    const { layers = [] } = await this.manifest(contentOf(record));
    const layer = layers.find((candidate) => titleOf(candidate) === 'airlock.lock.json');
    if (layer === undefined) return undefined;
    const bytes = await this.bytes(contentOf(layer), MAX_DOCUMENT_BYTES);
    return parseLock(bytes.toString('utf8'), `airlock.lock.json (${layer.digest})`);
  }
}

async function readBundle(reader: RootReader, root: Descriptor, index: Manifest): Promise<void> {
  await reader.reach(BUNDLE_REPOSITORY, root);
  const site = index.annotations?.['vnd.airlock.site'];
  if (site !== undefined) reader.repository(BUNDLE_REPOSITORY).tags.set(site, root.digest);
  const entries = index.manifests ?? [];
  const lock = await reader.lock(entries);
  for (const entry of entries) {
    const repository = entry.annotations?.[ANNOTATION_REPOSITORY];
    if (repository === undefined) continue;
    await reader.reach(repository, entry);
    const tag = tagOf(entry.annotations?.[ANNOTATION_REF_NAME] ?? '');
    if (tag !== undefined) reader.repository(repository).tags.set(tag, entry.digest);
    await reader.interpret(repository, entry, entry.annotations?.[ANNOTATION_KIND] ?? '', lock);
  }
}

/**
 * Reads everything that a root reaches from its manifests, each checked against its digest.
 *
 * @param derived image forms of models by the digest of their manifest
 * @throws AirlockError (check) when a manifest is missing or damaged
 */
export async function readRoot(
  store: Store,
  record: RootRecord,
  derived: ReadonlyMap<Digest, LockModelImage> = new Map(),
): Promise<RootContents> {
  const reader = new RootReader(store, derived);
  const size = await stat(store.blobPath(record.digest)).then(
    (found) => found.size,
    () => 0,
  );
  const root: Descriptor = { mediaType: record.mediaType, digest: record.digest, size };
  const manifest = await reader.manifest(root);
  if (manifest.artifactType === AIRLOCK_BUNDLE) {
    await readBundle(reader, root, manifest);
  } else {
    await reader.reach(record.repository, root);
    await reader.interpret(record.repository, root, undefined);
  }
  return reader;
}
