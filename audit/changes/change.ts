/** What differs between two plans, in the words of whoever reviews the later one. */

/** In the order in which a reviewer asks. */
export const CHANGE_KINDS = [
  'state',
  'flow',
  'rights',
  'image',
  'weights',
  'program',
  'configuration',
  'waiver',
  'other',
] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One difference; what was not there before has no `before`, and what is gone no `after`. */
export interface Change {
  readonly kind: ChangeKind;
  /** What it is about, as findings name it. */
  readonly subject: string;
  /** Which part of it. */
  readonly what: string;
  readonly before?: string;
  readonly after?: string;
}

/** Between what a statement is about and which part of it: no name holds it once it is visible. */
export const SEPARATOR = '\u0000';

/** What an object of a plan says: about what, and in whose words. */
export interface Said {
  readonly key: string;
  readonly statement: string;
}

/** Several objects may say the same. */
export function statements(all: readonly Said[]): ReadonlyMap<string, string> {
  const found = new Map<string, Set<string>>();
  for (const { key, statement } of all) found.set(key, (found.get(key) ?? new Set<string>()).add(statement));
  return new Map([...found].map(([key, said]) => [key, [...said].sort().join('; ')]));
}

/** Entries of which one side lacks some, by key, as changes. */
export function changesOf(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
  change: (key: string) => Pick<Change, 'kind' | 'subject' | 'what'>,
): Change[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((key): Change[] => {
    const [old, now] = [before.get(key), after.get(key)];
    if (old === now) return [];
    return [
      { ...change(key), ...(old === undefined ? {} : { before: old }), ...(now === undefined ? {} : { after: now }) },
    ];
  });
}
