/** What the values of an engine's further arguments may look like. */

/** The form of one value. */
export interface ValueForm {
  /** For messages, e.g. `a number`. */
  readonly wanted: string;
  readonly takes: (value: string) => boolean;
}

/** How an argument takes its value: not at all, as one word, or as every word up to the next argument. */
export type ArgumentForm = 'switch' | ValueForm | { readonly each: ValueForm };

/** Further arguments of an engine: flag → form of its value. */
export type ArgumentForms = Readonly<Record<string, ArgumentForm>>;

const matching = (pattern: RegExp, wanted: string): ValueForm => ({ wanted, takes: (value) => pattern.test(value) });

export const COUNT = matching(/^\d{1,12}$/, 'a whole number');
/** Where -1 stands for "no bound" or "decide yourself". */
export const COUNT_OR_LESS = matching(/^-?\d{1,12}$/, 'a whole number');
export const NUMBER = matching(/^-?\d{1,12}(?:\.\d{1,9})?$/, 'a number');
/** vLLM and SGLang, "human_readable_int": 1k is 1000, 1K is 1024. */
export const TOKENS = matching(
  /^\d{1,12}(?:\.\d{1,6})?[kKmMgG]?$/,
  'a number, with k or K behind it where it is large',
);
export const COUNTS = matching(/^\d{1,12}(?:,\d{1,12})*$/, 'whole numbers with commas between');
export const NUMBERS = matching(/^\d{1,12}(?:\.\d{1,9})?(?:,\d{1,12}(?:\.\d{1,9})?)*$/, 'numbers with commas between');

/** One of these words alone. */
export const oneOf = (...words: readonly string[]): ValueForm => ({
  wanted: words.join(', '),
  takes: (value) => words.includes(value),
});

const KEY = /^[a-z][a-z0-9_]{0,62}$/;

/** A JSON object of names with values of one kind; no texts, which could be paths, addresses or templates. */
const jsonOf = (wanted: string, isValue: (value: unknown) => boolean): ValueForm => ({
  wanted,
  takes: (text) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      return false;
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    return Object.entries(value).every(([key, entry]) => KEY.test(key) && isValue(entry));
  },
});

export const JSON_COUNTS = jsonOf(
  'JSON like {"image": 2}',
  (value) => Number.isSafeInteger(value) && Number(value) >= 0,
);
export const JSON_SWITCHES = jsonOf('JSON like {"enable_thinking": false}', (value) => typeof value === 'boolean');

/** Every spelling of a switch that can be turned on and off. */
export const switches = (...flags: readonly string[]): ArgumentForms =>
  Object.fromEntries(flags.map((flag) => [flag, 'switch']));
