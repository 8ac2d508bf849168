/** How the report looks: on a screen of any width, and on paper. */

/** No font, picture or script from anywhere; colours keep 4.5 to 1 on their ground (WCAG 2.2, 1.4.3). */
export const STYLE = `
:root { color-scheme: light; --line: #c9ced6; --soft: #f3f5f8; --bad: #a3121f; --good: #0b5f31; --held: #6b4600; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 80rem; padding: 1rem 1.25rem 4rem; background: #fff; color: #16191d;
  font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0.5rem 0; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.5rem; padding-top: 0.5rem; border-top: 2px solid #16191d; }
h3 { font-size: 1rem; margin: 1.25rem 0 0.25rem; }
p { max-width: 50rem; }
a { color: #0b4a8f; }
code { font: 0.875em/1.4 ui-monospace, monospace; }
.gate { font-size: 1.2rem; font-weight: 700; padding: 0.5rem 0.75rem; border: 3px solid; }
.gate.pass { color: var(--good); }
.gate.fail { color: var(--bad); }
.note { border-left: 4px solid var(--held); padding-left: 0.75rem; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; padding: 0; list-style: none; }
article { border: 1px solid var(--line); border-left: 6px solid var(--bad); padding: 0.5rem 0.75rem; margin: 0.75rem 0; }
article h3 { margin: 0; }
article.held { border-left-color: var(--held); }
dl { display: grid; grid-template-columns: minmax(6rem, max-content) 1fr; gap: 0.1rem 0.75rem; margin: 0.25rem 0; }
dt { color: #4a515b; }
dd { margin: 0; }
.scroll { overflow-x: auto; margin: 0.5rem 0; }
.scroll:focus-visible, a:focus-visible, summary:focus-visible { outline: 3px solid #0b4a8f; outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; min-width: 44rem; font-size: 0.9rem; }
caption { text-align: left; padding: 0.25rem 0; color: #4a515b; }
th, td { text-align: left; vertical-align: top; padding: 0.3rem 0.5rem; border-bottom: 1px solid var(--line);
  min-width: 6em; }
thead th { overflow-wrap: normal; background: var(--soft); border-bottom: 2px solid #16191d; }
tbody th { font-weight: 600; }
tr.bad th, tr.bad td:first-of-type { color: var(--bad); }
.VIOLATED, .UNPROVEN { color: var(--bad); font-weight: 700; }
.WAIVED { color: var(--held); font-weight: 700; }
.PROVEN { color: var(--good); }
summary { cursor: pointer; padding: 0.2rem 0; }
article { content-visibility: auto; contain-intrinsic-size: auto 14rem; }
svg { display: block; height: auto; min-width: 44rem; width: 100%; font: 12px system-ui, sans-serif; }
svg .zone { fill: #f3f5f8; stroke: #6a727d; }
svg .outside { fill: #fff; stroke: #6a727d; stroke-dasharray: 5 4; }
svg .part { fill: #fff; stroke: #16191d; }
svg text { fill: #16191d; }
svg .title { font-weight: 700; }
svg .small { font-size: 11px; fill: #3a4149; }
svg path.flow { fill: none; stroke: #0b4a8f; stroke-width: 1.5; }
svg path.bad { stroke: var(--bad); stroke-width: 2.5; stroke-dasharray: 7 4; }
svg .tip { fill: #0b4a8f; }
svg .badtip { fill: var(--bad); }
svg .badnumber { fill: var(--bad); font-weight: 700; }
@media (max-width: 40rem) { body { padding: 0.5rem 0.75rem 3rem; } dl { grid-template-columns: 1fr; } dd { margin-bottom: 0.3rem; } }
@media print {
  body { max-width: none; padding: 0; font-size: 9.5pt; }
  nav { display: none; }
  a { color: inherit; text-decoration: none; }
  .scroll { overflow: visible; }
  table, svg { min-width: 0; }
  table { font-size: 8pt; }
  th, td { padding: 0.2rem 0.3rem; }
  tr, article, svg, dl { break-inside: avoid; }
  h2, h3, caption { break-after: avoid; }
  article { content-visibility: visible; }
  @page { margin: 14mm 12mm; size: A4; }
}
`;
