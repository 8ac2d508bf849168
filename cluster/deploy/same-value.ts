/**
 * Whether what Terraform plans for a resource is what a configuration states, and no more. Providers turn blocks into lists of one
 * and fill in defaults that are known; a value that is stated stays.
 */
import { parseQuantity } from '../../core/quantity';
import { decodeTemplate } from '../../core/terraform-template';
import { isUnset, mayBeFilledIn } from './filled-in';

type Raw = Readonly<Record<string, unknown>>;

/** A value that differs, by its path inside of the resource. */
export interface Difference {
  readonly path: string;
  readonly why: string;
}

interface Place {
  readonly type: string;
  /** With positions in lists, for people. */
  readonly path: string;
  /** Keys alone. */
  readonly keys: string;
}

const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);
const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
const join = (path: string, key: string | number): string => (path === '' ? String(key) : `${path}.${String(key)}`);
const own = (value: unknown, key: string): unknown =>
  isRaw(value) && Object.hasOwn(value, key) ? value[key] : undefined;
const at = (value: unknown, index: number): unknown => (isList(value) ? value[index] : undefined);
const inside = ({ type, path, keys }: Place, key: string): Place => ({
  type,
  path: join(path, key),
  keys: join(keys, key),
});
const element = ({ type, path, keys }: Place, index: number): Place => ({ type, path: join(path, index), keys });

/** Lists of which the provider makes sets: their order is its own. */
const SETS = /(?:^|\.)(?:access_modes|scopes)$/;
/** Where the API server writes quantities in its own way: 0.5 is 500m. */
const QUANTITIES =
  /(?:^|\.)(?:hard|requests|limits|capacity|default|default_request|min|max)\.[^.]+$|(?:^|\.)size_limit$/;
/** Sums of binary fractions. */
const ROUNDING = 1e-9;

function sameQuantity(stated: string, planned: string): boolean {
  try {
    const [one, other] = [parseQuantity(stated), parseQuantity(planned)];
    return Math.abs(one - other) <= ROUNDING * Math.max(Math.abs(one), Math.abs(other));
  } catch {
    return false;
  }
}

/** 53 is "53" where a provider's argument is a text; an empty text is none. */
function sameText(stated: boolean | number | string, planned: unknown, { keys }: Place): boolean {
  if (stated === '' && (planned === null || planned === undefined)) return true;
  if (typeof planned !== 'string' && typeof planned !== 'number' && typeof planned !== 'boolean') return false;
  const [one, other] = [`${stated}`, `${planned}`];
  return one === other || (QUANTITIES.test(keys) && sameQuantity(one, other));
}

function scalar(stated: boolean | number | string, planned: unknown, unknown: unknown, place: Place): Difference[] {
  const { path } = place;
  const template = typeof stated === 'string' ? decodeTemplate(stated) : undefined;
  // What an expression comes to is Terraform's to say; that it may stand there, the audit has said.
  if (template !== undefined && template.expressions.length > 0) return [];
  const text = template !== undefined && 'text' in template ? template.text : stated;
  if (unknown === true) return [{ path, why: 'is stated, and Terraform plans a value that nobody knows yet' }];
  return sameText(text, planned, place) ? [] : [{ path, why: 'is planned with another value than is stated' }];
}

function list(stated: readonly unknown[], planned: readonly unknown[], unknown: unknown, place: Place): Difference[] {
  const { path, keys } = place;
  if (stated.length !== planned.length) {
    const [before, now] = [String(stated.length), String(planned.length)];
    return [{ path, why: `has ${now} elements in the plan of Terraform, and ${before} are stated` }];
  }
  const order = (values: readonly unknown[]): readonly unknown[] => (SETS.test(keys) ? [...values].sort() : values);
  const [left, right] = [order(stated), order(planned)];
  return left.flatMap((one, index) => differencesAt(one, right[index], at(unknown, index), element(place, index)));
}

function object(stated: Raw, planned: Raw, unknown: unknown, place: Place): Difference[] {
  const keys = [...new Set([...Object.keys(stated), ...Object.keys(planned)])].filter((key) => key !== '//');
  return keys.flatMap((key) =>
    differencesAt(own(stated, key), own(planned, key), own(unknown, key), inside(place, key)),
  );
}

function differencesAt(stated: unknown, planned: unknown, unknown: unknown, place: Place): Difference[] {
  const { type, path, keys } = place;
  if (stated === null || stated === undefined) {
    return mayBeFilledIn(type, keys, planned) ? [] : [{ path, why: 'is planned, and nobody stated it' }];
  }
  if (unknown === true && typeof stated === 'object')
    return [{ path, why: 'is stated, and Terraform plans what nobody knows yet' }];
  if (isRaw(stated)) {
    // A block is a list of one.
    if (isList(planned) && planned.length === 1) return differencesAt(stated, planned[0], at(unknown, 0), place);
    if (isRaw(planned)) return object(stated, planned, unknown, place);
    return [{ path, why: 'is stated, and Terraform plans without it' }];
  }
  if (isList(stated)) {
    if (isList(planned)) return list(stated, planned, unknown, place);
    if (stated.length === 1 && isRaw(planned)) return differencesAt(stated[0], planned, unknown, place);
    return stated.length === 0 && isUnset(planned)
      ? []
      : [{ path, why: 'is stated, and Terraform plans something else' }];
  }
  return scalar(stated as boolean | number | string, planned, unknown, place);
}

/**
 * Where a planned value is not the stated one, or more than it; empty where it is.
 *
 * @param type of the resource
 * @param stated arguments of the resource, without those of Terraform itself
 * @param planned as `after` has it
 * @param unknown what of it is known only once it is applied (`after_unknown`): true, or an object or list of such
 */
export const differences = (type: string, stated: Raw, planned: unknown, unknown: unknown): Difference[] =>
  object(stated, isRaw(planned) ? planned : {}, unknown, { type, path: '', keys: '' });
