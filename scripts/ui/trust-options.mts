/** Options of every command that judges seals: whom to trust, and how many of them. */
import { type Command, InvalidArgumentError } from 'commander';
import { badInput } from '../../core/errors.js';
import type { TrustedKey } from '../../offline-bundle/trust/keys.js';
import { keysWith, loadTrustPolicy, type TrustPolicy } from '../../offline-bundle/trust/policy.js';
import { readTrustedKeys } from '../../offline-bundle/verify/trusted-keys.js';

/** What {@link addTrustOptions} adds to a command's options. */
export interface TrustCommandOptions {
  readonly trust: readonly string[];
  /** @default - 1 for one key; more keys need it */
  readonly threshold?: number;
  readonly policy?: string;
}

/** Gathers the values of an option that may be repeated. */
export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** From 1 on. */
export function wholeNumber(text: string): number {
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
    )
    .option('--policy <file>', 'trust policy, in place of --trust and --threshold (docs/trust.md)');

/** Whom to trust, as the checks take it. */
export interface Trust {
  readonly trusted: readonly TrustedKey[];
  readonly threshold: number;
  readonly policy?: TrustPolicy;
}

/** The terms of a policy file, which nothing on the command line changes. */
async function policyFrom(file: string, { trust, threshold, allowUnsigned }: TrustChoices): Promise<Trust> {
  const other = [
    ...(trust.length > 0 ? ['--trust'] : []),
    ...(threshold === undefined ? [] : ['--threshold']),
    ...(allowUnsigned ? ['--allow-unsigned'] : []),
  ];
  if (other.length > 0) {
    throw badInput(
      'USAGE_CONFLICTING_OPTIONS',
      `--policy says whom to trust, and so does ${other.join(', ')}`,
      'leave one of them out; what may come without a seal stands in the policy, too',
    );
  }
  const policy = await loadTrustPolicy(file);
  return { trusted: keysWith(policy, 'bundle'), threshold: policy.threshold, policy };
}

type TrustChoices = TrustCommandOptions & { readonly allowUnsigned: boolean };

/**
 * The keys that the options name, and how many of them must have sealed a bundle.
 *
 * @throws AirlockError (input) for a file that is no public key; for several keys without a threshold: "all of them" and
 *   "any of them" are both common, and the wrong guess lets one signer do what two should; for a policy and keys at once
 */
export async function trustFrom(options: TrustChoices): Promise<Trust> {
  const { trust, threshold, policy } = options;
  if (policy !== undefined) return policyFrom(policy, options);
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
