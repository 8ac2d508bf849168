/** `airlock audit`: judges synthesized stacks against site, enclave and lock. */
import { Command, InvalidArgumentError } from 'commander';
import { audit } from '../../audit/audit.js';
import { reportPage } from '../../audit/report/text.js';
import { proposeWaivers } from '../../audit/waivers/propose-waivers.js';
import { signApproval } from '../../cluster/approval/sign.js';
import { approvalPage } from '../../cluster/deploy/text.js';
import { badInput, EXIT_CODES } from '../../core/errors.js';
import { show } from '../../core/visible.js';
import { reproduce } from '../reproduce.mjs';
import { reproducedPage } from '../text/reproduced.js';
import { waiversPage } from '../text/waivers.js';
import { kitVersion } from '../ui/kit-version.mjs';
import { print, printJson, say } from '../ui/output.mjs';
import { addSignerOptions, signerFrom, type SignerOptions } from '../ui/signer-options.mjs';

interface AuditCommandOptions {
  readonly site: string;
  readonly enclave: string;
  readonly lock: string;
  readonly rule?: readonly string[];
  readonly waivers?: string;
  readonly asOf?: string;
  readonly verbose: boolean;
  readonly json: boolean;
  readonly writeWaiver?: string;
  readonly reproduce: boolean;
}

async function run(plan: string, command: AuditCommandOptions): Promise<void> {
  const { rule, json, verbose, writeWaiver, reproduce: again, ...options } = command;
  const today = new Date().toISOString().slice(0, 10);
  const report = await audit({ ...options, plan, today, ...(rule === undefined ? {} : { rules: rule }) });
  if (writeWaiver !== undefined) {
    print(waiversPage(proposeWaivers(report, writeWaiver)));
    return;
  }
  if (report.gate === 'fail') process.exitCode = EXIT_CODES.check;
  if (options.waivers !== undefined && options.asOf === undefined) {
    say(show`waivers are held against today, ${today}; pass --as-of to fix the day`);
  }
  const reproduced = again ? await reproduce(plan, options) : undefined;
  if (json) printJson({ ...report, ...(reproduced === undefined ? {} : { reproduced }) });
  else print(reportPage(report, verbose));
  if (reproduced !== undefined && !json) say(reproducedPage(reproduced.files, reproduced.different));
}

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

const signCommand = (): Command =>
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

const collect = (id: string, ids: readonly string[] | undefined): readonly string[] => [...(ids ?? []), id];

export const command = (): Command =>
  new Command('audit')
    .argument('[plan]', 'folder that `cdktf synth` wrote', 'cdktf.out')
    .option('--site <file>', 'the site', 'site.yaml')
    .option('--enclave <file>', 'the enclave', 'enclave.yaml')
    .option('--lock <file>', 'the lock', 'airlock.lock.json')
    .option('--rule <id>', 'run only this rule; may be repeated', collect)
    .option('--waivers <file>', 'findings that somebody accepts, as YAML')
    .option('--as-of <date>', 'hold waivers against this day, YYYY-MM-DD; default today')
    .option(
      '--write-waiver <finding>',
      'print waivers that accept these findings: a rule, a check of it, or with a subject behind it',
    )
    .option('--reproduce', 'synthesize again from the three files and say whether it is the same plan', false)
    .option('--verbose', 'show every finding, also what is proven', false)
    .option('--json', 'print the report as JSON', false)
    // An option behind `sign` is one of it.
    .enablePositionalOptions()
    .addCommand(signCommand())
    .action(run);
