/** Arguments of a user beside those of an engine's contract: a closed list. */
import { badInput, type AirlockError } from '../core/errors';
import type { ArgumentForm, ValueForm } from './argument-form';
import type { Engine, EngineSpec } from './contract';

/** The flag of an argument, for messages: hyphens for underscores, without a value and without a path into one (`--a.b=c`). */
const flagOf = (argument: string): string => {
  const [flag = ''] = argument.split(/[=.]/);
  return `${flag.slice(0, 2)}${flag.slice(2).replaceAll('_', '-')}`;
};

/** Python's argparse takes any unambiguous beginning of a long flag for the flag (documentation, "allow_abbrev"). */
const isShortFor = (given: string, flag: string): boolean =>
  given === flag || (given.startsWith('--') && given.length > 2 && flag.startsWith(given));

const isFlag = (word: string): boolean => word.startsWith('-') && !/^-\d/.test(word);

/** Arguments, each with the words that follow it: the first has no flag where the list begins with none. */
export function argumentsOf(extra: readonly string[]): readonly (readonly string[])[] {
  const starts = extra.flatMap((word, at) => (isFlag(word) || at === 0 ? [at] : []));
  return starts.map((start, at) => extra.slice(start, starts[at + 1]));
}

/** What is wrong with the values of a known argument; undefined where nothing is. */
function valueFault(form: ArgumentForm, inline: readonly string[], words: readonly string[]): string | undefined {
  const values = [...inline, ...words];
  if (form === 'switch') return values.length === 0 ? undefined : 'takes no value';
  const each: ValueForm = 'each' in form ? form.each : form;
  // Behind `--flag=value`, further words belong to nothing.
  const isList = 'each' in form && inline.length === 0;
  if (isList ? values.length === 0 : values.length !== 1)
    return `takes ${isList ? 'at least one value' : 'one value'}: ${each.wanted}`;
  const wrong = values.find((value) => !each.takes(value));
  return wrong === undefined ? undefined : `must not be ${JSON.stringify(wrong)}: expected ${each.wanted}`;
}

/** Why an argument that is on no list is not taken, as far as the contract knows better. */
function refusal(engine: Engine, spec: Pick<EngineSpec, 'args'>, flag: string): [message: string, fix: string] {
  const given = flagOf(flag);
  const field = Object.entries(engine.fieldFlags).find(([name]) => isShortFor(given, flagOf(name)));
  if (field !== undefined) return [`${given} has a field of its own`, `write ${field[1]} in the serving instead`];
  if (spec.args.some((word) => isFlag(word) && isShortFor(given, flagOf(word))))
    return [`${given} is already set by the contract of ${engine.name}`, 'leave it out'];
  return [
    `nobody reviewed ${JSON.stringify(flag)} for ${engine.name}`,
    'leave it out, or write one that docs/reference/engine-arguments.md lists, in full; a further one must be reviewed first',
  ];
}

/** The fault of one argument; undefined where it has none. */
function faultOf(
  engine: Engine,
  spec: Pick<EngineSpec, 'args'>,
  [word = '', ...words]: readonly string[],
  serving: string,
): AirlockError | undefined {
  const where = `serving "${serving}", extraArgs`;
  const refused = (message: string, fix: string): AirlockError =>
    badInput('ENGINE_ARGUMENT_REFUSED', `${where}: ${message}`, fix);
  const equals = word.indexOf('=');
  const flag = equals < 0 || !isFlag(word) ? word : word.slice(0, equals);
  const form = Object.hasOwn(engine.extraFlags, flag) ? engine.extraFlags[flag] : undefined;
  const isSet = spec.args.some((argument) => isFlag(argument) && flagOf(argument) === flagOf(flag));
  if (form === undefined || isSet) return refused(...refusal(engine, spec, flag));
  const fault = valueFault(form, equals < 0 ? [] : [word.slice(equals + 1)], words);
  return fault === undefined
    ? undefined
    : refused(`${flag} ${fault}`, `write ${flag} as docs/reference/engine-arguments.md says, or leave it out`);
}

/**
 * Holds arguments of a user against an engine's contract.
 *
 * @throws AirlockError (input) for the first that is not on the engine's list, or whose value has another form
 */
export function checkExtraArgs(
  engine: Engine,
  spec: Pick<EngineSpec, 'args'>,
  extra: readonly string[],
  serving: string,
): void {
  for (const argument of argumentsOf(extra)) {
    const fault = faultOf(engine, spec, argument, serving);
    if (fault !== undefined) throw fault;
  }
}
