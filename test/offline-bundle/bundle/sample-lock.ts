/** A small lock whose every blob exists as bytes, so that bundles can be made of it without any server. */
import { assembleKitImage } from '../../../offline-bundle/layout/kit-image';
import { lfsPointerOid } from '../../../offline-bundle/hub/git-objects';
import { madeContent, modelArtifact } from '../../../offline-bundle/layout/artifacts';
import { type BundlePlan, planBundle } from '../../../offline-bundle/layout/plan';
import { canonicalJson } from '../../../core/canonical-json';
import { type Digest, hexOf } from '../../../core/digest';
import { OCI_CONFIG, OCI_LAYER_TAR, OCI_MANIFEST } from '../../../core/media-types';
import { modelRepository } from '../../../site/enclave-names';
import type { Lock, LockImage, LockImageManifest } from '../../../site/generated/lock';
import { serializeLock } from '../../../site/lock/lock-file';
import { seededBytes } from '../../outside-world/bytes';

export interface SampleOptions {
  /** File name to content of every model. */
  readonly modelFiles?: Readonly<Record<string, Buffer>>;
  readonly platforms?: readonly string[];
  readonly siteName?: string;
  /** @default - one, `tiny` */
  readonly modelNames?: readonly string[];
}

export interface Sample {
  readonly lock: Lock;
  readonly lockBytes: Buffer;
  readonly siteBytes: Buffer;
  readonly airlockMjs: Buffer;
  readonly plan: BundlePlan;
  /** What upstream holds, by digest. */
  readonly upstream: ReadonlyMap<Digest, Buffer>;
}

export const DEFAULT_MODEL_FILES: Readonly<Record<string, Buffer>> = {
  'config.json': Buffer.from('{"model_type":"tiny"}\n'),
  LICENSE: Buffer.from('Apache License 2.0\n'),
  'model.safetensors': seededBytes('weights', 300_000),
};

class Upstream {
  public readonly held = new Map<Digest, Buffer>();

  public hold(mediaType: string, bytes: Buffer): { mediaType: string; digest: Digest; size: number } {
    const { descriptor } = madeContent(mediaType, bytes);
    this.held.set(descriptor.digest, bytes);
    return { mediaType, digest: descriptor.digest, size: descriptor.size };
  }

  public image(name: string, reference: string, platforms: readonly string[], usedBy: string): LockImage {
    const manifests = platforms.map((platform): LockImageManifest => {
      const layers = [1, 2].map((n) => this.hold(OCI_LAYER_TAR, seededBytes(`${name} ${platform} ${n}`, 40_000 * n)));
      const config = this.hold(
        OCI_CONFIG,
        canonicalJson({
          architecture: platform.split('/')[1],
          os: 'linux',
          config: { Env: ['PATH=/usr/local/bin:/usr/bin'], Entrypoint: ['docker-entrypoint.sh'] },
          rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) },
        }),
      );
      const manifest = canonicalJson({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers });
      return { platform, ...this.hold(OCI_MANIFEST, manifest), config, layers };
    });
    const repository = reference.split(':')[0] ?? reference;
    return { name, reference, repository, usedBy: [usedBy], complete: false, manifests };
  }
}

/** Makes the lock, its plan, and everything upstream would serve for it. */
export async function sample({
  modelFiles = DEFAULT_MODEL_FILES,
  platforms = ['linux/amd64'],
  siteName = 'nordlicht',
  modelNames = ['tiny'],
}: SampleOptions = {}): Promise<Sample> {
  const upstream = new Upstream();
  const base = upstream.image('kit-base', 'docker.io/library/node:22', platforms, 'kit');
  const toolbox = upstream.image('toolbox', 'docker.io/library/busybox:1.36', platforms, 'images/toolbox');
  const tool = upstream.hold('application/zip', seededBytes('tool', 50_000));
  const provider = upstream.hold('application/zip', seededBytes('provider', 60_000));
  const airlockMjs = Buffer.from('#!/usr/bin/env node\nprocess.exitCode = 0;\n');
  const configs = new Map(base.manifests.map((one) => [one.platform, upstream.held.get(one.config.digest)!]));
  const kit = await assembleKitImage(base, configs, madeContent('text/javascript', airlockMjs), '0.1.0');
  const models = modelNames.map((name) => ({
    name,
    source: { repository: 'example/tiny', revision: '1'.repeat(40), include: [], exclude: [] },
    license: { expected: 'Apache-2.0', declared: 'Apache-2.0', files: ['LICENSE'] },
    files: Object.entries(modelFiles)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, bytes]) => {
        const sha256 = hexOf(upstream.hold('application/octet-stream', bytes).digest);
        const gitOid = lfsPointerOid(sha256, bytes.length);
        return { path, size: bytes.length, sha256, sha256From: 'hub' as const, gitOid };
      }),
  }));
  const contentOf = (
    made: ReturnType<typeof modelArtifact>['manifest'],
  ): { mediaType: string; digest: Digest; size: number } => ({
    mediaType: made.descriptor.mediaType,
    digest: made.descriptor.digest,
    size: made.descriptor.size,
  });
  const lock: Lock = {
    apiVersion: 'airlock/v1alpha1',
    kind: 'Lock',
    site: siteName,
    platforms: [...platforms],
    images: [base, toolbox],
    models,
    providers: [
      {
        source: 'registry.terraform.io/hashicorp/helm',
        version: '3.1.1',
        packages: [
          {
            platform: 'linux/amd64',
            filename: 'terraform-provider-helm_3.1.1_linux_amd64.zip',
            url: 'https://releases.example/helm.zip',
            size: provider.size,
            sha256: hexOf(provider.digest),
            h1: `h1:${'A'.repeat(43)}=`,
          },
        ],
      },
    ],
    files: [{ name: 'tool', url: 'https://files.example/tool.zip', size: tool.size, sha256: hexOf(tool.digest) }],
    derived: {
      kit: kit.section,
      models: models.map((model) => ({
        name: model.name,
        repository: modelRepository(model.name),
        manifest: contentOf(modelArtifact(model).manifest),
        config: contentOf(modelArtifact(model).config),
      })),
    },
  };
  const lockBytes = Buffer.from(serializeLock(lock));
  const siteBytes = Buffer.from(`apiVersion: airlock/v1alpha1\nkind: Site\nname: ${siteName}\n`);
  const plan = planBundle({ lock, lockBytes, siteBytes, airlockMjs });
  return { lock, lockBytes, siteBytes, airlockMjs, plan, upstream: upstream.held };
}
