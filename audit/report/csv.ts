/** The report as a table for spreadsheets (RFC 4180): a row for each finding. */
import type { Finding } from '../evaluate';
import { inert } from './inert';
import type { AuditReport } from './report';
import { foldTexts, shownFindings } from './text';

const COLUMNS: readonly (readonly [name: string, cell: (finding: Finding) => string | undefined])[] = [
  ['verdict', ({ verdict }) => verdict],
  ['rule', ({ rule }) => rule],
  ['check', ({ check }) => check],
  ['subject', ({ subject }) => subject],
  ['message', ({ message }) => message],
  ['value', ({ value }) => value],
  ['fix', ({ fix }) => fix],
  ['stack', ({ place }) => place?.stack],
  ['construct', ({ place }) => place?.constructPath],
  ['resource', ({ place }) => place?.address],
  ['file', ({ place }) => place?.file],
  ['pointer', ({ place }) => place?.pointer],
  ['pointer in values', ({ place }) => place?.inner],
  ['undecided or waived with it', (finding) => foldTexts(finding).join('; ')],
  ['accepts', ({ accepts }) => accepts],
  ['waived by', ({ waiver }) => waiver?.approver],
  ['waived until', ({ waiver }) => waiver?.expires],
  ['waived because', ({ waiver }) => waiver?.reason],
];

const field = (text: string): string => `"${inert(text).replaceAll('"', '""')}"`;

const line = (cells: readonly string[]): string => `${cells.map(field).join(',')}\r\n`;

/**
 * A header and a line for each finding, in UTF-8; the same report gives the same text.
 *
 * @param verbose also what is proven
 */
export const csvOf = (report: AuditReport, verbose: boolean): string =>
  [
    COLUMNS.map(([name]) => name),
    ...shownFindings(report, verbose).map((finding) => COLUMNS.map(([, cell]) => cell(finding) ?? '')),
  ]
    .map(line)
    .join('');
