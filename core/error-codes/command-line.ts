/** Codes of what was typed: misuse that is found before anything runs. */
import type { ErrorCodeGroup } from './facts';

export const COMMAND_LINE = {
  USAGE_UNKNOWN_COMMAND: {
    kind: 'input',
    cause: 'The command line names a command that Airlock does not have.',
    fix: 'Run `airlock --help`, which lists every command.',
  },
  USAGE_UNKNOWN_OPTION: {
    kind: 'input',
    cause: 'The command has no such option.',
    fix: 'Run the command with --help, which lists its options.',
  },
  USAGE_MISSING_ARGUMENT: {
    kind: 'input',
    cause: 'An argument of the command, or the value of an option, was left out.',
    fix: 'Run the command with --help, which shows what it takes.',
  },
  USAGE_EXCESS_ARGUMENTS: {
    kind: 'input',
    cause: 'The command line has more arguments than the command takes.',
    fix: 'Leave them out, or quote what belongs together.',
  },
  USAGE_MISSING_OPTION: {
    kind: 'input',
    cause: 'An option is needed, by itself or because of another one, and was not given.',
    fix: 'Add the option that the message names.',
  },
  USAGE_CONFLICTING_OPTIONS: {
    kind: 'input',
    cause: 'Options or values were given that exclude each other.',
    fix: 'Give one of them.',
  },
  USAGE_INVALID_VALUE: {
    kind: 'input',
    cause: 'The value of an option, argument or variable has not the form that it needs.',
    fix: 'Write it in the form that the message states.',
  },
  USAGE_UNKNOWN_NAME: {
    kind: 'input',
    cause: 'The command line names a rule, pool, serving, model, node, package, stack or upstream that there is not.',
    fix: 'Choose one of the names that the message lists.',
  },
  DESTROY_NOT_CONFIRMED: {
    kind: 'input',
    cause: 'AIRLOCK_ALLOW_DESTROY is not the name of the site, where it is set or something that holds state is to go.',
    fix: 'Set it to the name of the site for the one deployment that may destroy data, else unset it.',
  },
  INTERRUPTED: {
    kind: 'environment',
    cause: 'A signal ended the command before its work was done.',
    fix: 'Run the same command again: what is there is kept.',
  },
} as const satisfies ErrorCodeGroup;
