/** Makes small but complete bundles by hand: two-platform image, model, provider, file, kit image, record, seals. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { canonicalJson } from '../../../core/canonical-json';
import { type Digest, digestOf, hexOf } from '../../../core/digest';
import { OCI_CONFIG, OCI_INDEX, OCI_LAYER_TAR, OCI_MANIFEST } from '../../../core/media-types';
import { lfsPointerOid } from '../../../offline-bundle/hub/git-objects';
import { fileArtifact, madeContent, modelArtifact, type MadeContent } from '../../../offline-bundle/layout/artifacts';
import { assembleKitImage } from '../../../offline-bundle/layout/kit-image';
import { type BundlePlan, planBundle } from '../../../offline-bundle/layout/plan';
import { modelStatements } from '../../../offline-bundle/layout/model-statements';
import { layoutFiles } from '../../../offline-bundle/layout/sums';
import { modelSignatureFileName, signModel } from '../../../offline-bundle/trust/model-signature';
import { loadTrustedKey, type TrustedKey } from '../../../offline-bundle/trust/keys';
import {
  createSeal,
  sealFileName,
  sealPayload,
  type SealStatement,
  sumsSignatureFileName,
} from '../../../offline-bundle/trust/seal';
import { keySigner, type Signer } from '../../../offline-bundle/trust/signer';
import { fileRepository, modelRepository } from '../../../site/enclave-names';
import type { Lock, LockFile, LockImage, LockModel } from '../../../site/generated/lock';
import { serializeLock } from '../../../site/lock/lock-file';
import { seededBytes } from '../../outside-world/bytes';

export interface TestKey {
  readonly signer: Signer;
  readonly trusted: TrustedKey;
  readonly publicPem: string;
}

/** A key that never lies on a disk, so nothing has to be stretched. */
export function makeKey(): TestKey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  return { signer: keySigner(privateKey), trusted: loadTrustedKey(publicPem), publicPem };
}

export interface MakeBundleOptions {
  readonly site?: string;
  /** Changes the content, so that two bundles of a site differ. */
  readonly variant?: string;
  readonly sequence?: number;
  /** What its seals say beside that. */
  readonly seal?: Partial<Pick<SealStatement, 'sealedAt' | 'previous' | 'expires'>>;
  readonly signers?: readonly TestKey[];
  /** Files of the model `tiny` beside its config; bytes by path. */
  readonly modelFiles?: Readonly<Record<string, Buffer>>;
  /** Commit of the model. */
  readonly revision?: string;
  /** Size that the lock states for the file `terraform`, in place of the true one. Bytes. */
  readonly claimedFileBytes?: number;
}

export interface MadeBundle {
  readonly dir: string;
  readonly plan: BundlePlan;
  readonly lock: Lock;
  /** Path of the blob behind a name such as `model/tiny: model.safetensors`. */
  blobFile(name: string): string;
}

const PLATFORMS = ['linux/amd64', 'linux/arm64'];

class Content {
  public readonly bytes = new Map<Digest, Buffer>();

  public add(mediaType: string, bytes: Buffer): { mediaType: string; digest: Digest; size: number } {
    const { descriptor } = madeContent(mediaType, bytes);
    this.bytes.set(descriptor.digest, bytes);
    return { mediaType, digest: descriptor.digest, size: descriptor.size };
  }
}

function makeImage(content: Content, name: string, reference: string, repository: string): LockImage {
  const manifests = PLATFORMS.map((platform) => {
    const [os, architecture] = platform.split('/');
    const layers = [1, 2].map((at) => content.add(OCI_LAYER_TAR, seededBytes(`${name} ${platform} ${at}`, 700)));
    const config = content.add(
      OCI_CONFIG,
      canonicalJson({
        os,
        architecture,
        config: { Env: ['PATH=/usr/bin'] },
        rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.digest) },
      }),
    );
    const manifest = content.add(
      OCI_MANIFEST,
      canonicalJson({ schemaVersion: 2, mediaType: OCI_MANIFEST, config, layers }),
    );
    return { platform, ...manifest, config, layers };
  });
  const index = content.add(
    OCI_INDEX,
    canonicalJson({
      schemaVersion: 2,
      mediaType: OCI_INDEX,
      manifests: manifests.map(({ platform, mediaType, digest, size }) => {
        const [os, architecture] = platform.split('/');
        return { mediaType, digest, size, platform: { os, architecture } };
      }),
    }),
  );
  return { name, reference, repository, usedBy: ['images'], index, complete: true, manifests };
}

function makeModel(
  content: Content,
  files: Readonly<Record<string, Buffer>>,
  revision = '6cee5e81ee83917806bbde320786a8fb61efebee',
): LockModel {
  return {
    name: 'tiny',
    source: {
      repository: 'example/tiny',
      revision,
      include: [],
      exclude: [],
    },
    license: { expected: 'Apache-2.0', declared: 'Apache-2.0', files: [] },
    files: Object.entries(files)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([file, bytes]) => {
        const { digest, size } = content.add('application/octet-stream', bytes);
        const sha256 = hexOf(digest);
        return { path: file, size, sha256, sha256From: 'hub', gitOid: lfsPointerOid(sha256, size) };
      }),
  };
}

async function makeLock(
  content: Content,
  airlockMjs: Buffer,
  { site = 'nordlicht', variant = '', modelFiles, revision, claimedFileBytes }: MakeBundleOptions,
): Promise<Lock> {
  const images = [
    makeImage(content, 'kit-base', 'registry.example/node:22', 'registry.example/node'),
    makeImage(content, `toolbox${variant}`, 'registry.example/busybox:1.36', 'registry.example/busybox'),
  ];
  const [base] = images;
  if (base === undefined) throw new Error('no base image');
  const configs = new Map(
    base.manifests.map(({ platform, config }) => [platform, content.bytes.get(config.digest) ?? Buffer.alloc(0)]),
  );
  const kit = await assembleKitImage(base, configs, madeContent('text/javascript', airlockMjs), '0.1.0');
  kit.contents.forEach(({ descriptor, bytes }) => content.bytes.set(descriptor.digest, bytes));
  const model = makeModel(
    content,
    {
      'config.json': Buffer.from('{"model_type":"tiny"}'),
      'empty.txt': Buffer.alloc(0),
      ...(modelFiles ?? {
        'model.safetensors': seededBytes('weights', 5000),
        'sub/tokenizer.json': Buffer.from('{}\n'),
      }),
    },
    revision,
  );
  const zip = content.add('application/zip', seededBytes('provider', 900));
  const { digest, size } = content.add('application/octet-stream', seededBytes('terraform', 800));
  const file: LockFile = {
    name: 'terraform',
    url: 'https://downloads.example/terraform_1.11.4.zip',
    size: claimedFileBytes ?? size,
    sha256: hexOf(digest),
  };
  const madeFile = fileArtifact(file);
  const { manifest, config } = modelArtifact(model);
  const locked = ({
    descriptor: { mediaType, digest, size },
  }: MadeContent): LockImage['manifests'][number]['config'] => ({
    mediaType,
    digest,
    size,
  });
  return {
    apiVersion: 'airlock/v1alpha1',
    kind: 'Lock',
    site,
    platforms: PLATFORMS,
    images,
    models: [model],
    providers: [
      {
        source: 'registry.terraform.example/acme/null',
        version: '3.2.4',
        packages: [
          {
            platform: 'linux/amd64',
            filename: 'terraform-provider-null_3.2.4_linux_amd64.zip',
            size: zip.size,
            sha256: hexOf(zip.digest),
            h1: 'h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
          },
        ],
      },
    ],
    files: [file],
    derived: {
      kit: kit.section,
      models: [
        { name: 'tiny', repository: modelRepository('tiny'), manifest: locked(manifest), config: locked(config) },
      ],
      files: [
        {
          name: file.name,
          repository: fileRepository(file.name),
          manifest: locked(madeFile.manifest),
          config: locked(madeFile.config),
        },
      ],
    },
  };
}

/** Seals a bundle's directory, or seals it once more. @param models statements about models, which are signed, too */
export async function sealBundle(
  dir: string,
  signer: Signer,
  statement: Pick<SealStatement, 'site' | 'root' | 'lock' | 'sequence'> & MakeBundleOptions['seal'],
  sums: Buffer,
  models: ReadonlyMap<string, Buffer> = new Map(),
): Promise<void> {
  const named = Object.fromEntries([...models].map(([name, bytes]) => [name, digestOf(bytes)]));
  const payload = sealPayload({
    ...{ sealedAt: '2026-11-23T20:00:00Z', previous: null, ...statement },
    ...(models.size === 0 ? {} : { models: named }),
  });
  await mkdir(path.join(dir, 'seals'), { recursive: true });
  await writeFile(path.join(dir, 'seals', sealFileName(signer.keyId)), await createSeal(payload, signer));
  await writeFile(path.join(dir, 'seals', sumsSignatureFileName(signer.keyId)), await signer.sign(sums));
  for (const [name, bytes] of models)
    await writeFile(
      path.join(dir, 'seals', modelSignatureFileName(signer.keyId, name)),
      await signModel(bytes, signer),
    );
}

/** Writes a valid bundle into `dir`; same options, same bytes but for the signatures. */
export async function makeBundle(dir: string, options: MakeBundleOptions = {}): Promise<MadeBundle> {
  const content = new Content();
  const airlockMjs = Buffer.from(`console.log('airlock ${options.variant ?? ''}');\n`);
  const lock = await makeLock(content, airlockMjs, options);
  const lockBytes = Buffer.from(serializeLock(lock));
  const plan = planBundle({ lock, lockBytes, siteBytes: Buffer.from(`name: ${lock.site}\n`), airlockMjs });
  await mkdir(path.join(dir, 'blobs', 'sha256'), { recursive: true });
  for (const { digest, source, artifact, file } of plan.blobs) {
    const bytes = source.kind === 'bytes' ? source.bytes : content.bytes.get(digest);
    if (bytes === undefined) throw new Error(`no bytes for ${artifact}: ${file}`);
    await writeFile(path.join(dir, 'blobs', 'sha256', hexOf(digest)), bytes);
  }
  const files = layoutFiles(
    plan.rootBytes,
    plan.blobs.map((blob) => blob.digest),
  );
  for (const [name, bytes] of files) await writeFile(path.join(dir, name), bytes);
  const sums = files.get('SHA256SUMS') ?? Buffer.alloc(0);
  const statement = {
    site: lock.site,
    root: plan.root,
    lock: digestOf(lockBytes),
    sequence: options.sequence ?? 1,
    ...options.seal,
  };
  for (const { signer } of options.signers ?? []) await sealBundle(dir, signer, statement, sums, modelStatements(lock));
  return {
    dir,
    plan,
    lock,
    blobFile: (name) => {
      const blob = plan.blobs.find(({ artifact, file }) => `${artifact}: ${file}` === name);
      if (blob === undefined) throw new Error(`the bundle has no ${name}`);
      return path.join(dir, 'blobs', 'sha256', hexOf(blob.digest));
    },
  };
}
