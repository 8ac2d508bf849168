/** The report as a SARIF log, for whatever gathers the findings of many tools (OASIS, SARIF 2.1.0 with Errata 01). */
import type { Artifact, Log, Notification, ReportingDescriptor } from 'sarif';
import { hexOf } from '../../../core/digest';
import { visible } from '../../../core/visible';
import type { Rule } from '../../rules/rule';
import type { AuditReport } from '../report';
import { notes, shownFindings } from '../text';
import { type LineOf, PLAN_BASE, sarifResult } from './result';
import { message, relativeUri } from './text';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

export interface SarifOptions {
  /** Every rule that the report speaks of. */
  readonly rules: readonly Rule[];
  readonly kitVersion: string;
  /** Also what is proven. */
  readonly verbose: boolean;
  /** @default - no lines: places are files and pointers */
  readonly lineOf?: LineOf;
}

/** Ids such as `AIR-POD-1` are opaque; a rule has no page but what stands here, since its reader may have no network. */
const descriptor = ({ id, title, explanation, waivable }: Rule): ReportingDescriptor => ({
  id,
  shortDescription: message(title),
  fullDescription: message(explanation),
  help: message(
    `${explanation} ${waivable ? 'It can be waived: airlock audit --write-waiver' : 'It cannot be waived: of its checks only [opaque]'}.`,
  ),
  defaultConfiguration: { level: 'error' },
  properties: { waivable, tags: ['security'] },
});

const artifacts = ({ inputs }: AuditReport): Artifact[] =>
  Object.entries(inputs.plan).map(([file, digest]) => ({
    location: { uri: relativeUri(file), uriBaseId: PLAN_BASE },
    roles: ['analysisTarget'],
    hashes: { 'sha-256': hexOf(digest) },
  }));

/** Digests of what the plan was held against. */
const declarationsOf = ({ site, enclave, lock, waivers }: AuditReport['inputs']): object => ({
  ...{ site, enclave, lock },
  ...(waivers === undefined ? {} : { waivers }),
});

const notifications = (report: AuditReport): Notification[] =>
  notes(report).map((note) => ({ level: 'note', message: message(note.replace(/^note: /, '')) }));

/** The same report gives the same log. */
export function sarifLog(report: AuditReport, options: SarifOptions): Log {
  const { rules, kitVersion, verbose, lineOf = () => undefined } = options;
  const used = rules.filter(({ id }) => report.rules.some(({ rule }) => rule === id));
  const index = new Map(used.map(({ id }, at) => [id, at]));
  const { site, gate, exampleLock, asOf, inputs } = report;
  const said = notifications(report);
  const seen = new Map<string, number>();
  return {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'Airlock', version: kitVersion, rules: used.map(descriptor) } },
        // "ran to its end", whatever it found (3.20.14).
        invocations: [
          { executionSuccessful: true, ...(said.length === 0 ? {} : { toolConfigurationNotifications: said }) },
        ],
        automationDetails: { id: `audit/${visible(site)}/` },
        originalUriBaseIds: { [PLAN_BASE]: { description: message('The folder of the plan.') } },
        artifacts: artifacts(report),
        columnKind: 'utf16CodeUnits',
        results: shownFindings(report, verbose).map((finding) =>
          sarifResult(finding, index.get(finding.rule) ?? -1, seen, lineOf),
        ),
        properties: {
          site: visible(site),
          gate,
          exampleLock,
          ...(asOf === undefined ? {} : { asOf }),
          judged: declarationsOf(inputs),
        },
      },
    ],
  };
}
