/** A command line held against a program's closed lists. */
import { canonicalJson } from '../../core/canonical-json';
import { digestOf } from '../../core/digest';
import { at, itemsOf, textOf } from '../plan/access';
import type { PlanNode } from '../plan/node';
import type { Complaint } from '../rules/rule';
import type { Option, Program } from './program';
import type { ProgramScope, Reader } from './reader';

const FIX = 'leave it out, or write what docs/engines.md and docs/contracts.md say of it';

/** Check of complaints about weights, which are those of AIR-WGT-2. */
export const WEIGHTS_CHECK = 'unverified-path';

interface Word {
  readonly node: PlanNode;
  readonly text: string;
}

const complaint = (node: PlanNode, message: string, check = 'argument'): Complaint => ({
  check,
  message,
  fix: FIX,
  where: node.where,
  value: node.kind === 'scalar' ? String(node.value) : '',
  unproven: true,
});

/** What a reader says of a value; the kubelet would replace `$(NAME)`, so only those that a reader names are known. */
const held = ({ node }: Word, text: string, reader: Reader, scope: ProgramScope, what: string): Complaint[] => {
  const fault = reader(text, scope);
  if (fault === undefined) return [];
  return typeof fault === 'string'
    ? [complaint(node, `${what}: ${fault}`)]
    : [complaint(node, `${what}: ${fault.weights}`, WEIGHTS_CHECK)];
};

const wordsOf = (list: PlanNode | undefined): Word[] =>
  itemsOf(list).map((node) => ({ node, text: textOf(node) ?? '' }));

interface Taken {
  readonly complaints: readonly Complaint[];
  /** How many of the words that follow belong to the option. */
  readonly words: number;
}

function takeOption(
  name: string,
  option: Option,
  rest: readonly Word[],
  inline: Word | undefined,
  scope: ProgramScope,
): Taken {
  const what = `the value of ${name}`;
  if (option === 'flag')
    return { complaints: inline === undefined ? [] : [complaint(inline.node, `${name} takes no value`)], words: 0 };
  if (typeof option === 'object') {
    const count = rest.findIndex(({ text }) => text.startsWith('-'));
    const values = inline === undefined ? rest.slice(0, count < 0 ? rest.length : count) : [inline];
    return {
      complaints: values.flatMap((word) => held(word, word.text, option.each, scope, what)),
      words: inline === undefined ? values.length : 0,
    };
  }
  const value = inline ?? rest[0];
  if (value === undefined) return { complaints: [], words: 0 };
  return { complaints: held(value, value.text, option, scope, what), words: inline === undefined ? 1 : 0 };
}

/** Complaints about words of `args`. */
function argumentComplaints(words: readonly Word[], program: Program, scope: ProgramScope, end: PlanNode): Complaint[] {
  const complaints: Complaint[] = [];
  const seen = new Set<string>();
  let positional = 0;
  for (let index = 0; index < words.length; index += 1) {
    const word = words[index];
    if (word === undefined) continue;
    const { node, text } = word;
    const equals = text.startsWith('-') ? text.indexOf('=') : -1;
    const name = equals < 0 ? text : text.slice(0, equals);
    const option = text.startsWith('-') ? program.options[name] : undefined;
    if (option !== undefined) {
      const inline = equals < 0 ? undefined : { node, text: text.slice(equals + 1) };
      const taken = takeOption(name, option, words.slice(index + 1), inline, scope);
      seen.add(name);
      complaints.push(...taken.complaints);
      index += taken.words;
      continue;
    }
    const reader = text.startsWith('-') ? undefined : program.words?.[positional];
    if (reader === undefined)
      complaints.push(complaint(node, `the audit does not know this argument of ${program.name}`));
    else complaints.push(...held(word, text, reader, scope, `argument ${String(positional + 1)} of ${program.name}`));
    positional += 1;
  }
  const missing = (program.neededOptions ?? []).filter((name) => !seen.has(name));
  const missed = positional < (program.words?.length ?? 0);
  return [
    ...complaints,
    ...missing.map((name) => complaint(end, `without ${name}, ${program.name} does something else by default`)),
    ...(missed ? [complaint(end, `${program.name} lacks an argument`)] : []),
  ];
}

/** Complaints about the values of known options among words that the site itself declares; what it adds beside them was judged there. */
function declaredComplaints(words: readonly Word[], program: Program, scope: ProgramScope): Complaint[] {
  return words.flatMap((word, index) => {
    const [name = '', ...value] = word.text.split('=');
    const option = word.text.startsWith('-') ? program.options[name] : undefined;
    if (option === undefined) return [];
    const inline = value.length === 0 ? undefined : { node: word.node, text: value.join('=') };
    return takeOption(name, option, words.slice(index + 1), inline, scope).complaints;
  });
}

function commandComplaints(container: PlanNode, program: Program): Complaint[] {
  const command = at(container, 'command');
  const words = wordsOf(command).map(({ text }) => text);
  const known = program.commands.some(
    (one) => one.length === words.length && one.every((word, index) => word === words[index]),
  );
  if (known || (program.reviewedCommands ?? []).includes(digestOf(canonicalJson(words)))) return [];
  const expected = program.commands.map((one) => (one.length === 0 ? 'none' : one.join(' '))).join(' or ');
  return [
    {
      ...complaint(command ?? container, `the command is not that of ${program.name}: expected ${expected}`),
      check: 'command',
    },
  ];
}

/**
 * Complaints about `command` and `args` of a container.
 *
 * @param declared words at the end of the arguments that the site declares itself, and that were judged there
 */
export function commandLineComplaints(program: Program, scope: ProgramScope, declared: number): Complaint[] {
  const { node } = scope.container;
  const words = wordsOf(at(node, 'args'));
  return [
    ...commandComplaints(node, program),
    ...argumentComplaints(words.slice(0, words.length - declared), program, scope, at(node, 'args') ?? node),
    ...declaredComplaints(words.slice(words.length - declared), program, scope),
  ];
}

/** Complaints about one command of a probe or a hook. */
export function probeCommandComplaints(command: PlanNode, program: Program, scope: ProgramScope): Complaint[] {
  const words = wordsOf(command);
  const known = (program.probeCommands ?? []).some(
    (readers) =>
      readers.length === words.length &&
      readers.every((reader, index) => reader(words[index]?.text ?? '', scope) === undefined),
  );
  return known
    ? []
    : [
        {
          ...complaint(command, `the audit does not know this command for ${program.name}`),
          check: 'probe',
          value: words.map(({ text }) => text).join(' '),
        },
      ];
}
