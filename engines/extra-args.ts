/** Arguments of a user beside those of an engine's contract. */
import { badInput } from '../core/errors';
import type { Engine, EngineSpec } from './contract';

/**
 * The flag of an argument as its engine reads it: without a value behind `=`, without a path into a value behind `.`
 * (vLLM: `--hf-overrides.key`), and with hyphens where it takes underscores as well.
 */
const flagOf = (argument: string): string => {
  const [flag = ''] = argument.split(/[=.]/);
  return `${flag.slice(0, 2)}${flag.slice(2).replaceAll('_', '-')}`;
};

/** Python's argparse takes any unambiguous beginning of a long flag for the flag (documentation, "allow_abbrev"). */
const isShortFor = (given: string, flag: string): boolean =>
  given === flag || (given.startsWith('--') && given.length > 2 && flag.startsWith(given));

/**
 * Holds arguments of a user against an engine's contract.
 *
 * @throws AirlockError (input) for a flag, also abbreviated, that the contract sets itself, forbids, or has a field for
 */
export function checkExtraArgs(
  engine: Engine,
  spec: Pick<EngineSpec, 'args'>,
  extra: readonly string[],
  serving: string,
): void {
  const flags = (list: readonly string[]): string[] => list.filter((argument) => argument.startsWith('-')).map(flagOf);
  const set = new Set(flags(spec.args));
  for (const given of flags(extra)) {
    const where = `serving "${serving}", extraArgs`;
    if (flags(engine.forbiddenFlags).some((flag) => isShortFor(given, flag))) {
      throw badInput(
        'ENGINE_ARGUMENT_REFUSED',
        `${where}: ${engine.name} must not get ${given}`,
        'remove it: it fetches, runs or exposes what the lock does not cover',
      );
    }
    const field = Object.entries(engine.fieldFlags).find(([flag]) => isShortFor(given, flagOf(flag)));
    if (field !== undefined) {
      throw badInput(
        'ENGINE_ARGUMENT_REFUSED',
        `${where}: ${given} has a field of its own`,
        `write ${field[1]} in the serving instead`,
      );
    }
    if ([...set].some((flag) => isShortFor(given, flag))) {
      throw badInput(
        'ENGINE_ARGUMENT_REFUSED',
        `${where}: ${given} is already set by the contract of ${engine.name}`,
        'leave it out',
      );
    }
  }
}
