/**
 * Readers of configuration documents: each knows the values that are good, and the rest is a fault. A document is read whole,
 * so that a key which nobody reads cannot stand in it.
 */
import { canonicalJson } from '../../core/canonical-json';
import { escapeSegment } from '../plan/node';
import { broken, type Fault, type Reader, shownValue, strange } from './fault';

/** Pointer of a value below another. */
export const under = (pointer: string, segment: string | number): string => `${pointer}/${escapeSegment(segment)}`;

export type Json = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value at a path of keys; undefined where there is none. */
export const dig = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>((current, key) => {
    if (Array.isArray(current)) return (current as unknown[])[Number(key)];
    return isObject(current) && Object.hasOwn(current, key) ? current[key] : undefined;
  }, value);

/** Items of a list; none where it is no list, which a reader of its form reports. */
export const listAt = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = dig(value, ...path);
  return Array.isArray(found) ? found : [];
};

/** A text; empty where it is none, which a reader of its form reports. */
export const textAt = (value: unknown, ...path: readonly (string | number)[]): string => {
  const found = dig(value, ...path);
  return typeof found === 'string' ? found : '';
};

/** Texts of a list. */
export const textsAt = (value: unknown, ...path: readonly (string | number)[]): readonly string[] =>
  listAt(value, ...path).filter((item) => typeof item === 'string');

const same = (one: unknown, other: unknown): boolean => {
  try {
    return canonicalJson(one).equals(canonicalJson(other));
  } catch {
    // A number that no JSON has.
    return false;
  }
};

/** Whether two lists of texts hold the same, in any order, each once. */
export const sameTexts = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && new Set(one).size === one.length && one.every((text) => other.includes(text));

/** Exactly one value. */
export const exactly =
  (wanted: unknown, why: string): Reader =>
  (value, pointer) =>
    same(value, wanted) ? [] : [broken(pointer, why, `write ${shownValue(JSON.stringify(wanted))}`, value)];

/** The same without the value in what is found: it may be a secret that should not stand there. */
export const withheld =
  (reader: Reader): Reader =>
  (value, pointer) =>
    reader(value, pointer).map(({ pointer: place, message, fix, unknown }) => ({
      ...{ pointer: place, message, fix },
      ...(unknown === undefined ? {} : { unknown }),
    }));

/** One of several values. */
export const oneOf =
  (wanted: readonly unknown[], why: string): Reader =>
  (value, pointer) =>
    wanted.some((one) => same(value, one))
      ? []
      : [broken(pointer, why, `write ${wanted.map((one) => JSON.stringify(one)).join(' or ')}`, value)];

/** A whole number within bounds. */
export const whole =
  (least: number, most: number): Reader =>
  (value, pointer) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? []
      : [strange(pointer, 'the number is out of what is known', `write ${String(least)} to ${String(most)}`, value)];

const UNIT_SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };

/** Seconds of a duration with one unit, as Go and Rust read it; undefined for any other text. */
export function secondsOf(value: unknown): number | undefined {
  const [, count, unit = ''] = /^(\d+)(ms|s|m|h)$/.exec(typeof value === 'string' ? value : '') ?? [];
  return count === undefined ? undefined : Number(count) * (UNIT_SECONDS[unit] ?? 0);
}

/** A duration within bounds. */
export const duration =
  (least: number, most: number): Reader =>
  (value, pointer) => {
    const seconds = secondsOf(value);
    if (seconds !== undefined && seconds >= least && seconds <= most) return [];
    return [strange(pointer, 'the time is out of what is known', `write ${least}s to ${most}s`, value)];
  };

/** Any text that no program expands: it is shown to people, or names something inside the document. */
export const plainText: Reader = (value, pointer) =>
  typeof value === 'string' && value !== '' && !value.includes('$')
    ? []
    : [strange(pointer, 'this is no plain text', 'write a text without "$"', value)];

/** What a reader of the whole document judges: here it may stand. */
export const elsewhere: Reader = () => [];

/** A list, each item of which is read; never empty. */
export const listOf =
  (item: Reader): Reader =>
  (value, pointer) =>
    Array.isArray(value) && value.length > 0
      ? value.flatMap((one: unknown, at) => item(one, under(pointer, at)))
      : [strange(pointer, 'this is no list with something in it', 'write a list', value)];

/** A list with one item. */
export const oneItem =
  (item: Reader): Reader =>
  (value, pointer) =>
    Array.isArray(value) && value.length === 1
      ? item(value[0], under(pointer, 0))
      : [strange(pointer, 'there should be one', 'write one', value)];

/** Texts in any order, each once. */
export const textsOf =
  (wanted: readonly string[], why: string): Reader =>
  (value, pointer) =>
    Array.isArray(value) && value.every((one) => typeof one === 'string') && sameTexts(value, wanted)
      ? []
      : [broken(pointer, why, `write ${shownValue(JSON.stringify(wanted))}`, value)];

/** What must be in an object, and what may. */
export interface Fields {
  readonly needed: Readonly<Record<string, Reader>>;
  readonly optional?: Readonly<Record<string, Reader>>;
}

/** An object whose keys are all known. */
export const object =
  ({ needed, optional = {} }: Fields): Reader =>
  (value, pointer): readonly Fault[] => {
    if (!isObject(value)) return [strange(pointer, 'this is no object', 'write an object')];
    const readers: Readonly<Record<string, Reader>> = { ...needed, ...optional };
    const missing = Object.keys(needed)
      .filter((key) => !Object.hasOwn(value, key))
      .map((key) => broken(pointer, `"${key}" is missing`, `write "${key}"`));
    const found = Object.entries(value).flatMap(([key, item]) => {
      const reader = Object.hasOwn(readers, key) ? readers[key] : undefined;
      const place = under(pointer, key);
      if (reader === undefined) return [strange(place, `nobody knows what "${key}" does here`, 'remove it')];
      return reader(item, place);
    });
    return [...missing, ...found];
  };

/** An object with these keys, all needed. */
export const record = (needed: Readonly<Record<string, Reader>>): Reader => object({ needed });
