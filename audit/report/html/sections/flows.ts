/** Zones and flows: a picture, and all of it in words. */
import type { Flow, FlowEnd } from '../../overview/flows';
import type { AuditOverview } from '../../overview/overview';
import { type AuditReport, isFailure } from '../../report';
import { anchor, type Cell, foldedTable, markup, type Markup, table, type TableOptions } from '../markup';
import { graphOf } from '../picture/graph';
import { layoutOf } from '../picture/layout';
import { svgOf } from '../picture/svg';

const endText = ({ zone, name }: FlowEnd): string => (zone === '' ? name : `${name} of ${zone}`);

/** Policies of which a finding closes the gate. */
function badPolicies({ findings }: AuditReport): ReadonlySet<string> {
  return new Set(
    findings
      .filter(({ rule, verdict }) => isFailure(verdict) && rule.startsWith('AIR-NET-'))
      .map(({ subject }) => subject),
  );
}

const directionText = ({ direction }: Flow): string => (direction === 'Egress' ? 'lets out' : 'lets in');

const rowOf = (flow: Flow, at: number, isBad: boolean): readonly Cell[] => [
  String(at + 1),
  flow.unknown === undefined ? flow.from.map(endText) : [`unknown: ${flow.unknown}`],
  flow.to.map(endText),
  flow.ports,
  flow.reason,
  flow.owner,
  `${flow.policy} ${directionText(flow)}`,
  isBad ? 'closes the gate' : 'proven or waived',
];

export function flowsSection(report: AuditReport, overview: AuditOverview): Markup {
  const { flows, unseen } = overview;
  const bad = badPolicies(report);
  const isBad = (at: number): boolean => bad.has(flows[at]?.policy ?? '') || flows[at]?.unknown !== undefined;
  const graph = graphOf(overview);
  const label = `${String(graph.zones.length)} zones and ${String(graph.edges.length)} lines between them, which the table below has in words`;
  const tableOf = (caption: string, which: readonly number[]): TableOptions => ({
    caption,
    head: ['number', 'from', 'to', 'ports', 'reason', 'owner', 'policy', 'verdict'],
    rows: which.flatMap((at) => (flows[at] === undefined ? [] : [rowOf(flows[at], at, isBad(at))])),
    ids: (row) => anchor('flow', which[row] ?? 0),
    marks: (row) => (isBad(which[row] ?? 0) ? 'bad' : ''),
  });
  const all = flows.map((_, at) => at);
  const failing = all.filter(isBad);
  return markup`<section id="flows">
    <h2>Zones and flows: ${flows.length}</h2>
    <p>
      What policies open; everything else is denied where both directions of a zone are. A line has the numbers of its
      rows in the table. A dashed red line is opened by a policy that closes the gate. Dashed boxes are not of the plan.
    </p>
    <div class="scroll" role="region" aria-label="Picture of zones and flows" tabindex="0">
      ${svgOf(layoutOf(graph), isBad, label)}
    </div>
    ${graph.omitted === 0 ? markup`` : markup`<p>${graph.omitted} more zones are in the tables alone.</p>`}
    ${
      unseen.length === 0
        ? markup``
        : table({
            caption: 'Parts of the plan that do not show what they make',
            head: ['part', 'why'],
            rows: unseen.map(({ subject, message }) => [subject, message]),
          })
    }
    ${failing.length === 0 ? markup`` : table(tableOf('Flows of policies that close the gate', failing))}
    ${foldedTable(
      tableOf(
        failing.length === 0 ? 'Flows that policies open' : 'Every other flow that policies open',
        all.filter((at) => !isBad(at)),
      ),
    )}
  </section>`;
}

export const zonesSection = ({ zones }: AuditOverview): Markup =>
  markup`<section id="zones">
    <h2>Zones: ${zones.length}</h2>
    ${foldedTable({
      caption: 'Namespaces of the plan with what runs in them',
      head: ['namespace', 'denies by default', 'workload', 'part of the platform', 'image in the lock'],
      rows: zones.flatMap(({ name, denies, workloads }) => {
        const shut = denies.length === 0 ? 'nothing' : denies.join(' and ').toLowerCase();
        if (workloads.length === 0) return [[name, shut, '–', '–', '–']];
        return workloads.map((workload) => [
          ...[name, shut, workload.name, workload.role],
          workload.parts.map(
            ({ container, image, locked }) => `${container}: ${locked === '' ? `not locked: ${image}` : locked}`,
          ),
        ]);
      }),
    })}
  </section>`;
