/** `airlock audit`: judges synthesized stacks against site, enclave and lock. */
import { Command } from 'commander';
import { type Audited, auditWithContext } from '../../audit/audit.js';
import type { Change } from '../../audit/changes/change.js';
import { changesAgainst } from '../../audit/changes/changes-against.js';
import { changesPage } from '../../audit/changes/text.js';
import { placeLines } from '../../audit/plan/place-lines.js';
import { csvOf } from '../../audit/report/csv.js';
import { htmlReport } from '../../audit/report/html/page.js';
import { overviewOf } from '../../audit/report/overview/overview.js';
import { sarifLog } from '../../audit/report/sarif/log.js';
import { reportPage, shownFindings } from '../../audit/report/text.js';
import { RULES } from '../../audit/rules/index.js';
import { proposeWaivers } from '../../audit/waivers/propose-waivers.js';
import { reviewJson } from '../../core/canonical-json.js';
import { badInput, EXIT_CODES } from '../../core/errors.js';
import { show } from '../../core/visible.js';
import { reproducedPage } from '../text/reproduced.js';
import { waiversPage } from '../text/waivers.js';
import { kitVersion } from '../ui/kit-version.mjs';
import { print, printJson, say } from '../ui/output.mjs';
import { demandOutside, writeOutput } from '../ui/output-file.mjs';
import { signCommand } from './audit-sign.mjs';

/** Files that are written beside what is printed. */
const FILES = ['sarif', 'csv', 'html'] as const;
type ReportFiles = Readonly<Partial<Record<(typeof FILES)[number], string>>>;

interface AuditCommandOptions extends ReportFiles {
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
  readonly against?: string;
  readonly againstWaivers?: string;
}

interface Written {
  readonly plan: string;
  readonly verbose: boolean;
  readonly kitVersion: string;
  /** Undefined where no earlier plan was named. */
  readonly changes?: readonly Change[];
}

async function writeReports({ report, context }: Audited, files: ReportFiles, written: Written): Promise<void> {
  const { plan, verbose, kitVersion: version, changes } = written;
  const { sarif, csv, html } = files;
  if (sarif !== undefined) {
    const places = shownFindings(report, verbose).flatMap(({ place }) => place ?? []);
    const lineOf = await placeLines(plan, report.inputs.plan, places);
    await writeOutput(sarif, reviewJson(sarifLog(report, { rules: RULES, kitVersion: version, verbose, lineOf })));
  }
  if (csv !== undefined) await writeOutput(csv, csvOf(report, verbose));
  if (html !== undefined) {
    const overview = overviewOf(context);
    await writeOutput(html, htmlReport({ report, overview, kitVersion: version, ...(changes ? { changes } : {}) }));
  }
}

async function changesSince(
  { against, againstWaivers }: AuditCommandOptions,
  audited: Audited,
): Promise<readonly Change[] | undefined> {
  if (against !== undefined)
    return changesAgainst(
      { plan: against, ...(againstWaivers === undefined ? {} : { waivers: againstWaivers }) },
      audited,
    );
  if (againstWaivers === undefined) return undefined;
  throw badInput('USAGE_MISSING_OPTION', '--against-waivers needs --against', 'name the earlier plan, too');
}

async function run(plan: string, options: AuditCommandOptions, command: Command): Promise<void> {
  const { rule, json, verbose, writeWaiver, waivers, asOf, site, enclave, lock, against } = options;
  for (const name of FILES) if (options[name] !== undefined) demandOutside(options[name], plan);
  const today = new Date().toISOString().slice(0, 10);
  const audited = await auditWithContext({
    ...{ plan, site, enclave, lock, today },
    ...(rule === undefined ? {} : { rules: rule }),
    ...(waivers === undefined ? {} : { waivers }),
    ...(asOf === undefined ? {} : { asOf }),
  });
  const { report } = audited;
  const changes = await changesSince(options, audited);
  const version = kitVersion(command);
  await writeReports(audited, options, { plan, verbose, kitVersion: version, ...(changes ? { changes } : {}) });
  if (writeWaiver !== undefined) {
    print(waiversPage(proposeWaivers(report, writeWaiver)));
    return;
  }
  if (report.gate === 'fail') process.exitCode = EXIT_CODES.check;
  if (waivers !== undefined && asOf === undefined) {
    say(show`waivers are held against today, ${today}; pass --as-of to fix the day`);
  }
  // It brings CDKTF, which judging does without.
  const reproduced = options.reproduce ? await (await import('../reproduce.mjs')).reproduce(plan, options) : undefined;
  if (json) {
    printJson({
      ...report,
      ...(changes === undefined ? {} : { changes }),
      ...(reproduced === undefined ? {} : { reproduced }),
    });
    return;
  }
  print([...(changes === undefined ? [] : [changesPage(changes, against ?? ''), show``]), reportPage(report, verbose)]);
  if (reproduced !== undefined) say(reproducedPage(reproduced.files, reproduced.different));
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
    .option('--sarif <file>', 'write what is shown to this file, as SARIF 2.1.0')
    .option('--csv <file>', 'write what is shown to this file, as a table for spreadsheets')
    .option('--html <file>', 'write a report for reviewers to this file: one page without scripts')
    .option('--against <plan>', 'say what changed since this earlier plan; the exit code stays that of the audit')
    .option('--against-waivers <file>', 'the waivers of the earlier plan; without, waivers are not compared')
    .addCommand(signCommand())
    .action(run);
