/**
 * What may leave a store, decided before anything does. A bundle's record goes first, so that nothing is servable that is not
 * whole; killed at any moment, the rest is what `prune` finds. How far a site has come stays known: its mark, and the seals
 * that the mark rests on.
 */
import { rm, rmdir } from 'node:fs/promises';
import path from 'node:path';
import type { Digest } from '../../core/digest';
import { AirlockError, checkFailed } from '../../core/errors';
import { appendRecord } from '../history/history';
import type { HistoryEntry } from '../history/record';
import { type KnownSequence, raiseMark } from '../import/sequence-mark';
import { systemCode } from '../../core/system-errors';
import { syncDirectory, writeFailed } from '../store/disk';
import type { Signer } from '../trust/signer';
import { bytesOf, filesAt, type StoreEntry } from './inventory';
import { nameOf, newestSequences, recordPath, siteOf, type StoredRoot, type StoreView } from './view';

export interface RemovalPlan {
  /** Bundles and pins whose records go. */
  readonly roots: readonly { readonly digest: Digest; readonly name: string }[];
  /** Blobs that go. */
  readonly blobs: readonly { readonly digest: Digest; readonly size: number }[];
  /** Other files and folders of the store that go, as paths below it: seals, image forms, unfinished and bad blobs. */
  readonly paths: readonly string[];
  /** What is freed. Bytes. */
  readonly bytes: number;
  /** Marks that are raised first, by site. */
  readonly marks: ReadonlyMap<string, KnownSequence>;
}

/** What is unknown of what stays, one text for each: it cannot be told from what nobody needs. */
function unknownOf(staying: readonly StoredRoot[], { problems }: StoreView): string[] {
  const strange = [...problems.keys()].filter((name) => !/^[0-9a-f]{64}\.json$/.test(name));
  return [
    ...staying.filter(({ complete }) => !complete).map((root) => `${nameOf(root)}: a manifest is missing or damaged`),
    ...strange.map((name) => `roots/${name}: nobody knows what it is`),
  ];
}

/** Bundles that lost their record are known by the history alone. */
const brokenHistory = ({ history }: StoreView): string[] =>
  history.map(({ file, problem }) => `history/${file}: ${problem}`);

function demandKnown(staying: readonly StoredRoot[], view: StoreView, unreached: boolean): void {
  const [unknown, broken] = [unknownOf(staying, view), unreached ? brokenHistory(view) : []];
  if (unknown.length + broken.length === 0) return;
  const mend = broken.length === 0 ? '`airlock store repair` mends it' : 'bring back its history/ from a copy';
  throw new AirlockError('STORE_DAMAGED', 'what must stay cannot be told, so nothing is removed', {
    fix: `\`airlock store check\` names what is wrong, ${mend}; then run this again`,
    items: [...unknown, ...broken],
  });
}

/** Whether it can be told what nobody needs. */
export const canPrune = (view: StoreView): boolean =>
  unknownOf(view.roots, view).length + brokenHistory(view).length === 0;

/** Marks to raise before bundles leave: the store must not forget with them how far a site has come. */
function marksBefore({ roots, marks }: StoreView, leaving: readonly StoredRoot[]): Map<string, KnownSequence> {
  const raised = new Map<string, KnownSequence>();
  const newest = newestSequences(roots);
  for (const root of leaving) {
    const { record, sealed } = root;
    if (record !== undefined && (record.kind === 'pin' || 'unsigned' in record.trust)) continue;
    const site = siteOf(root);
    const known = marks.get(site);
    if (sealed.statement === undefined && known === undefined) {
      throw checkFailed(
        'STORE_DAMAGED',
        `the seals of ${nameOf(root)} do not hold, so with it the store would forget how far ${site} has come`,
        'mend them with `airlock store repair`, or name the key with --trust',
      );
    }
    const top = roots.find(({ sealed: { statement } }) =>
      statement === undefined ? false : statement.site === site && statement.sequence === newest.get(site),
    )?.sealed.statement;
    if (top !== undefined && (known === undefined || known.sequence < top.sequence))
      raised.set(site, { sequence: top.sequence, root: top.root });
  }
  return raised;
}

export interface RemovalChoices {
  /** Bundles and pins that go. */
  readonly leaving: ReadonlySet<Digest>;
  /** What nothing reaches goes as well, and unfinished and bad blobs. */
  readonly unreached: boolean;
}

const present = (entry: StoreEntry): { readonly digest: Digest; readonly size: number }[] =>
  entry.digest === undefined ? [] : [{ digest: entry.digest, size: entry.size }];

/** Seals and image forms that nobody needs any more, by file or folder. */
function unneeded(
  { inventory, roots }: StoreView,
  { leaving, unreached }: RemovalChoices,
  kept: { readonly blobs: ReadonlySet<Digest>; readonly marked: ReadonlySet<Digest> },
): StoreEntry[] {
  const known = new Set(roots.map(({ digest }) => digest));
  const reachedBefore = new Set(roots.flatMap(({ blobs }) => blobs.map(({ digest }) => digest)));
  const isOrphan = (digest: Digest | undefined, all: ReadonlySet<Digest>): boolean =>
    digest !== undefined && unreached && !all.has(digest);
  return [
    ...filesAt(inventory, 'seal').filter(
      ({ digest }) =>
        digest !== undefined && !kept.marked.has(digest) && (leaving.has(digest) || isOrphan(digest, known)),
    ),
    ...filesAt(inventory, 'derived').filter(
      ({ digest }) =>
        digest !== undefined &&
        !kept.blobs.has(digest) &&
        (reachedBefore.has(digest) || isOrphan(digest, reachedBefore)),
    ),
    ...(unreached ? [...filesAt(inventory, 'staging'), ...filesAt(inventory, 'quarantine')] : []),
  ];
}

/**
 * Plans a removal; nothing is written.
 *
 * @throws AirlockError (check) when what must stay cannot be told, or a site's place would be forgotten
 */
export function planRemoval(view: StoreView, choices: RemovalChoices): RemovalPlan {
  const { inventory, roots, marks } = view;
  const [leaving, staying] = [true, false].map((goes) =>
    roots.filter(({ digest }) => choices.leaving.has(digest) === goes),
  ) as [StoredRoot[], StoredRoot[]];
  demandKnown(staying, view, choices.unreached);
  const raised = marksBefore(view, leaving);
  const kept = {
    blobs: new Set(staying.flatMap(({ blobs }) => blobs.map(({ digest }) => digest))),
    marked: new Set([...marks, ...raised].map(([, { root }]) => root)),
  };
  const reachedByLeaving = new Set(leaving.flatMap(({ blobs }) => blobs.map(({ digest }) => digest)));
  const blobs = filesAt(inventory, 'blob')
    .flatMap(present)
    .filter(({ digest }) => !kept.blobs.has(digest) && (choices.unreached || reachedByLeaving.has(digest)));
  const rest = unneeded(view, choices, kept);
  return {
    roots: leaving.map((root) => ({ digest: root.digest, name: nameOf(root) })),
    ...{ blobs, paths: rest.map(({ path: at }) => at), bytes: bytesOf(blobs) + bytesOf(rest), marks: raised },
  };
}

/**
 * Bundles that a prune lets go: of each site all but those of the highest sealed sequences that are served. Pins, bundles without a
 * seal and those whose seals do not hold are never among them: nobody can tell their place. What has no record is served to nobody, so
 * it stays, and takes the place of none that is.
 *
 * @param keep how many sequences of each site stay, at least 1
 */
export function olderBundles(roots: readonly StoredRoot[], keep: number): Set<Digest> {
  const sequences = new Map<string, number[]>();
  for (const { record, sealed } of roots) {
    if (record?.kind !== 'bundle' || sealed.statement === undefined) continue;
    const { site, sequence } = sealed.statement;
    sequences.set(
      site,
      [...new Set([...(sequences.get(site) ?? []), sequence])].sort((a, b) => b - a),
    );
  }
  const isOld = ({ record, sealed: { statement } }: StoredRoot): boolean =>
    record?.kind === 'bundle' &&
    'signedBy' in record.trust &&
    statement !== undefined &&
    !(sequences.get(statement.site) ?? []).slice(0, Math.max(1, keep)).includes(statement.sequence);
  return new Set(roots.filter(isOld).map(({ digest }) => digest));
}

/** Whether two plans remove the same. */
export const isSamePlan = (a: RemovalPlan, b: RemovalPlan): boolean =>
  JSON.stringify([a.roots, a.blobs, a.paths]) === JSON.stringify([b.roots, b.blobs, b.paths]);

/** What the history says of bundles that leave: so nobody takes a record that is lost for one that was removed. */
const removalEntries = ({ roots }: StoreView, { roots: leaving }: RemovalPlan, now: Date): HistoryEntry[] =>
  roots
    .filter(({ digest, record }) => record?.kind !== 'pin' && leaving.some((one) => one.digest === digest))
    .map((root) => {
      const site = siteOf(root);
      const sequence = root.sealed.statement?.sequence;
      return {
        ...({
          act: 'remove',
          time: `${now.toISOString().slice(0, 19)}Z`,
          root: root.digest,
          verdict: 'taken',
        } as const),
        ...(site === '' ? {} : { site }),
        ...(sequence === undefined ? {} : { sequence }),
        ...{ terms: { trusted: [], threshold: 0 }, reasons: [], overruled: [], sealedBy: [] },
      };
    });

/**
 * Removes what a plan names; that it does stands in the history before. Only for the holder of the writer lock, who made the plan under it.
 *
 * @param signer signs the records that say so
 * @throws AirlockError (environment) when the disk refuses; what is left is what a prune finds
 */
export async function remove(view: StoreView, plan: RemovalPlan, signer?: Signer, now = new Date()): Promise<void> {
  const { store } = view;
  const { roots, blobs, paths, marks } = plan;
  for (const [site, mark] of marks) await raiseMark(store.dir, site, mark);
  for (const entry of removalEntries(view, plan, now)) await appendRecord(store.dir, entry, signer);
  try {
    for (const { digest } of roots)
      await rm(path.join(store.dir, recordPath(digest)), { recursive: true, force: true });
    await syncDirectory(path.join(store.dir, 'roots'));
    for (const at of paths) await rm(path.join(store.dir, at), { recursive: true, force: true });
    for (const folder of new Set(paths.map((at) => path.dirname(at)))) {
      // A folder of seals goes with the last of them.
      if (folder.startsWith('seals/')) await rmdir(path.join(store.dir, folder)).catch(ignoreFull);
      await syncDirectory(path.join(store.dir, folder.startsWith('seals/') ? 'seals' : folder));
    }
  } catch (error) {
    throw writeFailed(store.dir, error);
  }
  await store.discard(...blobs.map(({ digest }) => digest));
}

/** What a person put beside the seals stays, and their folder with it. */
function ignoreFull(error: unknown): void {
  if (systemCode(error) !== 'ENOTEMPTY') throw error;
}
