/** Small but valid container images, OCI or Docker schema 2, the same bytes for the same description. */
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { bytesContent, type Content, sha256Hex } from './bytes';

export interface HostedManifest {
  readonly mediaType: string;
  readonly digest: string;
  readonly bytes: Buffer;
}

/** What a registry holds of an image. */
export interface MadeImage {
  /** What a tag points at. */
  readonly root: HostedManifest;
  /** The root and everything it lists. */
  readonly manifests: readonly HostedManifest[];
  /** Configs and layers. */
  readonly blobs: readonly Content[];
}

export interface ImageOptions {
  /** os/architecture. */
  readonly platform?: string;
  /** One layer per entry: contents by absolute path. */
  readonly layers: readonly Readonly<Record<string, Uint8Array | string>>[];
  readonly entrypoint?: readonly string[];
  readonly environment?: readonly string[];
  readonly format?: 'oci' | 'docker';
}

const TYPES = {
  oci: {
    index: 'application/vnd.oci.image.index.v1+json',
    manifest: 'application/vnd.oci.image.manifest.v1+json',
    config: 'application/vnd.oci.image.config.v1+json',
    layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  },
  docker: {
    index: 'application/vnd.docker.distribution.manifest.list.v2+json',
    manifest: 'application/vnd.docker.distribution.manifest.v2+json',
    config: 'application/vnd.docker.container.image.v1+json',
    layer: 'application/vnd.docker.image.rootfs.diff.tar.gzip',
  },
} as const;

async function tarOf(files: Readonly<Record<string, Uint8Array | string>>): Promise<Buffer> {
  const archive = pack();
  const mtime = new Date(0);
  const directories = new Set<string>();
  for (const path of Object.keys(files).sort()) {
    const parts = path.replace(/^\//, '').split('/');
    for (let depth = 1; depth < parts.length; depth += 1) {
      const name = `${parts.slice(0, depth).join('/')}/`;
      if (!directories.has(name)) archive.entry({ name, type: 'directory', mode: 0o755, mtime });
      directories.add(name);
    }
    archive.entry({ name: parts.join('/'), mode: 0o755, mtime }, Buffer.from(files[path] ?? ''));
  }
  archive.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of archive as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Registries keep manifests as they were pushed: indented here, so that reserializing one changes its digest. */
const hosted = (mediaType: string, value: unknown): HostedManifest => {
  const bytes = Buffer.from(JSON.stringify(value, null, 3));
  return { mediaType, digest: `sha256:${sha256Hex(bytes)}`, bytes };
};

const descriptor = (mediaType: string, content: Content): { mediaType: string; size: number; digest: string } => ({
  mediaType,
  size: content.size,
  digest: `sha256:${content.sha256}`,
});

/** An image for one platform. */
export async function makeImage({
  platform = 'linux/amd64',
  layers,
  entrypoint = ['/bin/true'],
  environment = ['PATH=/usr/local/bin:/usr/bin:/bin'],
  format = 'oci',
}: ImageOptions): Promise<MadeImage> {
  const types = TYPES[format];
  const [os, architecture] = platform.split('/');
  const tars = await Promise.all(layers.map(tarOf));
  const config = bytesContent(
    JSON.stringify({
      architecture,
      os,
      created: '2026-01-01T00:00:00Z',
      config: { Env: environment, Entrypoint: entrypoint, WorkingDir: '/' },
      rootfs: { type: 'layers', diff_ids: tars.map((tar) => `sha256:${sha256Hex(tar)}`) },
      history: layers.map(() => ({ created: '2026-01-01T00:00:00Z', created_by: 'outside world' })),
    }),
  );
  const blobs = tars.map((tar) => bytesContent(gzipSync(tar)));
  const root = hosted(types.manifest, {
    schemaVersion: 2,
    mediaType: types.manifest,
    config: descriptor(types.config, config),
    layers: blobs.map((blob) => descriptor(types.layer, blob)),
  });
  return { root, manifests: [root], blobs: [config, ...blobs] };
}

/** What BuildKit adds beside each platform: a manifest for platform unknown/unknown with an in-toto layer. */
function attestationFor(subject: HostedManifest): MadeImage {
  const type = 'application/vnd.in-toto+json';
  const statement = bytesContent(
    JSON.stringify({
      _type: 'https://in-toto.io/Statement/v0.1',
      predicateType: 'https://slsa.dev/provenance/v0.2',
      subject: [{ name: 'image', digest: { sha256: subject.digest.slice('sha256:'.length) } }],
      predicate: {},
    }),
  );
  const rootfs = { type: 'layers', diff_ids: [`sha256:${statement.sha256}`] };
  const config = bytesContent(JSON.stringify({ architecture: 'unknown', os: 'unknown', config: {}, rootfs }));
  const root = hosted(TYPES.oci.manifest, {
    schemaVersion: 2,
    mediaType: TYPES.oci.manifest,
    config: descriptor(TYPES.oci.config, config),
    layers: [
      {
        ...descriptor(type, statement),
        annotations: { 'in-toto.io/predicate-type': 'https://slsa.dev/provenance/v0.2' },
      },
    ],
  });
  return { root, manifests: [root], blobs: [config, statement] };
}

export interface MultiPlatformOptions extends Omit<ImageOptions, 'platform'> {
  readonly platforms: readonly string[];
  /** Adds an attestation for each platform; OCI only. */
  readonly attestations?: boolean;
}

/** An image for several platforms under one index; each platform has a last layer that names it. */
export async function makeMultiPlatformImage({
  platforms,
  attestations = false,
  ...options
}: MultiPlatformOptions): Promise<MadeImage> {
  const types = TYPES[options.format ?? 'oci'];
  const images = await Promise.all(
    platforms.map((platform) =>
      makeImage({ ...options, platform, layers: [...options.layers, { 'etc/platform': `${platform}\n` }] }),
    ),
  );
  const children = images.map(({ root }, at) => {
    const [os = '', architecture = '', variant] = (platforms[at] ?? '').split('/');
    return {
      mediaType: root.mediaType,
      digest: root.digest,
      size: root.bytes.length,
      platform: { architecture, os, ...(variant === undefined ? {} : { variant }) },
    };
  });
  const extras = attestations ? images.map(({ root }) => attestationFor(root)) : [];
  const attested = extras.map(({ root }, at) => ({
    mediaType: root.mediaType,
    digest: root.digest,
    size: root.bytes.length,
    platform: { architecture: 'unknown', os: 'unknown' },
    annotations: {
      'vnd.docker.reference.digest': children[at]?.digest ?? '',
      'vnd.docker.reference.type': 'attestation-manifest',
    },
  }));
  const root = hosted(types.index, { schemaVersion: 2, mediaType: types.index, manifests: [...children, ...attested] });
  const all = [...images, ...extras];
  return {
    root,
    manifests: [root, ...all.flatMap((image) => image.manifests)],
    blobs: all.flatMap((image) => image.blobs),
  };
}
