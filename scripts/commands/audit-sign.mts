/** `airlock audit sign`: a reviewer vouches for a plan. */
import { Command, InvalidArgumentError } from 'commander';
import { signApproval } from '../../cluster/approval/sign.js';
import { approvalPage } from '../../cluster/deploy/text.js';
import { badInput } from '../../core/errors.js';
import { kitVersion } from '../ui/kit-version.mjs';
import { print, printJson } from '../ui/output.mjs';
import { addSignerOptions, signerFrom, type SignerOptions } from '../ui/signer-options.mjs';

interface SignCommandOptions extends SignerOptions {
  readonly site: string;
  readonly enclave: string;
  readonly lock: string;
  readonly waivers?: string;
  readonly days?: number;
  readonly emergency?: string;
  readonly out: string;
  readonly json: boolean;
}

async function sign(plan: string, options: SignCommandOptions, command: Command): Promise<void> {
  const { site, enclave, lock, waivers, days, emergency, out, json } = options;
  const signer = await signerFrom(options);
  if (signer === undefined)
    throw badInput('USAGE_MISSING_OPTION', 'no key was given', 'pass --key, or --signer-command with --public-key');
  const signed = await signApproval({
    ...{ signer, out, version: kitVersion(command), now: new Date() },
    files: { plan, site, enclave, lock, ...(waivers === undefined ? {} : { waivers }) },
    ...(days === undefined ? {} : { days }),
    ...(emergency === undefined ? {} : { emergency }),
  });
  if (json) printJson(signed);
  else print(approvalPage(signed));
}

function wholeDays(text: string): number {
  if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError('write a number of days');
  return Number(text);
}

function reason(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('say why');
  return text;
}

export const signCommand = (): Command =>
  addSignerOptions(
    new Command('sign')
      .description('sign that this very plan may be deployed: a reviewer vouches for it')
      .argument('[plan]', 'folder that `airlock synth` wrote', 'cdktf.out')
      .option('--site <file>', 'the site', 'site.yaml')
      .option('--enclave <file>', 'the enclave', 'enclave.yaml')
      .option('--lock <file>', 'the lock', 'airlock.lock.json')
      .option('--waivers <file>', 'findings that somebody accepts, as YAML')
      .option('--days <number>', 'for how long it counts; default: as long as the enclave allows', wholeDays)
      .option('--emergency <reason>', 'sign what the audit does not pass, and say why it cannot wait', reason)
      .option('--out <dir>', 'folder of signatures, one file for each key', 'approvals')
      .option('--json', 'print the result as JSON', false),
  )
    .addHelpText(
      'after',
      '\nExit code 1: the audit does not pass, or the enclave does not name the key.\nNext: airlock deploy',
    )
    .action(sign);
