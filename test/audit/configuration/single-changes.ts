/** Holds every single change of a document against its reader and the list of what is harmless. */
import { type Change, changesOf } from './changes';
import type { JudgedDocument } from './documents';
import { harmlessLine } from './harmless';

export interface Tried {
  readonly changes: number;
  /** Changes that are found. */
  readonly found: number;
  /** Changes on the list of what is harmless, that are not found. */
  readonly harmless: number;
  /** Changes that are neither. */
  readonly missed: readonly string[];
}

/** mulberry32: the same sample on every machine. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function sample(changes: readonly Change[], count: number | undefined): readonly Change[] {
  if (count === undefined || changes.length <= count) return changes;
  const next = random(changes.length);
  return changes
    .map((change) => ({ change, rank: next() }))
    .sort((one, other) => one.rank - other.rank)
    .slice(0, count)
    .map(({ change }) => change);
}

/** Tables of fields are compared whole: one change of them stands for all. */
const isTable = (document: JudgedDocument, { pointer }: Change): boolean =>
  document.name === 'policy.json' && /^\/(?:fields|answer)\/[^/]+\/./.test(pointer);

/** @param count how many changes; all by default */
export function tryChanges(document: JudgedDocument, count?: number): Tried {
  const all = changesOf(document.value).filter((one) => one.pointer !== '' || document.name !== 'variables');
  const chosen = sample(
    all.filter((change) => !isTable(document, change)),
    count,
  );
  const silent = chosen.filter((change) => document.complaints(change.apply()) === 0);
  const missed = silent.filter((change) => harmlessLine(document.role, document.name, change) === undefined);
  return {
    changes: chosen.length,
    found: chosen.length - silent.length,
    harmless: silent.length - missed.length,
    missed: missed.map(({ kind, pointer }) => `${kind} ${pointer}`),
  };
}
