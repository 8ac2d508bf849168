/** Every change of one place of a plan: another value, another type, or nothing. Shares no code with the audit. */

/** A place inside a configuration; `inner` is inside the document that the string at `outer` holds. */
export interface Spot {
  readonly file: string;
  readonly outer: readonly string[];
  readonly inner?: readonly string[];
}

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const isBranch = (value: Json): value is Json[] | { [key: string]: Json } =>
  typeof value === 'object' && value !== null;

/** Keys to every leaf; an empty list or object is one. */
export function leaves(value: Json, at: readonly string[] = []): (readonly string[])[] {
  const entries = isBranch(value) ? Object.entries(value as Record<string, Json>) : [];
  return entries.length === 0 ? [at] : entries.flatMap(([key, child]) => leaves(child, [...at, key]));
}

/** Keys to every object and list that holds something. */
function branches(value: Json, at: readonly string[] = []): (readonly string[])[] {
  if (!isBranch(value)) return [];
  const entries = Object.entries(value as Record<string, Json>);
  return entries.length === 0 ? [] : [at, ...entries.flatMap(([key, child]) => branches(child, [...at, key]))];
}

/** A copy with one entry changed, or without it. */
function changed(value: Json, path: readonly string[], change: (old: Json) => Json | undefined): Json | undefined {
  const [key, ...rest] = path;
  if (key === undefined || !isBranch(value)) return change(value);
  const entries = Object.entries(value as Record<string, Json>).flatMap(([name, child]): [string, Json][] => {
    const next = name === key ? changed(child, rest, change) : child;
    return next === undefined ? [] : [[name, next]];
  });
  return Array.isArray(value) ? entries.map(([, child]) => child) : Object.fromEntries(entries);
}

const another = (old: Json): Json => {
  if (typeof old === 'boolean') return !old;
  if (typeof old === 'number') return old + 1;
  if (typeof old === 'string') return `${old}x`;
  return Array.isArray(old) ? ['x'] : { x: 'x' };
};
/** Of another size, or written in another way. */
const unlike = (old: Json): Json => {
  if (typeof old === 'number') return -old - 1;
  if (typeof old !== 'string' || old === '') return 'x';
  return old === old.toUpperCase() ? old.toLowerCase() + 'x' : old.toUpperCase();
};
const emptied = (old: Json): Json => (typeof old === 'string' && old !== '' ? '' : old === 0 ? 1 : 0);
const otherType = (old: Json): Json => (isBranch(old) ? 'x' : { x: [1] });

const LEAF_CHANGES: readonly (readonly [string, (old: Json) => Json | undefined])[] = [
  ['another value', another],
  ['a value unlike it', unlike],
  ['emptied', emptied],
  ['in a list', (old) => [old, old]],
  ['another type', otherType],
  ['removed', () => undefined],
];
const BRANCH_CHANGES: readonly (readonly [string, (old: Json) => Json | undefined])[] = [
  [
    'a key added',
    (old) => (Array.isArray(old) ? [...old, 'airlockUnknown'] : { ...(old as object), airlockUnknown: 'x' }),
  ],
  ['branch removed', () => undefined],
];

interface Made {
  readonly at: readonly string[];
  readonly what: string;
  readonly below: readonly (readonly string[])[];
  readonly make: () => Json;
}

/** The value at a path of keys; undefined where there is none. */
export const valueAt = (value: Json, at: readonly string[]): Json | undefined =>
  at.reduce<Json | undefined>(
    (node, key) => (isBranch(node ?? null) ? (node as Record<string, Json>)[key] : undefined),
    value,
  );

/** A copy with a value at a path of keys; what is missing on the way is made, a list where the key is a number. */
export function deepChanged(value: Json | undefined, path: readonly string[], to: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return to;
  const isList = Array.isArray(value) || (value === undefined && /^\d+$/.test(key));
  if (isList) {
    const items = Array.isArray(value) ? [...value] : [];
    items[Number(key)] = deepChanged(items[Number(key)], rest, to);
    return items;
  }
  const entries = isBranch(value ?? null) ? (value as Record<string, Json>) : {};
  return { ...entries, [key]: deepChanged(entries[key], rest, to) };
}

/** Changes of a document, as functions of the whole. */
function ofDocument(value: Json): Made[] {
  const each = (
    places: (readonly string[])[],
    changes: readonly (readonly [string, (old: Json) => Json | undefined])[],
  ): Made[] =>
    places
      .filter((at) => at.length > 0)
      .flatMap((at) =>
        changes.map(([what, change]) => ({
          at,
          what,
          below: leaves(valueAt(value, at) as Json).filter((keys) => keys.length > 0),
          make: () => changed(value, at, change) as Json,
        })),
      );
  return [...each(leaves(value), LEAF_CHANGES), ...each(branches(value), BRANCH_CHANGES)];
}

/** A change that is made when it is asked for. */
export interface Planned {
  readonly spot: Spot;
  readonly what: string;
  /** Keys from the place to each leaf below it; none for a leaf. */
  readonly below: readonly (readonly string[])[];
  readonly make: () => unknown;
}

/** Every change of a configuration, those of the documents in its Helm values among them. */
export function changesOf(file: string, configuration: unknown): Planned[] {
  const root = configuration as Json;
  const outer = ofDocument(root).map(({ at, ...rest }) => ({ spot: { file, outer: at }, ...rest }));
  const documents = leaves(root).filter((at) => at.at(-2) === 'values' && at[1] === 'helm_release');
  const inner = documents.flatMap((at) => {
    const document = JSON.parse(valueAt(root, at) as string) as Json;
    return ofDocument(document).map(({ at: inside, make, ...rest }) => ({
      spot: { file, outer: at, inner: inside },
      ...rest,
      make: () => changed(root, at, () => JSON.stringify(make())),
    }));
  });
  return [...outer, ...inner];
}
