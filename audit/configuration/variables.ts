/** Environment variables of a container that configure its program. */
import { at, entriesOf, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { Complaint } from '../rules/rule';
import type { Fault, Reader } from './fault';
import { broken, strange } from './fault';
import type { Program } from './program';

/** What a variable may be: a text that a reader knows, or a key of a Secret. */
export type VariableReader = { readonly text: Reader } | { readonly secret: string };

export interface Variables {
  readonly needed: Readonly<Record<string, VariableReader>>;
  readonly optional?: Readonly<Record<string, VariableReader>>;
}

/** A value that is read by its text. */
export const text = (reader: Reader): VariableReader => ({ text: reader });
/** A value that lies in a Secret, under this key. */
export const secret = (key: string): VariableReader => ({ secret: key });

interface Found {
  readonly name: string;
  readonly node: PlanNode;
}

const variablesOf = ({ container }: Program): Found[] =>
  itemsOf(at(container.node, 'env')).map((node) => ({ name: textOf(at(node, 'name')) ?? '', node }));

const aboutVariable = ({ node, name }: Found, faults: readonly Fault[]): Complaint[] =>
  faults.map(({ message, fix, value, unknown, lacks }) => ({
    check: unknown === true ? 'unknown' : 'promise',
    message: `${name}: ${message}`,
    fix,
    where: node.where,
    ...(value === undefined ? {} : { value }),
    ...(unknown === true ? { unproven: true } : {}),
    ...(lacks === undefined ? {} : { lacks }),
  }));

/** A Secret is named, never optional: a program without its key may start without a lock. */
function secretFaults({ node }: Found, key: string): Fault[] {
  const reference = at(node, 'valueFrom', 'secretKeyRef');
  const others = [
    ...entriesOf(node).filter(([field]) => field !== 'name' && field !== 'valueFrom'),
    ...entriesOf(at(node, 'valueFrom')).filter(([field]) => field !== 'secretKeyRef'),
    ...entriesOf(reference).filter(([field]) => field !== 'name' && field !== 'key'),
  ];
  if (reference === undefined || textOf(at(reference, 'name')) === undefined || others.length > 0)
    return [broken('', 'the value is no key of a Secret alone', 'take it from a Secret by name and key')];
  return textOf(at(reference, 'key')) === key
    ? []
    : [broken('', 'it is another key of the Secret', `name the key "${key}"`, textOf(at(reference, 'key')))];
}

function textFaults({ node }: Found, reader: Reader): readonly Fault[] {
  const value = textOf(at(node, 'value')) ?? '';
  const others = entriesOf(node).filter(([field]) => field !== 'name' && field !== 'value');
  if (others.length > 0) return [strange('', 'the value lies elsewhere', 'write it here')];
  // The kubelet replaces $(NAME) by other variables.
  return value.includes('$(')
    ? [strange('', 'the value depends on other variables', 'write it out', value)]
    : reader(value, '');
}

/** Complaints about all variables of a container: each known, each once, none missing. */
export function variableComplaints(program: Program, { needed, optional = {} }: Variables): Complaint[] {
  const found = variablesOf(program);
  const known: Readonly<Record<string, VariableReader>> = { ...needed, ...optional };
  const sources = itemsOf(at(program.container.node, 'envFrom'));
  const missing = Object.keys(needed).filter((name) => !found.some((one) => one.name === name));
  return [
    ...found.flatMap((one) => {
      const reader = Object.hasOwn(known, one.name) ? known[one.name] : undefined;
      if (reader === undefined)
        return aboutVariable(one, [strange('', 'nobody knows what this variable does', 'remove it')]);
      if (found.filter(({ name }) => name === one.name).length > 1)
        return aboutVariable(one, [strange('', 'the variable stands twice', 'write it once')]);
      return aboutVariable(one, 'secret' in reader ? secretFaults(one, reader.secret) : textFaults(one, reader.text));
    }),
    ...missing.map((name): Complaint => ({
      check: 'promise',
      message: `the variable ${name} is missing`,
      fix: 'set it',
      where: program.container.node.where,
    })),
    ...sources.map((node): Complaint => ({
      check: 'unknown',
      message: 'something else decides which variables there are',
      fix: 'write the variables out',
      where: node.where,
      unproven: true,
    })),
  ];
}

/** A whole number written as text. */
export const digits =
  (least: number, most: number): Reader =>
  (value, pointer) =>
    typeof value === 'string' && /^\d+(?:\.\d+)?$/.test(value) && Number(value) >= least && Number(value) <= most
      ? []
      : [strange(pointer, 'the number is out of what is known', `write ${String(least)} to ${String(most)}`, value)];

/** A name of a user or database. */
export const word: Reader = (value, pointer) =>
  typeof value === 'string' && /^[a-z][a-z0-9_]*$/.test(value)
    ? []
    : [strange(pointer, 'this is no plain name', 'write lower-case letters, digits and underscores', value)];
