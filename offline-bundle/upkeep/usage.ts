/** What takes how much of a store. A blob is kept once, whoever reaches it: shared bytes belong to nobody alone. */
import type { Digest } from '../../core/digest';
import type { ExpectedBlob } from '../verify/blob-check';
import { bytesOf, filesAt } from './inventory';
import { isSealed, newestSequences, siteOf, type StoredRoot, type StoreView } from './view';

/** A bundle or pin as a list shows it. */
export interface BundleFacts {
  readonly kind: 'bundle' | 'pin';
  readonly root: Digest;
  readonly site: string;
  /** Repository of a pin. */
  readonly repository?: string;
  /** What the kept seals say, each verified again; absent where none holds. */
  readonly sequence?: number;
  readonly sealedAt?: string;
  /** Ids of the keys whose kept seals hold. */
  readonly signedBy: readonly string[];
  /** Who answers for a bundle without a seal. */
  readonly acceptedBy?: string;
  /** It has the highest sealed sequence of its site. */
  readonly newest: boolean;
  readonly blobs: number;
  /** All that it reaches. */
  readonly bytes: number;
  /** What nothing else reaches, so what its removal frees. */
  readonly ownBytes: number;
  /** What is wrong with it, as far as can be told without reading blobs. */
  readonly problems: readonly string[];
}

/** How many roots reach each blob. */
function owners(roots: readonly StoredRoot[]): Map<Digest, number> {
  const count = new Map<Digest, number>();
  for (const { blobs } of roots) for (const { digest } of blobs) count.set(digest, (count.get(digest) ?? 0) + 1);
  return count;
}

function problemsOf(root: StoredRoot, present: ReadonlySet<Digest>): string[] {
  const { record, sealed, complete, blobs } = root;
  const missing = blobs.filter(({ digest }) => !present.has(digest)).length;
  return [
    ...(record === undefined ? ['its record is damaged'] : []),
    ...sealed.problems,
    ...(isSealed(root) && sealed.statement === undefined && sealed.problems.length === 0
      ? [sealed.unverified ? 'the store keeps no key for its seals' : 'its seals are gone']
      : []),
    ...(missing > 0 ? [`${missing} blobs are missing`] : []),
    ...(missing === 0 && !complete ? ['a manifest is damaged'] : []),
  ];
}

/** Every bundle and pin: sites by name, their bundles newest first. */
export function bundleFacts({ roots, inventory }: StoreView): BundleFacts[] {
  const count = owners(roots);
  const newest = newestSequences(roots);
  const present = new Set(filesAt(inventory, 'blob').flatMap(({ digest, kind }) => (kind === 'file' ? [digest] : [])));
  const facts = roots.map((root): BundleFacts => {
    const { record, digest, blobs, sealed } = root;
    const { statement, signers } = sealed;
    const trust = record?.trust;
    return {
      ...{ kind: record?.kind ?? 'bundle', root: digest, site: siteOf(root), signedBy: signers },
      ...(record?.kind === 'pin' ? { repository: record.repository } : {}),
      ...(statement === undefined ? {} : { sequence: statement.sequence, sealedAt: statement.sealedAt }),
      ...(trust !== undefined && 'unsigned' in trust ? { acceptedBy: trust.acceptedBy } : {}),
      newest: statement !== undefined && newest.get(statement.site) === statement.sequence,
      ...{ blobs: blobs.length, bytes: bytesOf(blobs) },
      ownBytes: bytesOf(blobs.filter((blob) => count.get(blob.digest) === 1)),
      problems: problemsOf(root, present as ReadonlySet<Digest>),
    };
  });
  const order = ({ site, repository = '', sequence = -1, root }: BundleFacts): string =>
    [site, repository, String(Number.MAX_SAFE_INTEGER - sequence).padStart(16, '0'), root].join('\n');
  return facts.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** What one artifact of the bundles takes, such as `model/chat`. */
export interface ArtifactUsage {
  readonly artifact: string;
  readonly blobs: number;
  readonly bytes: number;
  /** Roots that reach some of it. */
  readonly roots: readonly Digest[];
}

export interface Usage {
  readonly bundles: readonly BundleFacts[];
  /** Largest first. Blobs that several artifacts reach count for each of them. */
  readonly artifacts: readonly ArtifactUsage[];
  readonly blobs: number;
  readonly bytes: number;
  /** Bytes that more than one bundle or pin reaches. */
  readonly sharedBytes: number;
  /** Bytes that no bundle and no pin reaches. */
  readonly unreachedBytes: number;
  /** Unfinished blobs. */
  readonly stagingBytes: number;
  /** What failed a check and was moved aside. */
  readonly quarantineBytes: number;
  /** What `airlock store prune` would free by itself. */
  readonly prunableBytes: number;
}

function artifactsOf(roots: readonly StoredRoot[]): ArtifactUsage[] {
  const found = new Map<string, { blobs: Map<Digest, ExpectedBlob>; roots: Set<Digest> }>();
  for (const { digest, blobs } of roots) {
    for (const blob of blobs) {
      const artifact = blob.name.split(': ')[0] ?? '';
      const one = found.get(artifact) ?? { blobs: new Map<Digest, ExpectedBlob>(), roots: new Set<Digest>() };
      found.set(artifact, one);
      one.blobs.set(blob.digest, blob);
      one.roots.add(digest);
    }
  }
  return [...found]
    .map(([artifact, { blobs, roots: of }]) => ({
      ...{ artifact, blobs: blobs.size, bytes: bytesOf([...blobs.values()]), roots: [...of].sort() },
    }))
    .sort((a, b) => b.bytes - a.bytes || (a.artifact < b.artifact ? -1 : 1));
}

/** Measures a store; no blob is read. @param prunableBytes of the plan of a prune */
export function usageOf(view: StoreView, prunableBytes: number): Usage {
  const { roots, inventory } = view;
  const count = owners(roots);
  const blobs = filesAt(inventory, 'blob');
  const times = ({ digest }: { readonly digest?: Digest }): number =>
    digest === undefined ? 0 : (count.get(digest) ?? 0);
  return {
    bundles: bundleFacts(view),
    artifacts: artifactsOf(roots),
    ...{ blobs: blobs.length, bytes: bytesOf(blobs) },
    sharedBytes: bytesOf(blobs.filter((blob) => times(blob) > 1)),
    unreachedBytes: bytesOf(blobs.filter((blob) => times(blob) === 0)),
    stagingBytes: bytesOf(filesAt(inventory, 'staging')),
    quarantineBytes: bytesOf(filesAt(inventory, 'quarantine')),
    prunableBytes,
  };
}
