/** The verdict, and what it rests on. */
import { ASSUMPTIONS } from '../../assumptions';
import type { AuditReport } from '../../report';
import { conclusion, notes } from '../../text';
import { markup, joined, type Markup, table } from '../markup';

export const verdictSection = (report: AuditReport): Markup =>
  markup`<header>
    <h1>Audit of site ${report.site}</h1>
    <p class="gate ${report.gate}">${conclusion(report)}</p>
    ${joined(notes(report).map((note) => markup`<p class="note">${note}</p>`))}
  </header>`;

/** Inputs by digest: the report is about these bytes alone. */
export function restsSection({ inputs, asOf }: AuditReport, kitVersion: string): Markup {
  const { plan, ...declarations } = inputs;
  const rows = [
    ...Object.entries(declarations).map(([name, digest]) => [name, digest]),
    ...Object.entries(plan).map(([file, digest]) => [`plan: ${file}`, digest]),
  ];
  const day =
    asOf === undefined
      ? markup`no day was given: waivers were held against that of the audit, which is no part of this report`
      : markup`waivers are held against ${asOf}`;
  return markup`<section id="rests">
    <h2>What the verdict rests on</h2>
    <dl>
      <dt>Judged by</dt>
      <dd>Airlock ${kitVersion}</dd>
      <dt>As of</dt>
      <dd>${day}</dd>
    </dl>
    ${table({ caption: 'Inputs by SHA-256', head: ['input', 'digest'], rows })}
    <h3>What it assumes</h3>
    <ul>
      ${joined(ASSUMPTIONS.map((one) => markup`<li>${one}</li>`))}
    </ul>
  </section>`;
}
