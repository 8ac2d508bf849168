/** Sites, enclaves, waivers and plans of every release, judged and decided by the kit of today. */
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'yaml';
import { audit } from '../../audit/audit';
import type { AuditReport } from '../../audit/report/report';
import { RULES } from '../../audit/rules';
import { parseWaivers } from '../../audit/waivers/parse-waivers';
import { proposeWaivers, waiversFile } from '../../audit/waivers/propose-waivers';
import type { Waiver } from '../../audit/waivers/waiver';
import { type Blueprint, blueprintOf } from '../../blueprint/blueprint';
import { history, keptPlan, openKept } from '../../cluster/deployments/archive';
import { readManifest } from '../../tools/corpus/manifest';
import { type Part, partOf, PARTS, releaseFolder, releases } from '../../tools/corpus/places';
import { loadFiles } from '../../tools/site-files';
import { scratchFolder } from './left';

const scratch = scratchFolder();

function auditOf(release: string, plan: Part, waivers?: string): Promise<AuditReport> {
  const { asOf } = readManifest(release);
  const file = (part: Part): string => partOf(release, part);
  return audit({
    ...{ plan: file(plan), site: file('site'), enclave: file('enclave'), lock: file('lock'), today: asOf, asOf },
    ...(waivers === undefined ? {} : { waivers }),
  });
}

const waiversOf = (release: string): readonly Waiver[] =>
  parseWaivers(readFileSync(partOf(release, 'waivers'), 'utf8'), PARTS.waivers, RULES);

/**
 * The waivers of a release as docs/formats.md says to migrate them: 0.1.0 accepted whatever stood where a finding was, and
 * now each entry gets the digest of that value, as the report shows it.
 */
async function migratedWaivers(release: string): Promise<string> {
  const report = await auditOf(release, 'byHand');
  const bound = waiversOf(release).map((waiver): Waiver => {
    const [proposed] = proposeWaivers(report, `${waiver.rule} ${waiver.subject}`);
    return { ...(proposed?.accepts === undefined ? {} : { accepts: proposed.accepts }), ...waiver };
  });
  const file = path.join(scratch(), `${release}-${PARTS.waivers}`);
  writeFileSync(file, stringify(waiversFile(bound)));
  return file;
}

const parse = (release: string, part: Part): unknown => JSON.parse(readFileSync(partOf(release, part), 'utf8'));
const reportOf = (release: string, part: Part): AuditReport => parse(release, part) as AuditReport;

/**
 * Verdicts as lines; words and places may change, rules, subjects and checks may not. What hangs on a cause stood beside it once, and
 * counts as if it did.
 */
const lines = ({ findings }: AuditReport): string[] =>
  findings
    .flatMap(({ rule, verdict, subject, check = '', folds = [] }) =>
      [rule, ...folds.map((fold) => fold.rule)].map((one) => `${verdict} ${one}[${check}] ${subject}`),
    )
    .sort();

const failed = (line: string): boolean => /^(?:VIOLATED|UNPROVEN) /.test(line);

/** What was said by the rules that there were. */
function byKnownRules(report: AuditReport, before: AuditReport): string[] {
  const known = new Set(before.rules.map(({ rule }) => rule));
  const findings = report.findings
    .filter(({ rule }) => known.has(rule))
    .map(({ folds = [], ...finding }) => ({ ...finding, folds: folds.filter(({ rule }) => known.has(rule)) }));
  return lines({ ...report, findings });
}

describe.each(releases())('the plans of %s', (release) => {
  it.each<[string, Part, Part]>([
    ['that was synthesized', 'plan', 'report'],
    ['that was written by hand, and partly waived, once its waivers name what they accept', 'byHand', 'byHandReport'],
  ])('are judged as they were: one %s', async (_what, plan, said) => {
    const before = reportOf(release, said);
    const report = await auditOf(release, plan, plan === 'plan' ? undefined : await migratedWaivers(release));
    const now = byKnownRules(report, before);
    // More may be proven of it, or by rules that came later; what failed still fails, and nothing else does.
    expect(lines(before).filter((line) => !now.includes(line))).toEqual([]);
    expect(now.filter(failed)).toEqual(lines(before).filter(failed));
    expect([report.inputs.lock, report.inputs.plan]).toEqual([before.inputs.lock, before.inputs.plan]);
  });

  it('are not waived by waivers that name no value, and the report says which those are', async () => {
    const report = await auditOf(release, 'byHand', partOf(release, 'waivers'));
    const unbound = waiversOf(release).filter(({ accepts }) => accepts === undefined);
    expect(report.unboundWaivers).toEqual(unbound);
    const accepted = report.findings.flatMap(({ waiver }) => (waiver === undefined ? [] : [waiver]));
    expect(accepted.filter(({ accepts }) => accepts === undefined)).toEqual([]);
  });

  it('were one that passes and one that does not, so that every verdict is among theirs', () => {
    const reports = (['report', 'byHandReport'] as const).map((part) => reportOf(release, part));
    expect(reports.map(({ gate }) => gate)).toEqual(['pass', 'fail']);
    const verdicts = new Set(reports.flatMap(({ findings }) => findings.map(({ verdict }) => verdict)));
    expect([...verdicts].sort()).toEqual(['N/A', 'PROVEN', 'UNPROVEN', 'VIOLATED', 'WAIVED']);
  });
});

describe.each(releases())('the deployment of %s', (release) => {
  it('is found again, and its plan has the digest that it had', async () => {
    const archive = path.join(scratch(), release);
    mkdirSync(archive);
    cpSync(partOf(release, 'history'), path.join(archive, PARTS.history));
    const deployed = await history(archive);
    expect(deployed).toHaveLength(1);
    cpSync(partOf(release, 'plan'), keptPlan(archive, deployed[0]!), { recursive: true });
    expect(await openKept(archive, deployed[0]!)).toBe(keptPlan(archive, deployed[0]!));
  });
});

describe.each(releases())('the files of %s', (release) => {
  it('have waivers that load', () => {
    const file = partOf(release, 'waivers');
    expect(parseWaivers(readFileSync(file, 'utf8'), file, RULES)).toMatchObject([
      { rule: 'AIR-POD-1[hostNamespaces]', expires: '2027-10-31' },
    ]);
  });

  it('still decide a platform: the same pools, servings and namespaces; the rest may change', async () => {
    const subjects = ({ site, pools, servings, namespaces }: Blueprint): unknown => ({
      site,
      pools: pools.map(({ name }) => name),
      servings: servings.map(({ name, model, pool }) => ({ name, model, pool })),
      namespaces: Object.values(namespaces).map(({ name }) => name),
    });
    const now = blueprintOf(await loadFiles(releaseFolder(release)));
    expect(subjects(now)).toEqual(subjects(parse(release, 'blueprint') as Blueprint));
  });
});
