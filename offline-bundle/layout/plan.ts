/**
 * What a bundle consists of, as a pure function of the lock: every blob with its size and source, and the index whose
 * digest is the bundle's identity. Nothing here reads the network or the disk, so a dry run is exact.
 */
import { canonicalJson } from '../../core/canonical-json';
import { type Descriptor, type OciIndex, parsePlatform } from '../../core/descriptor';
import { type Digest, fromHex } from '../../core/digest';
import {
  AIRLOCK_BUNDLE,
  ANNOTATION_KIND,
  ANNOTATION_NAME,
  ANNOTATION_REF_NAME,
  ANNOTATION_REPOSITORY,
  OCI_INDEX,
} from '../../core/media-types';
import { chartArtifact, chartFile, chartReference, upstreamReference } from '../../site/lock/chart-artifact';
import {
  chartRepository,
  RECORD_REPOSITORY,
  fileRepository,
  KIT_REPOSITORY,
  modelRepository,
  providerRepository,
  hostFolder,
} from '../../site/enclave-names';
import { ollamaStore } from '../../site/lock/ollama-store';
import type { Lock, LockChart, LockContent, LockImageManifest } from '../../site/generated/lock';
import {
  type MadeArtifact,
  type MadeContent,
  fileArtifact,
  kitArtifact,
  madeContent,
  modelArtifact,
  providerArtifact,
  recordArtifact,
  sparseIndexArtifact,
} from './artifacts';

/** What a descriptor of the bundle index stands for. */
export type ArtifactKind =
  'image' | 'sparse-index' | 'model' | 'provider' | 'file' | 'chart' | 'ollama' | 'kit' | 'record';

/** Where the bytes of a blob come from. */
export type BlobSource =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  | { readonly kind: 'registry'; readonly reference: string; readonly content: 'manifest' | 'blob' }
  | { readonly kind: 'hub'; readonly repository: string; readonly revision: string; readonly path: string }
  | { readonly kind: 'url'; readonly url: string }
  | {
      readonly kind: 'provider';
      readonly source: string;
      readonly version: string;
      readonly platform: string;
      readonly filename: string;
      readonly url?: string;
    }
  /** Assembled from the base image's config once that is there (see kit-image.ts). */
  | { readonly kind: 'kit-image' };

export interface PlannedBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** `<kind>/<name>` of the first artifact that needs it, for messages. */
  readonly artifact: string;
  /** What it is inside that artifact: a file name, `manifest`, `config`, `layer 2`. */
  readonly file: string;
  readonly source: BlobSource;
}

export interface BundlePlan {
  /** The bundle's identity: digest of the index. */
  readonly root: Digest;
  readonly rootBytes: Buffer;
  /** Each blob once, in the order of the index; the root comes last. */
  readonly blobs: readonly PlannedBlob[];
  /** Sum of all blob sizes, bytes. */
  readonly totalBytes: number;
}

export interface BundleInputs {
  readonly lock: Lock;
  /** The lock file's bytes as written. */
  readonly lockBytes: Buffer;
  /** The site file's bytes as written. */
  readonly siteBytes: Buffer;
  readonly airlockMjs: Buffer;
}

class PlanBuilder {
  public readonly blobs = new Map<Digest, PlannedBlob>();
  public readonly entries: Descriptor[] = [];

  public blob(content: { digest: Digest; size: number }, artifact: string, file: string, source: BlobSource): void {
    if (!this.blobs.has(content.digest)) {
      this.blobs.set(content.digest, { digest: content.digest, size: content.size, artifact, file, source });
    }
  }

  public made(content: MadeContent, artifact: string, file: string): void {
    this.blob(content.descriptor, artifact, file, { kind: 'bytes', bytes: content.bytes });
  }

  /** Adds a descriptor to the bundle index; with a reference it also appears in `index.json`. */
  public entry(descriptor: Descriptor, kind: ArtifactKind, name: string, repository: string, reference?: string): void {
    this.entries.push({
      ...descriptor,
      annotations: {
        [ANNOTATION_KIND]: kind,
        [ANNOTATION_NAME]: name,
        [ANNOTATION_REPOSITORY]: repository,
        ...(reference === undefined ? {} : { [ANNOTATION_REF_NAME]: reference }),
      },
    });
  }

  /** Adds an artifact of ours whose config and manifest are made here. */
  public artifact(made: MadeArtifact, kind: ArtifactKind, name: string, repository: string, reference?: string): void {
    const owner = `${kind}/${name}`;
    this.made(made.config, owner, 'config');
    this.made(made.manifest, owner, 'manifest');
    const type = (JSON.parse(made.manifest.bytes.toString('utf8')) as { artifactType: string }).artifactType;
    this.entry({ ...made.manifest.descriptor, artifactType: type }, kind, name, repository, reference);
  }
}

const contentOf = ({ mediaType, digest, size }: LockContent): Descriptor => ({ mediaType, digest, size });

/** Reference under which plain OCI tools find one platform of an image that is carried in part. */
const platformReference = (reference: string, manifests: readonly LockImageManifest[], platform: string): string =>
  manifests.length === 1 ? reference : `${reference}+${platform.replaceAll('/', '-')}`;

/** What a layout may call an image: no brackets of an IPv6 host (image-spec, annotations.md, `org.opencontainers.image.ref.name`). */
const layoutReference = (reference: string): string => reference.replace(/^\[[^\]]*\](?::\d+)?/, hostFolder);

function planImages(plan: PlanBuilder, lock: Lock): void {
  for (const image of lock.images) {
    const owner = `image/${image.name}`;
    const registry = (content: 'manifest' | 'blob'): BlobSource => ({
      kind: 'registry',
      reference: image.reference,
      content,
    });
    for (const manifest of image.manifests) {
      plan.blob(manifest, owner, `manifest (${manifest.platform})`, registry('manifest'));
      plan.blob(manifest.config, owner, `config (${manifest.platform})`, registry('blob'));
      manifest.layers.forEach((layer, at) => {
        plan.blob(layer, owner, `layer ${String(at + 1)} (${manifest.platform})`, registry('blob'));
      });
    }
    if (image.complete && image.index !== undefined) {
      plan.blob(image.index, owner, 'index', registry('manifest'));
      plan.entry(contentOf(image.index), 'image', image.name, image.repository, layoutReference(image.reference));
      continue;
    }
    for (const manifest of image.manifests) {
      const reference = platformReference(layoutReference(image.reference), image.manifests, manifest.platform);
      const descriptor = { ...contentOf(manifest), platform: parsePlatform(manifest.platform) };
      plan.entry(descriptor, 'image', image.name, image.repository, reference);
    }
    if (image.indexes === undefined) continue;
    image.indexes.forEach((index) => {
      plan.blob(index, owner, 'index', registry('manifest'));
    });
    plan.artifact(sparseIndexArtifact(image.indexes), 'sparse-index', image.name, image.repository);
  }
}

function planChart(plan: PlanBuilder, chart: LockChart): void {
  const { name, repository, url, sha256, size } = chart;
  const source: BlobSource =
    url === undefined
      ? { kind: 'registry', reference: upstreamReference(chart), content: 'blob' }
      : { kind: 'url', url };
  plan.blob({ digest: fromHex(sha256), size }, `chart/${name}`, chartFile(chart), source);
  plan.artifact(chartArtifact(chart), 'chart', name, chartRepository(repository, chart.chart), chartReference(chart));
}

function planKit(plan: PlanBuilder, lock: Lock, airlockMjs: Buffer): void {
  const { kit } = lock.derived;
  const reference = `${KIT_REPOSITORY}:${kit.version}`;
  const owner = 'kit/image';
  for (const manifest of kit.manifests) {
    manifest.layers.forEach((layer, at) => {
      plan.blob(layer, owner, `layer ${String(at + 1)} (${manifest.platform})`, { kind: 'kit-image' });
    });
    plan.blob(manifest.config, owner, `config (${manifest.platform})`, { kind: 'kit-image' });
    plan.blob(manifest, owner, `manifest (${manifest.platform})`, { kind: 'kit-image' });
  }
  const single = kit.manifests[0];
  if (kit.index !== undefined) {
    plan.blob(kit.index, owner, 'index', { kind: 'kit-image' });
    plan.entry(contentOf(kit.index), 'kit', 'image', kit.repository, reference);
  } else if (single !== undefined) {
    plan.entry(
      { ...contentOf(single), platform: parsePlatform(single.platform) },
      'kit',
      'image',
      kit.repository,
      reference,
    );
  }
  const program = madeContent('text/javascript', airlockMjs);
  plan.made(program, 'kit/program', 'airlock.mjs');
  plan.artifact(kitArtifact(program), 'kit', 'program', `${KIT_REPOSITORY}-program`);
}

/**
 * Plans a bundle.
 *
 * The order of the index is: images, models, providers, files, Ollama stores, kit, record; each sorted as the lock sorts them.
 */
export function planBundle({ lock, lockBytes, siteBytes, airlockMjs }: BundleInputs): BundlePlan {
  const plan = new PlanBuilder();
  planImages(plan, lock);
  for (const model of lock.models) {
    const { repository, revision } = model.source;
    for (const file of model.files) {
      const source: BlobSource = { kind: 'hub', repository, revision, path: file.path };
      plan.blob({ digest: fromHex(file.sha256), size: file.size }, `model/${model.name}`, file.path, source);
    }
    plan.artifact(
      modelArtifact(model),
      'model',
      model.name,
      modelRepository(model.name),
      `${modelRepository(model.name)}:${revision}`,
    );
  }
  for (const provider of lock.providers) {
    for (const { platform, filename, size, sha256, url } of provider.packages) {
      const origin = {
        kind: 'provider',
        source: provider.source,
        version: provider.version,
        platform,
        filename,
      } as const;
      const source: BlobSource = url === undefined ? origin : { ...origin, url };
      plan.blob({ digest: fromHex(sha256), size }, `provider/${provider.source}`, filename, source);
    }
    plan.artifact(providerArtifact(provider), 'provider', provider.source, providerRepository(provider.source));
  }
  for (const file of lock.files) {
    plan.blob({ digest: fromHex(file.sha256), size: file.size }, `file/${file.name}`, file.url, {
      kind: 'url',
      url: file.url,
    });
    plan.artifact(fileArtifact(file), 'file', file.name, fileRepository(file.name));
  }
  for (const chart of lock.charts ?? []) planChart(plan, chart);
  for (const store of lock.derived.stores ?? []) {
    const model = lock.models.find(({ name }) => name === store.model);
    if (model === undefined) continue; // the check against the site names it
    const { artifact, contents } = ollamaStore(model, store);
    contents.forEach((content, at) => plan.made(content, `ollama/${store.name}`, at === 0 ? 'config' : 'manifest'));
    plan.artifact(artifact, 'ollama', store.name, store.repository);
  }
  planKit(plan, lock, airlockMjs);
  const lockContent = madeContent('application/json', lockBytes);
  const siteContent = madeContent('application/yaml', siteBytes);
  plan.made(lockContent, 'record/record', 'airlock.lock.json');
  plan.made(siteContent, 'record/record', 'site.yaml');
  plan.artifact(recordArtifact(lockContent, siteContent), 'record', 'record', RECORD_REPOSITORY);

  const rootIndex: OciIndex = {
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    artifactType: AIRLOCK_BUNDLE,
    manifests: plan.entries,
    annotations: { 'vnd.airlock.site': lock.site, 'vnd.airlock.lock': lockContent.descriptor.digest },
  };
  const root = madeContent(OCI_INDEX, canonicalJson(rootIndex));
  plan.made(root, 'bundle', 'index');
  const blobs = [...plan.blobs.values()];
  return {
    root: root.descriptor.digest,
    rootBytes: root.bytes,
    blobs,
    totalBytes: blobs.reduce((sum, blob) => sum + blob.size, 0),
  };
}
