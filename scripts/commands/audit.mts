/** `airlock audit`: judges synthesized stacks against site, enclave and lock. */
import { Command } from 'commander';
import { audit } from '../../audit/audit.js';
import { reportPage } from '../../audit/report/text.js';
import { proposeWaivers } from '../../audit/waivers/propose-waivers.js';
import { EXIT_CODES } from '../../core/errors.js';
import { show } from '../../core/visible.js';
import { reproduce } from '../reproduce.mjs';
import { reproducedPage } from '../text/reproduced.js';
import { waiversPage } from '../text/waivers.js';
import { print, printJson, say } from '../ui/output.mjs';
import { signCommand } from './audit-sign.mjs';

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
