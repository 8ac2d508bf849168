/** A lock in few lines, for the person who reviews it. */
import { DOCKER_INDEX, DOCKER_MANIFEST } from '../../core/media-types';
import { type Digest, fromHex } from '../../core/digest';
import { badInput } from '../../core/errors';
import type { Lock, LockModel } from '../../site/generated/lock';
import { modelArtifact } from '../layout/artifacts';

export interface SummaryRow {
  /** kind/name */
  readonly artifact: string;
  /** Version, commit or reference. */
  readonly version: string;
  /** What stands for it: of an image its index or manifest, of a model its manifest, else of the file. */
  readonly digest: Digest;
  readonly bytes: number;
  /** Who stated the hash. */
  readonly hashFrom: string;
}

export interface LockSummary {
  readonly site: string;
  readonly models: readonly { readonly name: string; readonly stated: number; readonly fetched: number }[];
  /** What a reviewer should know; not errors. */
  readonly notes: readonly string[];
}

const sum = (items: readonly { readonly size: number }[]): number => items.reduce((total, { size }) => total + size, 0);
const count = ({ files }: LockModel, from: 'hub' | 'fetched'): number =>
  files.filter(({ sha256From }) => sha256From === from).length;

function firstOf<T>(items: readonly T[]): T {
  const [first] = items;
  if (first === undefined)
    throw badInput(
      'LOCK_FILE_INVALID',
      'the lock has an image without manifests',
      'write it afresh with `airlock lock`',
    );
  return first;
}

/** One row per artifact, in the order of the lock. */
export function summaryRows(lock: Lock): SummaryRow[] {
  const { kit } = lock.derived;
  return [
    ...lock.images.map(({ name, reference, index, manifests }) => ({
      artifact: `image/${name}`,
      version: reference,
      digest: (index ?? firstOf(manifests)).digest,
      bytes: sum(uniqueContents(manifests)),
      hashFrom: 'registry',
    })),
    ...lock.models.map((model) => ({
      artifact: `model/${model.name}`,
      version: `${model.source.repository}@${model.source.revision.slice(0, 12)}`,
      digest: modelArtifact(model).manifest.descriptor.digest,
      bytes: sum(model.files),
      hashFrom: `Hub ${count(model, 'hub')}, fetched ${count(model, 'fetched')}`,
    })),
    ...lock.providers.flatMap(({ source, version, packages }) =>
      packages.map(({ platform, sha256, size, url }) => ({
        artifact: `provider/${source}`,
        version: `${version} ${platform}`,
        digest: fromHex(sha256),
        bytes: size,
        hashFrom: url === undefined ? 'mirror directory' : 'registry, fetched',
      })),
    ),
    ...lock.files.map(({ name, url, sha256, size }) => ({
      artifact: `file/${name}`,
      version: url,
      digest: fromHex(sha256),
      bytes: size,
      hashFrom: 'site, fetched',
    })),
    ...(lock.charts ?? []).map(({ name, repository, chart, version, sha256, size, sha256From }) => ({
      artifact: `chart/${name}`,
      version: `${repository}/${chart} ${version}`,
      digest: fromHex(sha256),
      bytes: size,
      hashFrom: sha256From === 'fetched' ? 'fetched' : `${sha256From}, fetched`,
    })),
    {
      artifact: 'kit/image',
      version: kit.version,
      digest: (kit.index ?? firstOf(kit.manifests)).digest,
      bytes: sum(uniqueContents(kit.manifests)),
      hashFrom: 'computed',
    },
  ];
}

/** Platforms share layers; each is carried once. */
const uniqueContents = (manifests: Lock['images'][number]['manifests']): { size: number }[] => [
  ...new Map(
    manifests.flatMap((manifest) => [manifest, manifest.config, ...manifest.layers]).map((item) => [item.digest, item]),
  ).values(),
];

/** What the form of an OCI layout has no place for, strictly read (image-spec, image-layout.md; containers/skopeo#1975). */
const DOCKER_FORMS: readonly string[] = [DOCKER_INDEX, DOCKER_MANIFEST];

/** Where each model's hashes are from, and what is missing without being wrong. */
export const lockSummary = (lock: Lock): LockSummary => ({
  site: lock.site,
  models: lock.models.map((model) => ({
    name: model.name,
    stated: count(model, 'hub'),
    fetched: count(model, 'fetched'),
  })),
  notes: [
    ...lock.models
      .filter(({ license }) => license.files.length === 0)
      .map(({ name }) => `model ${name} carries no license file; its card alone declares the license`),
    ...lock.images.flatMap((image) => {
      const listed = [...(image.complete ? [image.index] : []), ...image.manifests];
      const [docker] = listed.filter((part) => DOCKER_FORMS.includes(part?.mediaType ?? ''));
      return docker === undefined
        ? []
        : [
            `image ${image.name} comes in Docker's form: skopeo and umoci read it from the mirror, not from the folder of the bundle, ` +
              `where this does: oras cp --from-oci-layout BUNDLE@${docker.digest} REFERENCE`,
          ];
    }),
  ],
});
