/** What commander says of a command line, as errors of the kit. */
import type { CommanderError } from 'commander';
import { type AirlockError, badInput, type CodeOf, internalFault } from '../../core/errors';

/** commander 14, lib/command.js and lib/error.js: every code that it throws with an exit code other than 0. */
const USAGE: Readonly<Record<string, CodeOf<'input'>>> = {
  'commander.unknownCommand': 'USAGE_UNKNOWN_COMMAND',
  'commander.unknownOption': 'USAGE_UNKNOWN_OPTION',
  'commander.missingArgument': 'USAGE_MISSING_ARGUMENT',
  'commander.optionMissingArgument': 'USAGE_MISSING_ARGUMENT',
  'commander.excessArguments': 'USAGE_EXCESS_ARGUMENTS',
  'commander.missingMandatoryOptionValue': 'USAGE_MISSING_OPTION',
  'commander.conflictingOption': 'USAGE_CONFLICTING_OPTIONS',
  'commander.invalidArgument': 'USAGE_INVALID_VALUE',
  'commander.help': 'USAGE_UNKNOWN_COMMAND',
};

/** What `commander.help` means: the noun was typed, and none of its verbs. */
const NO_VERB = '(outputHelp)';

/**
 * @param typed the command as far as it is known, e.g. `airlock bundle create`
 * @returns bad input with a fix; an internal fault for what commander throws and nobody knows
 */
export function usageFault({ code, message }: CommanderError, typed: string): AirlockError {
  const known = Object.hasOwn(USAGE, code) ? USAGE[code] : undefined;
  if (known === undefined) return internalFault(`${code}: ${message}`);
  const help = `\`${typed} --help\` shows what it takes`;
  if (message === NO_VERB) return badInput(known, `\`${typed}\` alone is no command`, help);
  const [what = '', hint = ''] = message.replace(/^error: /, '').split('\n');
  const close = /^\(Did you mean (?:one of )?(.+)\?\)$/.exec(hint)?.[1];
  return badInput(known, what, close === undefined ? help : `did you mean ${close}? ${help}`);
}
