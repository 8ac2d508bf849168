/** A lock in few lines, for the person who reviews it. */
import { type Digest, hexOf } from '../../core/digest';
import type { Lock, LockModel } from '../../site/generated/lock';

export interface SummaryRow {
  /** kind/name */
  readonly artifact: string;
  /** Version, commit or reference. */
  readonly version: string;
  /** First digits of the digest that stands for it. */
  readonly digest: string;
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

const SHORT = 12;
const sum = (items: readonly { readonly size: number }[]): number => items.reduce((total, { size }) => total + size, 0);
const short = (digest: string): string => hexOf(digest as Digest).slice(0, SHORT);
const count = ({ files }: LockModel, from: 'hub' | 'fetched'): number =>
  files.filter(({ sha256From }) => sha256From === from).length;

/** One row per artifact, in the order of the lock. */
export function summaryRows(lock: Lock): SummaryRow[] {
  const { kit } = lock.derived;
  const top = kit.index ?? kit.manifests[0];
  return [
    ...lock.images.map(({ name, reference, index, manifests }) => ({
      artifact: `image/${name}`,
      version: reference,
      digest: short((index ?? manifests[0])?.digest ?? ''),
      bytes: sum(uniqueContents(manifests)),
      hashFrom: 'registry',
    })),
    ...lock.models.map((model) => ({
      artifact: `model/${model.name}`,
      version: `${model.source.repository}@${model.source.revision.slice(0, SHORT)}`,
      digest: short(lock.derived.models.find(({ name }) => name === model.name)?.manifest.digest ?? ''),
      bytes: sum(model.files),
      hashFrom: `Hub ${count(model, 'hub')}, fetched ${count(model, 'fetched')}`,
    })),
    ...lock.providers.flatMap(({ source, version, packages }) =>
      packages.map(({ platform, sha256, size, url }) => ({
        artifact: `provider/${source}`,
        version: `${version} ${platform}`,
        digest: sha256.slice(0, SHORT),
        bytes: size,
        hashFrom: url === undefined ? 'mirror directory' : 'registry, fetched',
      })),
    ),
    ...lock.files.map(({ name, url, sha256, size }) => ({
      artifact: `file/${name}`,
      version: url,
      digest: sha256.slice(0, SHORT),
      bytes: size,
      hashFrom: 'site, fetched',
    })),
    {
      artifact: 'kit/image',
      version: kit.version,
      digest: short(top?.digest ?? ''),
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

/** Where each model's hashes are from, and what is missing without being wrong. */
export const lockSummary = (lock: Lock): LockSummary => ({
  site: lock.site,
  models: lock.models.map((model) => ({
    name: model.name,
    stated: count(model, 'hub'),
    fetched: count(model, 'fetched'),
  })),
  notes: lock.models
    .filter(({ license }) => license.files.length === 0)
    .map(({ name }) => `model ${name} carries no license file; its card alone declares the license`),
});
