/** Options of every command that judges seals: whom to trust, and how many of them. */
import { type Command, InvalidArgumentError } from 'commander';
import { badInput } from '../../core/errors.js';
import type { TrustedKey } from '../../offline-bundle/trust/keys.js';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys.js';

/** What {@link addTrustOptions} adds to a command's options. */
export interface TrustCommandOptions {
  readonly trust: readonly string[];
  /** @default - 1 for one key; more keys need it */
  readonly threshold?: number;
}

/** Gathers the values of an option that may be repeated. */
export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new InvalidArgumentError('write a whole number from 1 on');
  return Number(text);
}

/** Adds the options to a command. */
export const addTrustOptions = (command: Command): Command =>
  command
    .option('--trust <file>', 'public key of a trusted signer, brought by another path; may be repeated', collect, [])
    .option(
      '--threshold <number>',
      'how many distinct trusted signers are needed; must be given with more than one key',
      wholeNumber,
    );

/**
 * The keys that the options name, and how many of them must have sealed a bundle.
 *
 * @throws AirlockError (input) for a file that is no public key; for several keys without a threshold: "all of them" and
 *   "any of them" are both common, and the wrong guess lets one signer do what two should
 */
export async function trustFrom({
  trust,
  threshold,
}: TrustCommandOptions): Promise<{ readonly trusted: readonly TrustedKey[]; readonly threshold: number }> {
  const trusted = await readTrustedKeys(trust);
  const distinct = new Set(trusted.map(({ id }) => id)).size;
  if (threshold === undefined && distinct > 1) {
    throw badInput(
      'THRESHOLD_INVALID',
      `${distinct} distinct keys are trusted, and nothing says how many of them must have sealed the bundle`,
      `choose from --threshold 1 (any one of them suffices) to --threshold ${distinct} (all of them)`,
    );
  }
  return { trusted, threshold: threshold ?? 1 };
}
