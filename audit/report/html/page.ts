/** The report as one HTML file for reviewers: no script, nothing from elsewhere, the same bytes from the same inputs. */
import { newHash } from '../../../core/digest';
import type { Change } from '../../changes/change';
import type { AuditOverview } from '../overview/overview';
import type { AuditReport } from '../report';
import { markup, joined, Markup } from './markup';
import { changesSection } from './sections/changes';
import { failuresSection, rulesSection, waivedSection } from './sections/findings';
import { flowsSection, zonesSection } from './sections/flows';
import { modelsSection, rightsSection, workflowsSection } from './sections/platform';
import { restsSection, verdictSection } from './sections/verdict';
import { STYLE } from './style';

export interface PageOptions {
  readonly report: AuditReport;
  readonly overview: AuditOverview;
  readonly kitVersion: string;
  /** Since an earlier plan. @default - none was named */
  readonly changes?: readonly Change[];
}

/** Lets the one style sheet in, by its hash, and nothing else (Content Security Policy Level 3, section 2.3.1). */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${newHash().update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

const SECTIONS: readonly (readonly [id: string, title: string])[] = [
  ['failing', 'what closes the gate'],
  ['waived', 'what is waived'],
  ['changes', 'what changed'],
  ['flows', 'zones and flows'],
  ['zones', 'zones'],
  ['workflows', 'workflows'],
  ['models', 'models'],
  ['rights', 'rights'],
  ['rules', 'every rule'],
  ['rests', 'what the verdict rests on'],
];

const navigation = (isThere: (id: string) => boolean): Markup =>
  markup`<nav aria-label="Sections">
    <ul>
      ${SECTIONS.filter(([id]) => isThere(id)).map(([id, title]) => markup`<li><a href="#${id}">${title}</a></li>`)}
    </ul>
  </nav>`;

/** UTF-8 text of the file. */
export function htmlReport({ report, overview, kitVersion, changes }: PageOptions): string {
  const title = `Audit of ${report.site}: ${report.gate.toUpperCase()}`;
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title}</title>
        <style>${new Markup(STYLE)}</style>
      </head>
      <body>
        ${verdictSection(report)} ${navigation((id) => id !== 'changes' || changes !== undefined)}
        <main>
          ${joined([
            failuresSection(report),
            waivedSection(report),
            ...(changes === undefined ? [] : [changesSection(changes)]),
            flowsSection(report, overview),
            zonesSection(overview),
            workflowsSection(overview),
            modelsSection(overview),
            rightsSection(overview),
            rulesSection(report),
            restsSection(report, kitVersion),
          ])}
        </main>
      </body>
    </html> `.html;
}
