/** Reading a configuration whose fields may hold anything. */

export type Fields = Readonly<Record<string, unknown>>;

const LONGEST_REASON = 300;

/** What is not understood of a model's shape; `message` names it, in printable ASCII, whatever the file holds. */
export class NotUnderstood extends Error {
  public constructor(reason: string) {
    super(reason.replace(/[^ -~]/g, '?').slice(0, LONGEST_REASON));
  }
}

export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) > 0;

export const isStated = (value: unknown): boolean => value !== undefined && value !== null;

export const text = (fields: Fields, ...names: readonly string[]): string | undefined =>
  names.map((name) => fields[name]).find((value) => typeof value === 'string');

/** A value as messages show it. */
export const shown = (value: unknown): string => {
  const written = JSON.stringify(value) as string | undefined;
  return written === undefined ? 'nothing' : written.length > 40 ? `${written.slice(0, 40)}...` : written;
};

/**
 * The first of several keys that is stated; undefined where none is.
 *
 * @throws NotUnderstood where it holds no whole number above zero
 */
export function count(fields: Fields, ...names: readonly string[]): number | undefined {
  const name = names.find((candidate) => isStated(fields[candidate]));
  if (name === undefined) return undefined;
  const value = fields[name];
  if (isCount(value)) return value;
  throw new NotUnderstood(`${name} is ${shown(value)}, not a whole number above 0`);
}

/** @throws NotUnderstood where it is not stated */
export function needed(fields: Fields, ...names: readonly string[]): number {
  const value = count(fields, ...names);
  if (value === undefined) throw new NotUnderstood(`it states no ${names[0] ?? ''}`);
  return value;
}
