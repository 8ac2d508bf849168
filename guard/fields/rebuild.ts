/**
 * A value built anew from a table: nothing passes because it is not known to be bad. The shapes are those of
 * gateway/fields/shape.ts; requests and answers differ in what happens to what no table has, and to texts.
 */
import type { Fields, Shape, Unless } from '../../gateway/fields';
import { isObject, type JsonObject } from '../json/read-body';

/** Where a value stands. */
export interface Where {
  /** As messages name it, e.g. `messages[0].content`; names that cannot be shown are not. */
  readonly at: string;
  /** The same for every element of a list, e.g. `choices[].delta.content`. */
  readonly place: string;
  /** Names and indices from the top. */
  readonly path: readonly (string | number)[];
  /** The numbers by which pieces of a stream belong together, of all objects around it: choice, then tool. */
  readonly identity: readonly number[];
}

/** What happens to the parts of a value. Each throws a `Refusal` where the call ends with it. */
export interface Rules {
  /** A field that the table has not; it is dropped where this returns. */
  readonly unknown: (where: Where, allowed: readonly string[]) => void;
  /** A value of another type or form than the table says. */
  readonly wrong: (where: Where, expected: string) => never;
  /** Where a listed field is not allowed; it is dropped where `refused` returns. */
  readonly closed: ReadonlySet<Unless>;
  readonly refused: (where: Where, why: Unless) => void;
  /** A text, as it may go on. */
  readonly text: (value: string, where: Where) => string;
  /** What cannot be masked: words that others refer to, names and numbers in JSON. */
  readonly exact: (text: string, where: Where) => void;
  /** A number of a field. */
  readonly number: (value: number, where: Where) => void;
  /** Parts that engines put together: what two neighbors make together. */
  readonly together: (texts: readonly string[], where: Where) => void;
  /** Whether what comes in pieces has to say which text it belongs to. @default false */
  readonly demandsIdentity?: boolean;
  /** Whether a name may stand in messages. */
  readonly isShown: (name: string) => boolean;
}

/** Fields whose number tells which choice, item or call of a tool a piece belongs to. */
const IDENTITY = ['index', 'output_index', 'content_index', 'summary_index'];
/** In whole answers engines leave numbers out. */
const NOT_NUMBERED = -1;
/** No label, and no value behind one, is longer. */
const LONGEST_LABEL = 80;
const HIDDEN = '(a name that is not repeated here)';
const NAME = /^[^\s<>|\\"]{1,256}$/u;
const DATA = /^data:[^\s"]*$/;
const TOKEN = /^[0-9]{1,9}$/;
/** As the value of a field that is left out. */
const DROPPED = Symbol('dropped');

const EXPECTED: Readonly<Record<Exclude<Shape['is'], 'choice' | 'either'>, string>> = {
  text: 'a text',
  name: 'a word without spaces',
  number: 'a number',
  integer: 'an integer',
  boolean: 'true or false',
  data: 'data:… with the bytes in place; no address is fetched',
  json: 'JSON',
  weights: 'an object of numbers by token id',
  nothing: 'nothing, or no field at all',
  ignored: 'anything',
  list: 'a list',
  object: 'an object',
  kind: 'an object',
};

function wanted(shape: Shape): string {
  if (shape.is === 'choice') return `one of: ${shape.of.map(String).join(', ')}`;
  if (shape.is === 'either') return [...new Set(shape.of.map(wanted))].join(' or ');
  return EXPECTED[shape.is];
}

/** Whether the JSON type of a value is that of a shape. */
function hasType(shape: Shape, value: unknown): boolean {
  switch (shape.is) {
    case 'text':
    case 'name':
    case 'data':
      return typeof value === 'string';
    case 'object':
    case 'kind':
    case 'weights':
      return isObject(value);
    case 'list':
      return Array.isArray(value);
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'choice':
      return shape.of.some((one) => typeof one === typeof value);
    case 'nothing':
      return (Array.isArray(value) || isObject(value)) && Object.keys(value).length === 0;
    case 'either':
      return shape.of.some((one) => hasType(one, value));
    case 'json':
    case 'ignored':
      return true;
  }
}

const TOP: Where = { at: '', place: '', path: [], identity: [] };

class Rebuilding {
  public constructor(private readonly rules: Rules) {}

  public whole(shape: Shape, value: JsonObject): JsonObject {
    return this.value(shape, value, TOP) as JsonObject;
  }

  private fields(value: JsonObject, fields: Fields, outer: Where): JsonObject {
    const where = this.identified(value, fields, outer);
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, item]): [string, unknown][] => {
        const here = this.below(where, name);
        const shape = Object.hasOwn(fields, name) ? fields[name] : undefined;
        if (shape === undefined) {
          this.rules.unknown(here, Object.keys(fields).sort());
          return [];
        }
        const made = this.value(shape, item, here);
        return made === DROPPED ? [] : [[name, made]];
      }),
    );
  }

  /** By the numbers that the table has for this object; what is dropped tells nothing. */
  private identified(value: JsonObject, fields: Fields, where: Where): Where {
    const own = IDENTITY.filter((name) => Object.hasOwn(fields, name)).map((name) => {
      const number = value[name];
      if (typeof number === 'number' && number >= 0) return number;
      if (this.rules.demandsIdentity === true) this.rules.wrong(this.below(where, name), 'the number of its text');
      return NOT_NUMBERED;
    });
    return own.length === 0 ? where : { ...where, identity: [...where.identity, ...own] };
  }

  private below(where: Where, step: string | number): Where {
    const path = [...where.path, step];
    if (typeof step === 'number') return { ...where, path, at: `${where.at}[${step}]`, place: `${where.place}[]` };
    const shown = this.rules.isShown(step) ? step : HIDDEN;
    const join = (before: string, name: string): string => (before === '' ? name : `${before}.${name}`);
    return { ...where, path, at: join(where.at, shown), place: join(where.place, step) };
  }

  private value(shape: Shape, value: unknown, where: Where): unknown {
    if (shape.unless !== undefined && this.rules.closed.has(shape.unless)) {
      this.rules.refused(where, shape.unless);
      return DROPPED;
    }
    if (value === null) return shape.is === 'nothing' || shape.is === 'ignored' ? DROPPED : null;
    if (!hasType(shape, value)) this.rules.wrong(where, wanted(shape));
    if (shape.is === 'either') return this.value(shape.of.find((one) => hasType(one, value)) ?? shape, value, where);
    return this.typed(shape, value, where);
  }

  /** Of a value whose JSON type is that of the shape. */
  private typed(shape: Exclude<Shape, { is: 'either' }>, value: unknown, where: Where): unknown {
    switch (shape.is) {
      case 'text':
        // Bytes in Base64: where they may come, nobody reads them.
        return shape.unless === 'requests-are-redacted' ? value : this.rules.text(value as string, where);
      case 'name':
        if (!NAME.test(value as string)) this.rules.wrong(where, wanted(shape));
        this.rules.exact(value as string, where);
        return value;
      case 'number':
      case 'integer':
        this.rules.number(value as number, where);
        return value;
      case 'boolean':
        return value;
      case 'choice':
        if (!shape.of.includes(value as string | boolean)) this.rules.wrong(where, wanted(shape));
        return value;
      case 'data':
        if (!DATA.test(value as string)) this.rules.wrong(where, wanted(shape));
        return value;
      case 'weights':
        return this.weights(value as JsonObject, where);
      case 'json':
        return this.json(value, where);
      case 'nothing':
      case 'ignored':
        return DROPPED;
      case 'list':
        return this.list(shape, value as readonly unknown[], where);
      case 'object':
        return this.fields(value as JsonObject, shape.fields, where);
      case 'kind': {
        const { [shape.by]: name = shape.otherwise } = value as JsonObject;
        const one = typeof name === 'string' && Object.hasOwn(shape.of, name) ? shape.of[name] : undefined;
        const kinds = Object.keys(shape.of).sort().join(', ');
        if (one === undefined) return this.rules.wrong(this.below(where, shape.by), `one of: ${kinds}`);
        return this.fields(value as JsonObject, one.fields, where);
      }
    }
  }

  private weights(value: JsonObject, where: Where): JsonObject {
    for (const [token, weight] of Object.entries(value)) {
      if (!TOKEN.test(token) || typeof weight !== 'number') this.rules.wrong(where, EXPECTED.weights);
      this.rules.exact(token, where);
      this.rules.exact(String(weight), where);
    }
    return value;
  }

  private list(shape: Extract<Shape, { is: 'list' }>, value: readonly unknown[], where: Where): unknown[] {
    if (shape.of.is === 'number') return this.vector(value, where);
    const built = value.map((item, at) => {
      const here = this.below(where, at);
      // Nothing stands in a list without being something.
      if (item === null) this.rules.wrong(here, wanted(shape.of));
      return this.value(shape.of, item, here);
    });
    if (shape.together !== undefined) {
      const { together } = shape;
      const texts = built.map((item) => (isObject(item) ? item[together] : undefined));
      this.rules.together(
        texts.filter((text) => typeof text === 'string'),
        where,
      );
    }
    return built;
  }

  /** A list of numbers may be long: its elements have no place of their own. */
  private vector(value: readonly unknown[], where: Where): unknown[] {
    for (const item of value) {
      if (typeof item !== 'number') this.rules.wrong(where, 'numbers');
      this.rules.number(item, where);
    }
    return [...value];
  }

  private json(value: unknown, where: Where): unknown {
    if (typeof value === 'string') return this.rules.text(value, where);
    if (typeof value === 'number') this.rules.exact(String(value), where);
    if (Array.isArray(value)) {
      this.neighbors(value, where);
      return value.map((item, at) => this.json(item, this.below(where, at)));
    }
    if (!isObject(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, item]) => {
        const here = this.below(where, name);
        this.rules.exact(name, here);
        this.neighbors([name, item], here);
        return [name, this.json(item, here)];
      }),
    );
  }

  /** A name and its value, or items beside each other: a label tells what a number is. */
  private neighbors(values: readonly unknown[], where: Where): void {
    const texts = values.map((item) => (typeof item === 'number' ? String(item) : item));
    for (const [at, text] of texts.entries()) {
      const next = texts[at + 1];
      if (typeof text === 'string' && typeof next === 'string' && text.length <= LONGEST_LABEL)
        this.rules.together([text, next.slice(0, LONGEST_LABEL)], where);
    }
  }
}

/** @param shape of an object @throws Refusal where the rules say so */
export const rebuilt = (value: JsonObject, shape: Shape, rules: Rules): JsonObject =>
  new Rebuilding(rules).whole(shape, value);
