/**
 * What constructs demand of their props, as data: every prop stands in the table of its construct, or it does not compile.
 *
 * Programs that are no TypeScript, and values that come from files, meet these checks first; the API server would refuse the
 * same only at the deployment.
 */
import { badInput } from '../../core/errors';
import { demandForm, demandPort, type TextForm } from '../../core/kubernetes-syntax';
import { parseOciReference } from '../../core/oci-reference';
import { parseQuantity } from '../../core/quantity';

/** @throws AirlockError (input) naming the place */
export type Check<T> = (value: T, where: string) => void;

/** A check for every prop; {@link optional} for those that may be left out. */
export type Checks<T> = { readonly [K in keyof T]-?: Check<T[K]> };

/** Checks each prop by itself. @throws AirlockError (input) naming construct and prop */
export function checkProps<T extends object>(construct: string, props: T, checks: Checks<T>): void {
  record(checks)(props, `${construct}:`);
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

const joined = (where: string, name: string): string => (where.endsWith(':') ? `${where} ${name}` : `${where}.${name}`);

/** An object with these fields; further ones are left alone. */
export const record =
  <T extends object>(checks: Checks<T>): Check<T> =>
  (value, where) => {
    if (!isObject(value)) throw badInput('CONSTRUCT_PROPS_INVALID', `${where} is ${String(value)}`, 'pass an object');
    for (const name of Object.keys(checks) as (keyof T & string)[]) checks[name](value[name], joined(where, name));
  };

export const optional =
  <T>(check: Check<T>): Check<T | undefined> =>
  (value, where) => {
    if (value !== undefined) check(value, where);
  };

export const list =
  <T>(check: Check<T>): Check<readonly T[]> =>
  (value, where) => {
    if (!Array.isArray(value)) throw badInput('CONSTRUCT_PROPS_INVALID', `${where} is no list`, 'pass a list');
    value.forEach((item: T, at) => check(item, `${where}[${at}]`));
  };

/** Of an object whose keys are data. */
export const map =
  <T>(key: Check<string>, item: Check<T>): Check<Readonly<Record<string, T>>> =>
  (value, where) => {
    if (!isObject(value)) throw badInput('CONSTRUCT_PROPS_INVALID', `${where} is ${String(value)}`, 'pass an object');
    for (const [name, one] of Object.entries(value)) {
      key(name, `a key of ${where}`);
      item(one, `${where}["${name}"]`);
    }
  };

export const form =
  (textForm: TextForm): Check<string> =>
  (value, where) =>
    demandForm(textForm, value, where);

export const port: Check<number> = demandPort;

/** One of a few words. */
export const oneOf =
  <T extends string>(...words: readonly T[]): Check<T> =>
  (value, where) => {
    if (!words.includes(value))
      throw badInput(
        'CONSTRUCT_PROPS_INVALID',
        `${where}: "${value}" is not known`,
        `write one of ${words.join(', ')}`,
      );
  };

/** Whole, and at least so much. */
export const wholeFrom =
  (least: number): Check<number> =>
  (value, where) => {
    if (Number.isSafeInteger(value) && value >= least) return;
    throw badInput(
      'CONSTRUCT_PROPS_INVALID',
      `${where} is ${String(value)}`,
      `write a whole number of at least ${least}`,
    );
  };

/** More than none of something, at most all of it. */
export const share: Check<number> = (value, where) => {
  if (typeof value === 'number' && value > 0 && value <= 1) return;
  throw badInput('CONSTRUCT_PROPS_INVALID', `${where} is ${String(value)}`, 'write a number above 0, at most 1');
};

export const quantity: Check<string> = (value, where) => {
  let number = NaN;
  try {
    number = parseQuantity(value);
  } catch {
    // Said below, with the place.
  }
  if (!(number >= 0))
    throw badInput('CONSTRUCT_PROPS_INVALID', `${where}: "${value}" is no quantity`, 'write e.g. 500m, 2, 16Gi');
};

/** `<registry>/<repository>@sha256:…`, as nothing else reaches a plan. */
export const lockedImage: Check<string> = (value, where) => {
  let digest: string | undefined;
  try {
    digest = parseOciReference(value).digest;
  } catch {
    // Said below, with the place.
  }
  if (digest === undefined || !value.includes('/'))
    throw badInput(
      'CONSTRUCT_PROPS_INVALID',
      `${where}: "${value}" names no digest`,
      'write <registry>/<repository>@sha256:…',
    );
};

/** What another function holds, or nobody needs to; `judge` says who, or why. */
export const heldBy = (judge: string): Check<unknown> & { readonly judge: string } =>
  Object.assign(() => undefined, { judge });
