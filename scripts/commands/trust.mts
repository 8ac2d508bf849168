/** `airlock trust`: the way from one trust policy to the next. */
import { Command } from 'commander';
import { badInput } from '../../core/errors.js';
import { loadTrustPolicy } from '../../offline-bundle/trust/policy.js';
import { signPolicyChange } from '../../offline-bundle/trust/policy-signatures.js';
import { policySignaturePage } from '../text/trust.js';
import { print, printJson } from '../ui/output.mjs';
import { addSignerOptions, signerFrom, type SignerOptions } from '../ui/signer-options.mjs';

interface SignOptions extends SignerOptions {
  readonly previous: string;
  readonly json: boolean;
}

async function sign(file: string, options: SignOptions): Promise<void> {
  const [next, previous] = [await loadTrustPolicy(file), await loadTrustPolicy(options.previous)];
  const signer = await signerFrom(options);
  if (signer === undefined)
    throw badInput('USAGE_MISSING_OPTION', 'no key was given', 'pass --key, or --signer-command with --public-key');
  const signed = await signPolicyChange(file, previous, next, signer, new Date());
  if (options.json) printJson(signed);
  else print(policySignaturePage(signed));
}

export const command = (): Command =>
  new Command('trust').addCommand(
    addSignerOptions(
      new Command('sign')
        .description('sign that a trust policy follows the one before; the signature lies in <policy>.seals/')
        .argument('<policy>', 'the new policy, such as trust.yaml')
        .requiredOption('--previous <file>', 'the policy before, whose keys with the role policy sign')
        .option('--json', 'print the result as JSON', false),
    ).action(sign),
  );
