/** Turns a JSON Schema error into a sentence with a fix, and a misspelt word into a suggestion. */
import { distance } from 'fastest-levenshtein';
import type { ErrorObject } from './validators';

export interface Explanation {
  /** Segments from the document's root to the value at fault. */
  readonly path: readonly (string | number)[];
  /** True where the fault is the key itself, not its value. */
  readonly atKey: boolean;
  readonly message: string;
  readonly fix: string;
}

interface PropertySchema {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

/** The closest of the allowed words, when it is close enough to be a slip of the pen. */
export function suggest(word: string, allowed: readonly string[]): string | undefined {
  const ranked = allowed
    .map((candidate) => ({ candidate, steps: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.steps - b.steps);
  const best = ranked[0];
  return best !== undefined && best.steps <= Math.max(2, Math.floor(word.length / 3)) ? best.candidate : undefined;
}

/** `models[0].source.revision`; the empty path is the document itself. */
export const formatPath = (path: readonly (string | number)[]): string =>
  path.reduce<string>(
    (text, segment) =>
      typeof segment === 'number' ? `${text}[${String(segment)}]` : text === '' ? segment : `${text}.${segment}`,
    '',
  ) || '(document)';

const segmentsOf = (pointer: string): (string | number)[] =>
  pointer
    .split('/')
    .slice(1)
    .map((segment) => segment.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));

function kindOf(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return `${typeof value} ${JSON.stringify(value)}`;
}

/** As people call the types of JSON Schema. */
const FORMS: Readonly<Record<string, string>> = {
  array: 'a list: [ … ]',
  object: 'a mapping: { … }',
  string: 'a text, in quotes where YAML reads something else',
  integer: 'a whole number, without quotes',
  number: 'a number, without quotes',
  boolean: 'true or false',
};

const article = (type: string): string => (/^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`);

/** What belongs in a place: what its schema says in words, else its form. */
function formOf({ description, type, pattern, properties, enum: words }: PropertySchema): string {
  if (description !== undefined) return description;
  if (words !== undefined) return `allowed: ${words.map(String).join(', ')}`;
  if (pattern !== undefined) return `write a text of the form ${pattern}`;
  if (properties !== undefined) return `its keys: ${Object.keys(properties).join(', ')}`;
  return `write ${type === undefined ? 'a value of its form' : (FORMS[type] ?? article(type))}`;
}

/** One schema error as a person would put it; undefined for errors that only echo another one. */
export function explain(error: ErrorObject): Explanation | undefined {
  const path = segmentsOf(error.instancePath);
  const schema = (error.parentSchema ?? {}) as PropertySchema;
  const params = error.params as Record<string, unknown>;
  const fix = formOf(schema);
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = String(params['additionalProperty']);
      const allowed = Object.keys(schema.properties ?? {});
      const near = suggest(key, allowed);
      const keys = near === undefined ? `allowed keys: ${allowed.join(', ')}` : `did you mean "${near}"?`;
      return { path: [...path, key], atKey: true, message: `unknown key "${key}"`, fix: keys };
    }
    case 'required': {
      const key = String(params['missingProperty']);
      const property = schema.properties?.[key] as PropertySchema | undefined;
      const wanted = property?.description ?? `add ${key}`;
      return { path, atKey: false, message: `"${key}" is missing`, fix: wanted };
    }
    case 'type': {
      const type = String(params['type']);
      const message = `expected ${article(type)}, got ${kindOf(error.data)}`;
      // YAML reads 0.28 and a commit of digits alone as numbers.
      const unquoted = type === 'string' && typeof error.data === 'number';
      return { path, atKey: false, message, fix: unquoted ? `put it in quotes; ${fix}` : fix };
    }
    case 'enum': {
      const allowed = (params['allowedValues'] as unknown[]).map(String);
      const near = typeof error.data === 'string' ? suggest(error.data, allowed) : undefined;
      const words = `${near === undefined ? '' : `did you mean "${near}"? `}allowed: ${allowed.join(', ')}`;
      return { path, atKey: false, message: `${kindOf(error.data)} is not allowed`, fix: words };
    }
    case 'const':
      return {
        ...{ path, atKey: false, fix: `write ${String(params['allowedValue'])}` },
        message: `expected "${String(params['allowedValue'])}", got ${kindOf(error.data)}`,
      };
    case 'pattern':
      return {
        ...{ path, atKey: false, fix },
        message: `${kindOf(error.data)} does not match ${String(params['pattern'])}`,
      };
    case 'if':
      return undefined;
    default:
      return { path, atKey: false, message: `${kindOf(error.data)} ${error.message ?? 'is not valid'}`, fix };
  }
}
