/** What was decided, as people read it. */
import { type Page, table } from '../core/page';
import { show, visible } from '../core/visible';
import type { Section } from './explain';
import type { FlowDecision } from './flows';

/** Columns that labels take at most; what is decided stands behind a longer one. */
const LABELS = 24;

const peer = ({ namespace, labels }: FlowDecision['from']): string =>
  `${Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',')} of ${namespace}`;

const flowTable = (flows: readonly FlowDecision[]): Page =>
  table(
    ['from', 'to', 'port', 'owner', 'reason', 'rests on'],
    flows.map(({ from, to, port, owner, reason, leavesCluster, restsOn }) => [
      ...[peer(from), leavesCluster ? `${to} (out of the cluster)` : to, port, owner, reason],
      restsOn,
    ]),
  );

function sectionPage({ title, lines, flows, restsOn }: Section): Page {
  const width = Math.min(LABELS, Math.max(...lines.map(([label]) => visible(label).length)));
  return [
    visible(title),
    ...lines.map(([label, value]) => show`  ${visible(label).padEnd(width)}  ${value}`),
    ...(flows === undefined ? [show`  rests on ${restsOn.join(', ')}`] : [flowTable(flows)]),
  ];
}

/** Sections with an empty line between them. */
export const sectionsPage = (sections: readonly Section[]): Page =>
  sections.flatMap((section, at) => [...(at === 0 ? [] : [show``]), sectionPage(section)]);
