/**
 * The kit's own image, assembled without a container engine: a locked Node image plus one deterministic layer that
 * holds `airlock.mjs`. A pure function of its inputs, so `lock` and `bundle create` reach the same digests.
 */
import { pack } from 'tar-stream';
import { canonicalJson } from '../../core/canonical-json';
import { type Descriptor, type OciIndex, type OciManifest, parsePlatform } from '../../core/descriptor';
import { type Digest, digestOf } from '../../core/digest';
import { checkFailed } from '../../core/errors';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER_TAR_GZIP, OCI_MANIFEST } from '../../core/media-types';
import { KIT_REPOSITORY } from '../../site/enclave-names';
import type { LockContent, LockImage, LockImageManifest, LockKit } from '../../site/generated/lock';
import { type MadeContent, madeContent } from './artifacts';
import { storedGzip } from './stored-gzip';

/** Where the program lies in the image. */
export const KIT_PROGRAM_PATH = '/opt/airlock/airlock.mjs';
/** The user the image runs as: any numeric non-root id satisfies Pod Security "restricted". */
const KIT_USER = '65532:65532';

export interface KitImage {
  /** The lock's `derived.kit` section. */
  readonly section: LockKit;
  /** Every blob that the base image does not already bring: layer, configs, manifests, index. */
  readonly contents: readonly MadeContent[];
}

interface ImageConfig {
  readonly config?: {
    readonly Entrypoint?: readonly string[];
    readonly Env?: readonly string[];
    readonly Labels?: object;
  };
  readonly rootfs: { readonly type: string; readonly diff_ids: readonly string[] };
  readonly history?: readonly object[];
  readonly [key: string]: unknown;
}

export interface KitLayer {
  /** The layer as it travels: gzip. */
  readonly content: MadeContent;
  /** Digest of the tar inside, for the config's `rootfs` (image-spec 1.1, config.md). */
  readonly diffId: Digest;
}

/** One tar with the program under {@link KIT_PROGRAM_PATH}; no time, owner or machine in it. */
export async function kitLayer(airlockMjs: Buffer): Promise<KitLayer> {
  const archive = pack();
  const mtime = new Date(0);
  archive.entry({ name: 'opt/', type: 'directory', mode: 0o755, mtime, uid: 0, gid: 0 });
  archive.entry({ name: 'opt/airlock/', type: 'directory', mode: 0o755, mtime, uid: 0, gid: 0 });
  archive.entry({ name: KIT_PROGRAM_PATH.slice(1), mode: 0o644, mtime, uid: 0, gid: 0 }, airlockMjs);
  archive.finalize();
  const parts: Buffer[] = [];
  for await (const part of archive) parts.push(part as Buffer);
  const tar = Buffer.concat(parts);
  return { content: madeContent(OCI_LAYER_TAR_GZIP, storedGzip(tar)), diffId: digestOf(tar) };
}

/** Base images either start Node by an absolute path (distroless) or have `node` on the PATH. */
const nodeOf = (entrypoint: readonly string[] | undefined): string =>
  entrypoint?.find((word) => /^\/.*\/node$/.test(word)) ?? 'node';

const CHOOSE_BASE = 'choose a base image that has every platform of the site, built of ordinary layers';

/** The parts of a base image's config that are used; it must describe the layers that its manifest lists. */
function parseConfig(base: LockImageManifest, bytes: Buffer): ImageConfig {
  let parsed: Partial<ImageConfig> | null = null;
  try {
    parsed = JSON.parse(bytes.toString('utf8')) as Partial<ImageConfig> | null;
  } catch {
    // said below
  }
  const layers: unknown = parsed?.rootfs?.diff_ids;
  if (Array.isArray(layers) && layers.length === base.layers.length) return parsed as ImageConfig;
  throw checkFailed(
    'MANIFEST_INVALID',
    `config ${base.config.digest} (${base.platform}) does not describe the ${base.layers.length} layers of its image`,
    CHOOSE_BASE,
  );
}

const locked = ({ mediaType, digest, size }: Descriptor): LockContent => ({ mediaType, digest, size });

function assemble(
  base: LockImageManifest,
  baseConfig: Buffer,
  layer: KitLayer,
): { manifest: MadeContent; config: MadeContent; layers: LockContent[] } {
  const parsed = parseConfig(base, baseConfig);
  const config = madeContent(
    OCI_CONFIG,
    canonicalJson({
      architecture: parsePlatform(base.platform).architecture,
      os: parsePlatform(base.platform).os,
      config: {
        Env: parsed.config?.Env ?? [],
        User: KIT_USER,
        WorkingDir: '/',
        Entrypoint: [nodeOf(parsed.config?.Entrypoint), KIT_PROGRAM_PATH],
      },
      rootfs: { type: 'layers', diff_ids: [...parsed.rootfs.diff_ids, layer.diffId] },
    }),
  );
  const layers = [...base.layers.map((item) => ({ ...item })), locked(layer.content.descriptor)];
  const manifest: OciManifest = {
    schemaVersion: 2,
    mediaType: OCI_MANIFEST,
    config: config.descriptor,
    layers: layers.map((item) => ({ ...item, mediaType: ociLayerType(item.mediaType) })),
  };
  return {
    manifest: madeContent(OCI_MANIFEST, canonicalJson(manifest)),
    config,
    layers: [...manifest.layers] as LockContent[],
  };
}

/** The same bytes under the OCI name, since a manifest must not mix Docker and OCI layer types. */
const ociLayerType = (mediaType: string): string =>
  mediaType === 'application/vnd.docker.image.rootfs.diff.tar.gzip' ? OCI_LAYER_TAR_GZIP : mediaType;

/**
 * @param base the locked base image
 * @param baseConfigs config blob of each of its platforms, by platform
 * @throws AirlockError (check) when a base config does not describe a layered image
 */
export async function assembleKitImage(
  base: LockImage,
  baseConfigs: ReadonlyMap<string, Buffer>,
  airlockMjs: MadeContent,
  version: string,
): Promise<KitImage> {
  const layer = await kitLayer(airlockMjs.bytes);
  const contents: MadeContent[] = [layer.content];
  const manifests: LockImageManifest[] = [];
  for (const baseManifest of base.manifests) {
    const baseConfig = baseConfigs.get(baseManifest.platform);
    if (baseConfig === undefined) {
      throw checkFailed(
        'MANIFEST_INVALID',
        `image ${base.name} has no config for ${baseManifest.platform}`,
        CHOOSE_BASE,
      );
    }
    const image = assemble(baseManifest, baseConfig, layer);
    contents.push(image.config, image.manifest);
    manifests.push({
      platform: baseManifest.platform,
      ...locked(image.manifest.descriptor),
      config: locked(image.config.descriptor),
      layers: image.layers,
    });
  }
  const index = manifests.length > 1 ? kitIndex(manifests) : undefined;
  if (index !== undefined) contents.push(index);
  return {
    section: {
      version,
      airlockMjs: locked(airlockMjs.descriptor),
      base: base.name,
      repository: KIT_REPOSITORY,
      ...(index === undefined ? {} : { index: locked(index.descriptor) }),
      manifests,
    },
    contents,
  };
}

function kitIndex(manifests: readonly LockImageManifest[]): MadeContent {
  const index: OciIndex = {
    schemaVersion: 2,
    mediaType: OCI_INDEX,
    manifests: manifests.map(({ mediaType, digest, size, platform }) => ({
      mediaType,
      digest,
      size,
      platform: parsePlatform(platform),
    })),
  };
  return madeContent(OCI_INDEX, canonicalJson(index));
}
