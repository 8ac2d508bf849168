/** The tables in words: one row for each place of a request that a caller may write. */
import type { Fields, Shape } from './shape';

export interface Row {
  /** e.g. `messages[].content[].text`; of objects told apart by a field, with the word that tells: `messages[user]`. */
  readonly place: string;
  readonly takes: string;
  /** What happens to it where requests are redacted; absent where it is a word of a list, or true and false. */
  readonly redacted?: string;
}

const TAKES: Partial<Record<Shape['is'], string>> = {
  text: 'text',
  name: 'word',
  number: 'number',
  integer: 'integer',
  boolean: 'true, false',
  data: '`data:…`',
  json: 'JSON',
  weights: 'numbers by token',
  nothing: 'nothing',
  ignored: 'anything; dropped',
};

function redactedAs(shape: Shape): Pick<Row, 'redacted'> {
  if (shape.unless === 'requests-are-redacted') return { redacted: 'refused' };
  if (shape.unless === 'answers-are-redacted') return { redacted: 'refused where answers are redacted' };
  if (shape.is === 'text')
    return { redacted: shape.read === 'filter' ? 'as the workflow says, by the filter' : 'as the workflow says' };
  if (shape.is === 'json') return { redacted: 'texts as the workflow says; a match in names and numbers is refused' };
  return ['name', 'integer', 'number', 'weights'].includes(shape.is) ? { redacted: 'a match is refused' } : {};
}

function rows(shape: Shape, place: string): Row[] {
  switch (shape.is) {
    case 'list':
      return rows(shape.of, `${place}[]`);
    case 'either':
      return shape.of.flatMap((one) => rows(one, place));
    case 'object':
      return Object.entries(shape.fields).flatMap(([name, one]) => rows(one, `${place}.${name}`));
    case 'kind':
      return Object.entries(shape.of).flatMap(([name, { fields }]) => {
        const at = place.endsWith('[]') ? `${place.slice(0, -2)}[${name}]` : `${place}(${name})`;
        const own = Object.entries(fields).filter(([field]) => field !== shape.by);
        return own.length === 0
          ? [{ place: at, takes: 'no more' }]
          : own.flatMap(([field, one]) => rows(one, `${at}.${field}`));
      });
    case 'choice':
      return [{ place, takes: shape.of.map((one) => `\`${String(one)}\``).join(', ') }];
    default:
      return [{ place, takes: TAKES[shape.is] ?? shape.is, ...redactedAs(shape) }];
  }
}

/** Rows of an interface, in the order of its table. */
export const describeFields = (fields: Fields): Row[] =>
  Object.entries(fields).flatMap(([name, shape]) => rows(shape, name));
