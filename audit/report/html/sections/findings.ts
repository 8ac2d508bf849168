/** Findings: whatever closes the gate in full, what is waived with who answers for it, and what is proven rule by rule. */
import type { Finding } from '../../../evaluate';
import { type AuditReport, isFailure, VERDICTS } from '../../report';
import { foldTerm, foldTexts } from '../../text';
import { markup, joined, type Markup, table } from '../markup';

const nameOf = ({ rule, check }: Finding): string => (check === undefined ? rule : `${rule}[${check}]`);

const entry = (term: string, text: string | undefined): Markup =>
  text === undefined
    ? markup``
    : markup`<dt>${term}</dt>
        <dd>${text}</dd>`;

const code = (term: string, text: string | undefined): Markup =>
  text === undefined
    ? markup``
    : markup`<dt>${term}</dt>
        <dd><code>${text}</code></dd>`;

function placeEntries({ place }: Finding): Markup {
  if (place === undefined) return markup``;
  const pointer = place.inner === undefined ? place.pointer : `${place.pointer} → ${place.inner || '/'}`;
  return markup`${code('construct', place.constructPath)}${code('at', `${place.file}#${pointer}`)}`;
}

const foldEntries = (finding: Finding): Markup =>
  joined(foldTexts(finding).map((text) => entry(foldTerm(finding), text)));

function article(finding: Finding): Markup {
  const { verdict, subject, message, value, fix, accepts, waiver } = finding;
  const open = waiver === undefined;
  return markup`<article${open ? markup`` : markup` class="held"`}><h3><span class="${verdict}">${verdict}</span> ${nameOf(finding)} ${subject}</h3>
<p>${message}</p>
<dl>${code('value', value)}${placeEntries(finding)}${foldEntries(finding)}${open ? entry('fix', fix) : markup``}${open ? code('accepts', accepts) : markup``}${
    waiver === undefined
      ? markup``
      : markup`${entry('because', waiver.reason)}${entry('accepted by', `${waiver.approver} until ${waiver.expires}`)}${code('accepts', waiver.accepts)}`
  }</dl></article>`;
}

/** None of them is folded or left out. */
export function failuresSection({ findings }: AuditReport): Markup {
  const failing = findings.filter(({ verdict }) => isFailure(verdict));
  return markup`<section id="failing">
    <h2>What closes the gate: ${failing.length}</h2>
    ${failing.length === 0 ? markup`<p>Nothing is VIOLATED or UNPROVEN.</p>` : joined(failing.map(article))}
  </section>`;
}

export function waivedSection({ findings }: AuditReport): Markup {
  const waived = findings.filter(({ verdict }) => verdict === 'WAIVED');
  return markup`<section id="waived">
    <h2>What is waived: ${waived.length}</h2>
    ${waived.length === 0 ? markup`<p>Nobody accepts anything.</p>` : joined(waived.map(article))}
  </section>`;
}

/** More of one rule is nothing that a person reads here. */
const MOST_PROVEN = 100;

function provenOf(rule: string, proven: readonly Finding[]): Markup {
  const more = proven.length - MOST_PROVEN;
  const rest =
    more <= 0
      ? markup``
      : markup`<p>And ${more} more, all PROVEN: <code>airlock audit --verbose</code> shows them.</p>`;
  const rows = proven.slice(0, MOST_PROVEN).map(({ subject, message }) => [subject, message]);
  return markup`<details>
    <summary>${rule}: ${proven.length} PROVEN</summary>
    ${table({ caption: `What ${rule} proves`, head: ['subject', 'what holds'], rows })}${rest}
  </details>`;
}

export function rulesSection({ rules, findings }: AuditReport): Markup {
  const rows = rules.map(({ rule, title, waivable, counts }) => [
    rule,
    title,
    ...VERDICTS.map((verdict) => (counts[verdict] === 0 ? '·' : String(counts[verdict]))),
    waivable ? 'yes' : 'no',
  ]);
  const proven = rules.flatMap(({ rule }) => {
    const own = findings.filter((one) => one.rule === rule && one.verdict === 'PROVEN');
    return own.length === 0 ? [] : [provenOf(rule, own)];
  });
  return markup`<section id="rules">
    <h2>Every rule</h2>
    ${table({ caption: 'Rules with the number of their verdicts', head: ['rule', 'what it proves', ...VERDICTS, 'can be waived'], rows })}
    ${joined(proven)}
  </section>`;
}
