/** Zones and flows as a graph that a person can look at: workloads of one role in one zone are one node. */
import type { FlowEnd } from '../../overview/flows';
import type { AuditOverview } from '../../overview/overview';

export interface GraphNode {
  readonly id: string;
  readonly title: string;
  /** Names of workloads, as many as fit. */
  readonly lines: readonly string[];
}

export interface GraphZone {
  readonly id: string;
  readonly title: string;
  /** Whether the plan makes it. */
  readonly planned: boolean;
  readonly nodes: readonly GraphNode[];
}

export interface GraphEdge {
  /** Ids of nodes. */
  readonly from: string;
  readonly to: string;
  /** Places in the table of flows, from 0. */
  readonly flows: readonly number[];
}

export interface Graph {
  readonly zones: readonly GraphZone[];
  readonly edges: readonly GraphEdge[];
  /** How many zones are left out, since nobody could look at them all: they stand in the tables. */
  readonly omitted: number;
}

const MOST_ZONES = 30;
const MOST_NODES = 12;
const MOST_LINES = 4;

const ADDRESSES = 'addresses';
const zoneOf = ({ zone, kind }: FlowEnd): string => (kind === 'address' || zone === '' ? ADDRESSES : `zone ${zone}`);
/** Roles that say nothing by themselves. */
const TITLES: Readonly<Record<string, string>> = { other: 'other workloads' };

/** Selectors are too long for a title. */
function wordsOf({ kind, role, name }: FlowEnd): readonly [title: string, ...lines: string[]] {
  if (kind === 'pod') return [TITLES[role] ?? role, name];
  const [, pods, selector] = /^(pods) (.*)$/s.exec(name) ?? [];
  return pods === undefined ? [name] : [pods, ...(selector ?? '').split(' and ')];
}

/** Those of the plan come first, and are kept first. */
const inOrder =
  (planned: ReadonlySet<string>) =>
  (a: string, b: string): number =>
    planned.has(a) === planned.has(b) ? (a < b ? -1 : 1) : planned.has(a) ? -1 : 1;

interface Draft {
  readonly zone: string;
  readonly title: string;
  readonly names: Set<string>;
}

function linesOf(names: ReadonlySet<string>): string[] {
  const all = [...names].sort();
  const more = all.length - MOST_LINES;
  return more <= 1 ? all : [...all.slice(0, MOST_LINES), `and ${String(more)} more`];
}

/** Nodes by id, as they are first named. */
class Nodes {
  public readonly all = new Map<string, Draft>();

  public add(end: FlowEnd): string {
    const zone = zoneOf(end);
    const [title, ...names] = wordsOf(end);
    const id = `${zone} ${end.kind} ${end.kind === 'pod' ? title : end.name}`;
    const node = this.all.get(id) ?? { zone, title, names: new Set<string>() };
    for (const name of names) node.names.add(name);
    this.all.set(id, node);
    return id;
  }

  /** Nodes of a zone; those that are too many become one, under whose id `drawnAs` has them. */
  public of(zone: string, drawnAs: Map<string, string>): GraphNode[] {
    const ids = [...this.all].filter(([, node]) => node.zone === zone).map(([id]) => id);
    const sorted = ids.sort();
    const rest = sorted.length > MOST_NODES ? sorted.slice(MOST_NODES - 1) : [];
    const more = `${zone} more`;
    for (const id of sorted) drawnAs.set(id, rest.includes(id) ? more : id);
    const shown = sorted
      .filter((id) => !rest.includes(id))
      .flatMap((id) => {
        const node = this.all.get(id);
        return node === undefined ? [] : [{ id, title: node.title, lines: linesOf(node.names) }];
      });
    return rest.length === 0 ? shown : [...shown, { id: more, title: `${String(rest.length)} more`, lines: [] }];
  }
}

/** The same overview gives the same graph. */
export function graphOf({ zones, flows }: Pick<AuditOverview, 'zones' | 'flows'>): Graph {
  const planned = new Set(zones.map(({ name }) => `zone ${name}`));
  const nodes = new Nodes();
  for (const { name: zone, workloads } of zones)
    for (const { name, role } of workloads) nodes.add({ kind: 'pod', zone, name, role });
  const pairs = flows.flatMap(({ from, to }, at) =>
    from.flatMap((one) => to.map((other) => ({ from: nodes.add(one), to: nodes.add(other), at }))),
  );
  const ids = new Set([...planned, ...[...nodes.all.values()].map(({ zone }) => zone)]);
  const sorted = [...ids].sort(inOrder(planned));
  const drawnAs = new Map<string, string>();
  const drawn = sorted.slice(0, MOST_ZONES).map((id): GraphZone => ({
    id,
    title: id === ADDRESSES ? 'by address' : id.slice('zone '.length),
    planned: planned.has(id),
    nodes: nodes.of(id, drawnAs),
  }));
  const edges = new Map<string, { from: string; to: string; flows: Set<number> }>();
  for (const { at, ...pair } of pairs) {
    const [from, to] = [drawnAs.get(pair.from), drawnAs.get(pair.to)];
    if (from === undefined || to === undefined) continue;
    const key = `${from}\u0000${to}`;
    const edge = edges.get(key) ?? { from, to, flows: new Set<number>() };
    edge.flows.add(at);
    edges.set(key, edge);
  }
  return {
    zones: drawn,
    edges: [...edges]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, { from, to, flows: all }]) => ({ from, to, flows: [...all].sort((a, b) => a - b) })),
    omitted: sorted.length - drawn.length,
  };
}
