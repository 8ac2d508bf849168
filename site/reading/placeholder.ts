/**
 * What only a person can say, where the kit writes a file for them: a mark that no file is accepted with. A made-up owner or a
 * review that nobody did would be proven by every later step.
 */

const MARK = /<EDIT ([^<>]+)>/;

/** One placeholder of a document. */
export interface Placeholder {
  /** Segments from the document's root to the value, or to the key that is one. */
  readonly path: readonly (string | number)[];
  readonly atKey: boolean;
  /** What to write in its place. */
  readonly wanted: string;
}

/** The mark, as a plain scalar of YAML, in flow collections too. @param wanted what to write there, without `: `, `,` and brackets */
export const placeholder = (wanted: string): string => `<EDIT ${wanted}>`;

const wantedBy = (text: string): string | undefined => MARK.exec(text)?.[1];

/** Every placeholder of a plain value, keys included. */
export function placeholdersOf(value: unknown, path: readonly (string | number)[] = []): Placeholder[] {
  if (typeof value === 'string') {
    const wanted = wantedBy(value);
    return wanted === undefined ? [] : [{ path, atKey: false, wanted }];
  }
  if (Array.isArray(value)) return value.flatMap((item, at) => placeholdersOf(item, [...path, at]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) => {
    const wanted = wantedBy(key);
    const here = [...path, key];
    return [...(wanted === undefined ? [] : [{ path: here, atKey: true, wanted }]), ...placeholdersOf(item, here)];
  });
}

/** Whether one path is another, or leads to it from above. */
export const leadsTo = (above: readonly (string | number)[], path: readonly (string | number)[]): boolean =>
  above.length <= path.length && above.every((segment, at) => String(segment) === String(path[at]));
