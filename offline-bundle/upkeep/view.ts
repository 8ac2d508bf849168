/** What a store holds, read without the large blobs: roots, what each reaches, and what its kept seals say. */
import { OCI_INDEX } from '../../core/media-types';
import { AirlockError } from '../../core/errors';
import { type Digest, digestOf, fromHex } from '../../core/digest';
import { type HistoryProblem, isOfRecord, readHistory, rootsTaken } from '../history/history';
import { type Recalled, recall } from '../import/sequence';
import { type KnownSequence, parseMark } from '../import/sequence-mark';
import { recordName, type RootRecord } from '../store/root-record';
import { type Store, storeAt } from '../store/store';
import type { TrustedKey } from '../trust/keys';
import { blobFile, type ExpectedBlob } from '../verify/blob-check';
import { bundleContent, reachedContent } from '../verify/content';
import { filesAt, type Inventory, smallFile, takeInventory } from './inventory';

/** A bundle or a pinned manifest, and all that the store can tell of it. */
export interface StoredRoot {
  readonly digest: Digest;
  /** Absent where it is damaged. */
  readonly record?: RootRecord;
  /** What its kept seals say, each verified again. */
  readonly sealed: Recalled;
  /** Each blob once. The size of the root itself is that of its file, 0 where there is none. */
  readonly blobs: readonly ExpectedBlob[];
  /** False where a missing or damaged manifest hides what it names. */
  readonly complete: boolean;
  /** Name of the site that its index states. */
  readonly site?: string;
}

export interface StoreView {
  readonly store: Store;
  readonly inventory: Inventory;
  /** Sorted by digest. */
  readonly roots: readonly StoredRoot[];
  /** What is wrong with records, by the name of the file below `roots/`. */
  readonly problems: ReadonlyMap<string, AirlockError>;
  /** Bundles without a record that nobody removed: the history says that they were taken. They are among the roots. */
  readonly lost: readonly Digest[];
  /** Those of the lost that may have been removed: where that is to be read, the history is damaged. */
  readonly doubted: ReadonlySet<Digest>;
  /** Where the records of the history do not hold together: what was lost cannot be told from what never was there. */
  readonly history: readonly HistoryProblem[];
  /** How far each site has come, as the store noted it; damaged notes are left out. */
  readonly marks: ReadonlyMap<string, KnownSequence>;
}

type Reach = Pick<StoredRoot, 'blobs' | 'complete' | 'site'>;

const isBundle = (record: RootRecord | undefined): boolean => record?.kind !== 'pin';

async function rootOf(
  store: Store,
  inventory: Inventory,
  digest: Digest,
  record: RootRecord | undefined,
  given: readonly TrustedKey[],
): Promise<StoredRoot> {
  const size = inventory.entries.get(blobFile(digest))?.size ?? 0;
  const root = { digest, size, mediaType: record?.mediaType ?? OCI_INDEX };
  const rootBlob: ExpectedBlob = { digest, size, name: 'bundle: index' };
  const { blobs, complete, site }: Reach = await (
    isBundle(record) ? bundleContent(inventory, root) : reachedContent(inventory, root, record?.repository ?? '')
  ).catch((error: unknown) => {
    // A manifest on a bad sector hides what it names; whoever reads the blobs names it.
    if (error instanceof AirlockError && error.kind === 'environment') return { blobs: [rootBlob], complete: false };
    throw error;
  });
  return {
    ...{ digest, blobs, complete, sealed: recall(digest, await store.seals(digest), given) },
    ...(record === undefined ? {} : { record }),
    ...(site === undefined ? {} : { site }),
  };
}

/**
 * Looks at a store; writes nothing.
 *
 * @param given keys for seals of stores that kept none
 * @throws AirlockError (input) when the folder is no store; (environment) when it cannot be read
 */
export async function viewStore(dir: string, given: readonly TrustedKey[] = []): Promise<StoreView> {
  const inventory = await takeInventory(dir);
  const store = storeAt(inventory.dir);
  // Before the records: what an import adds meanwhile is not lost.
  const { taken, doubted } = await rootsTaken(store.dir);
  const history = (await readHistory(store.dir)).problems.filter(isOfRecord);
  const { records, problems } = await store.survey();
  const known = new Map<Digest, RootRecord | undefined>(records.map((record) => [record.digest, record]));
  for (const name of problems.keys()) {
    const [, hex] = /^([0-9a-f]{64})\.json$/.exec(name) ?? [];
    if (hex !== undefined) known.set(fromHex(hex), undefined);
  }
  const lost = [...taken].filter((digest) => !known.has(digest)).sort();
  for (const digest of lost) known.set(digest, undefined);
  const roots: StoredRoot[] = [];
  for (const [digest, record] of [...known].sort(([a], [b]) => (a < b ? -1 : 1)))
    roots.push(await rootOf(store, inventory, digest, record, given));
  return { store, inventory, roots, problems, lost, doubted, history, marks: await marksOf(inventory) };
}

/** The marks that are as they were written, each under the name of its site. */
async function marksOf(inventory: Inventory): Promise<Map<string, KnownSequence>> {
  const marks = new Map<string, KnownSequence>();
  for (const entry of filesAt(inventory, 'mark')) {
    const mark = parseMark((await smallFile(inventory, entry))?.toString('utf8') ?? '');
    if (mark !== undefined && digestOf(mark.site) === entry.digest)
      marks.set(mark.site, { sequence: mark.sequence, root: mark.root });
  }
  return marks;
}

/** The site of a root: what a verified seal says counts before its record, and that before its index. */
export const siteOf = ({ sealed, record, site }: StoredRoot): string =>
  sealed.statement?.site ?? record?.site ?? site ?? '';

/** A root in words, e.g. `nordlicht, sequence 3 (sha256:…)`. */
export function nameOf(root: StoredRoot): string {
  const { digest, record, sealed } = root;
  if (record?.kind === 'pin') return `${record.repository}@${digest}`;
  const site = siteOf(root);
  const sequence = sealed.statement === undefined ? '' : `, sequence ${sealed.statement.sequence}`;
  return site === '' ? `bundle ${digest}` : `${site}${sequence} (${digest})`;
}

/** Whether the store took a root because somebody sealed it. */
export const isSealed = ({ record }: Pick<StoredRoot, 'record'>): boolean =>
  record !== undefined && 'signedBy' in record.trust;

/** The record's file, as it is named below the store. */
export const recordPath = (digest: Digest): string => `roots/${recordName(digest)}`;

/** Of each site the highest sealed sequence. */
export function newestSequences(roots: readonly StoredRoot[]): Map<string, number> {
  const newest = new Map<string, number>();
  for (const { sealed } of roots) {
    if (sealed.statement === undefined) continue;
    const { site, sequence } = sealed.statement;
    newest.set(site, Math.max(sequence, newest.get(site) ?? 0));
  }
  return newest;
}
