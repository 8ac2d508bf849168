/** Reads a command line against the table before anything runs: what is in no table is refused, whatever else is asked. */
import type { Command } from 'commander';
import { type AirlockError, badInput } from '../../core/errors';
import { suggest } from '../../site/reading/explain';

/** `upstreams`: it reaches registries, the Hub and the like, so it works where there is an internet. */
export type Need = 'upstreams';

/** Who types a command, and where: headings of the list of commands, in its order. */
export const GROUPS = [
  'Near side',
  'Far side',
  'Plan',
  'Deployment',
  'Day 2',
  'Inside the cluster',
  'About the kit',
] as const;

export interface CommandEntry {
  readonly summary: string;
  readonly group: (typeof GROUPS)[number];
  readonly needs?: Need;
  /** What can be done with a noun; absent for a verb. */
  readonly verbs?: Readonly<Record<string, { readonly needs?: Need }>>;
  /** The noun is a verb as well, with an argument of its own: a second word that is no verb is that argument. */
  readonly alone?: true;
  readonly load: () => Promise<{ readonly command: () => Command }>;
}

/** Command entries by the first word of their command line. */
export type CommandTable = Readonly<Record<string, CommandEntry>>;

/** What a command line names; nothing where it asks for the whole program's help or version. */
export interface Named {
  readonly word?: string;
  readonly verb?: string;
  readonly needs?: Need;
}

const own = <T>(table: Readonly<Record<string, T>>, word: string): T | undefined =>
  Object.hasOwn(table, word) ? table[word] : undefined;

/** Everything that can be typed: `verify`, `bundle`, `bundle create`. */
export const phrases = (table: CommandTable): string[] =>
  Object.entries(table).flatMap(([word, { verbs = {} }]) => [
    word,
    ...Object.keys(verbs).map((verb) => `${word} ${verb}`),
  ]);

/** A slip of the pen, else a verb whose noun was left out, with each noun that has it. */
function meant(table: CommandTable, word: string): readonly string[] {
  const close = suggest(word, Object.keys(table));
  if (close !== undefined) return [close];
  const whole = phrases(table);
  const verbs = whole.flatMap((phrase) => phrase.split(' ').slice(1));
  const verb = suggest(word, verbs);
  return whole.filter((phrase) => verb !== undefined && phrase.endsWith(` ${verb}`));
}

const unknown = (program: string, typed: string, close: readonly string[], all: string): AirlockError =>
  badInput(
    'USAGE_UNKNOWN_COMMAND',
    `unknown command ${JSON.stringify(typed)}`,
    `${close.length === 0 ? '' : `did you mean ${close.map((one) => `\`${program} ${one}\``).join(' or ')}? `}\`${program} ${all}\` lists all there are`,
  );

/** `help bundle create` and `bundle help create` are `bundle create --help`. */
export function helpAsOption(table: CommandTable, argv: readonly string[]): readonly string[] {
  const at = argv.indexOf('help');
  const asked = at === 0 || (at === 1 && own(table, argv[0] ?? '')?.verbs !== undefined);
  return asked ? [...argv.slice(0, at), ...argv.slice(at + 1), '--help'] : argv;
}

/**
 * The command that a command line names. Also help is about a command that exists: whoever asks whether there is one must
 * not be told yes.
 *
 * @throws AirlockError (input) for a word that is in no table
 */
export function commandNamed(program: string, table: CommandTable, argv: readonly string[]): Named {
  const [word, verb] = argv.filter((argument) => !argument.startsWith('-'));
  if (word === undefined) return {};
  const entry = own(table, word);
  if (entry === undefined) throw unknown(program, word, meant(table, word), '--help');
  const { verbs, needs, alone } = entry;
  const found = verb === undefined ? undefined : own(verbs ?? {}, verb);
  if (verb === undefined || verbs === undefined || (alone === true && found === undefined))
    return { word, ...(needs === undefined ? {} : { needs }) };
  if (found === undefined) {
    const close = suggest(verb, Object.keys(verbs));
    throw unknown(program, `${word} ${verb}`, close === undefined ? [] : [`${word} ${close}`], `${word} --help`);
  }
  return { word, verb, ...(found.needs === undefined ? {} : { needs: found.needs }) };
}
