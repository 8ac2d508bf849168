/** Statements of the Collector's transform processor (opentelemetry-collector-contrib pkg/ottl), before and after redaction. */
import type { RedactionPattern } from '../../catalog/redaction';
import { RENAMED_ATTRIBUTES } from './genai-attributes';

/** One `trace_statements` entry: statements over one kind of object. */
export interface StatementGroup {
  readonly context: 'resource' | 'scope' | 'span' | 'spanevent';
  readonly statements: readonly string[];
}

/** Words between separators of a key that name headers, cookies and credentials; `gen_ai.usage.input_tokens` has none of them. */
const SECRET_WORDS = [
  'headers?',
  'cookies?',
  'authorization',
  'bearer',
  'passw(?:or)?d',
  'secret',
  'credentials?',
  'api[-_]?key',
  'private[-_]key',
  '(?:access|refresh|id|session|csrf)[-_]token',
];
const SECRET_KEY = `(?i)(?:^|[._-])(?:${SECRET_WORDS.join('|')})(?:$|[._-])`;

/**
 * Keys that hold data: redaction looks at values alone. Names of attributes are words of letters and digits with dots and
 * underscores (semantic-conventions docs/general/naming.md); an address has an `@`, and a number six digits and more.
 */
const DATA_KEY = '[^0-9A-Za-z_./-]|(?:[0-9][^0-9]*){6}';

/** OTTL strings are those of Go: JSON writes the same escapes. */
const text = (value: string): string => JSON.stringify(value);

/** Attributes in which texts outside of attributes pass the redaction, which sees attributes alone. */
const CARRIER = { name: 'airlock.carried.name', message: 'airlock.carried.message' } as const;

const dropKeys = (attributes: string): string[] =>
  [SECRET_KEY, DATA_KEY].map((pattern) => `delete_matching_keys(${attributes}, ${text(pattern)})`);

const rename = ({ old, current }: { readonly old: string; readonly current: string }): string[] => {
  const [from, to] = [`span.attributes[${text(old)}]`, `span.attributes[${text(current)}]`];
  return [`set(${to}, ${from}) where ${to} == nil and ${from} != nil`, `delete_key(span.attributes, ${text(old)})`];
};

const carry = (path: string, carrier: string): string => {
  const attributes = path.startsWith('spanevent') ? 'spanevent.attributes' : 'span.attributes';
  return `set(${attributes}[${text(carrier)}], ${path})`;
};

const putBack = (path: string, carrier: string): string[] => {
  const attributes = path.startsWith('spanevent') ? 'spanevent.attributes' : 'span.attributes';
  return [`set(${path}, ${attributes}[${text(carrier)}])`, `delete_key(${attributes}, ${text(carrier)})`];
};

/** Drops what no store should get: keys of headers, cookies and credentials, keys that are data, and the senders' trace state. */
export const DROPPING: readonly StatementGroup[] = [
  { context: 'resource', statements: dropKeys('resource.attributes') },
  { context: 'scope', statements: dropKeys('scope.attributes') },
  { context: 'span', statements: [...dropKeys('span.attributes'), 'set(span.trace_state, "")'] },
  { context: 'spanevent', statements: dropKeys('spanevent.attributes') },
];

/** Gives attributes their current names; a value that is there under the current name already wins. */
export const NORMALIZING: readonly StatementGroup[] = [
  {
    context: 'span',
    statements: [
      ...RENAMED_ATTRIBUTES.flatMap(rename),
      // OpenInference, which stores show, has one name for the person; gateways have the other.
      'set(span.attributes["user.id"], span.attributes["enduser.id"]) where span.attributes["user.id"] == nil and span.attributes["enduser.id"] != nil',
    ],
  },
];

/**
 * Writes characters that patterns look for as themselves, where JSON has them as escapes: Python writes `Numéro` as
 * `Num\u00e9ro`, and no label would be found. JSON within JSON has several backslashes before the `u`.
 */
export function decoding(patterns: readonly RedactionPattern[]): StatementGroup[] {
  const characters = new Set(patterns.flatMap(({ pattern }) => pattern.match(/[^\0-\x7f]/gu) ?? []));
  const replacing = (attributes: string): string[] =>
    [...characters].sort().map((character) => {
      const code = character.charCodeAt(0).toString(16).padStart(4, '0');
      return `replace_all_patterns(${attributes}, "value", ${text(`(?i)\\\\+u${code}`)}, ${text(character)})`;
    });
  return [
    { context: 'resource', statements: replacing('resource.attributes') },
    { context: 'span', statements: replacing('span.attributes') },
    { context: 'spanevent', statements: replacing('spanevent.attributes') },
  ];
}

/** Lets names of spans and events and the status message pass the redaction as attributes. */
export const CARRYING: readonly StatementGroup[] = [
  {
    context: 'span',
    statements: [carry('span.name', CARRIER.name), carry('span.status.message', CARRIER.message)],
  },
  { context: 'spanevent', statements: [carry('spanevent.name', CARRIER.name)] },
];

/** Puts them back after it. */
export const PUTTING_BACK: readonly StatementGroup[] = [
  {
    context: 'span',
    statements: [...putBack('span.name', CARRIER.name), ...putBack('span.status.message', CARRIER.message)],
  },
  { context: 'spanevent', statements: putBack('spanevent.name', CARRIER.name) },
];
