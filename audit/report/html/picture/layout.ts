/**
 * Where things stand in the picture: zones in columns, callers left of what they call. Lines run at right angles, each in a
 * lane of its own, between columns and above them: none crosses a box, and none lies on another.
 */
import type { Graph, GraphEdge, GraphNode, GraphZone } from './graph';

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedNode extends Box {
  readonly node: GraphNode;
}

export interface PlacedZone extends Box {
  readonly zone: GraphZone;
  readonly nodes: readonly PlacedNode[];
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly zones: readonly PlacedZone[];
  readonly edges: readonly PlacedEdge[];
}

/** All in units of the picture. */
const NODE_WIDTH = 200;
const PADDING = 14;
const TITLE = 24;
const LINE = 15;
/**
 * Doors of a node are as far apart. Nodes begin at multiples of it, and doors on the left stand half of it lower than those on the
 * right: so no line that leaves lies on one that arrives beyond the gutter.
 */
const PORT = 18;
const LANE = 10;
const GAP = 18;
/** Right of a column, for the numbers of the flows that leave there. */
const NUMBERS = 46;

/** Columns of zones: one right of whoever calls it. A call that leads back on a circle does not count. */
function columnsOf({ zones, edges }: Graph): ReadonlyMap<string, number> {
  const zoneOf = new Map(zones.flatMap(({ id, nodes }) => nodes.map((node) => [node.id, id] as const)));
  const next = new Map(zones.map(({ id }) => [id, new Set<string>()]));
  for (const { from, to } of edges) {
    const [left, right] = [zoneOf.get(from) ?? '', zoneOf.get(to) ?? ''];
    if (left !== right) next.get(left)?.add(right);
  }
  const order: string[] = [];
  const state = new Map<string, 'open' | 'done'>();
  const visit = (id: string): void => {
    state.set(id, 'open');
    for (const one of next.get(id) ?? []) {
      if (state.get(one) === 'open') next.get(id)?.delete(one);
      else if (!state.has(one)) visit(one);
    }
    state.set(id, 'done');
    order.unshift(id);
  };
  const called = new Set([...next.values()].flatMap((all) => [...all]));
  // Whoever nobody calls begins.
  for (const { id } of [...zones].sort((a, b) => Number(called.has(a.id)) - Number(called.has(b.id))))
    if (!state.has(id)) visit(id);
  const columns = new Map<string, number>();
  for (const id of order) {
    const own = columns.get(id) ?? 0;
    columns.set(id, own);
    for (const one of next.get(id) ?? []) columns.set(one, Math.max(columns.get(one) ?? 0, own + 1));
  }
  return columns;
}

/** How an edge runs, before places are known: gutter `g` lies left of column `g`. */
interface Route {
  readonly edge: GraphEdge;
  readonly leaves: number;
  readonly arrives: number;
  /** Whether it arrives at the right side of its node. */
  readonly fromRight: boolean;
  /** Whether it goes over the columns. */
  readonly over: boolean;
}

function routeOf(edge: GraphEdge, columnOf: (node: string) => number): Route {
  const [from, to] = [columnOf(edge.from), columnOf(edge.to)];
  const leaves = from + 1;
  if (from === to) return { edge, leaves, arrives: leaves, fromRight: true, over: false };
  return { edge, leaves, arrives: to, fromRight: false, over: to !== leaves };
}

/** Gives out numbers by a key, each once. */
class Counter {
  private readonly counts = new Map<string | number, number>();

  public next(key: string | number): number {
    const count = this.counts.get(key) ?? 0;
    this.counts.set(key, count + 1);
    return count;
  }

  public of(key: string | number): number {
    return this.counts.get(key) ?? 0;
  }
}

/** The numbers of the lanes and doors of an edge. */
interface Lanes {
  readonly route: Route;
  readonly out: number;
  readonly in: number;
  readonly first: number;
  readonly second: number;
  readonly above: number;
}

const door = (node: string, side: 'left' | 'right'): string => `${side} ${node}`;

const onGrid = (y: number): number => Math.ceil(y / PORT) * PORT;
const doorY = ({ y }: Point, at: number, side: 'left' | 'right'): number =>
  y + PORT * (at + 1) + (side === 'left' ? PORT / 2 : 0);

/** The same graph gives the same places. */
export function layoutOf(graph: Graph): Layout {
  const columns = columnsOf(graph);
  const columnOfNode = new Map(
    graph.zones.flatMap(({ id, nodes }) => nodes.map((node) => [node.id, columns.get(id) ?? 0] as const)),
  );
  const [doors, gutters, above] = [new Counter(), new Counter(), new Counter()];
  const lanes = graph.edges
    .map((edge) => routeOf(edge, (node) => columnOfNode.get(node) ?? 0))
    .map((route): Lanes => ({
      route,
      out: doors.next(door(route.edge.from, 'right')),
      in: doors.next(door(route.edge.to, route.fromRight ? 'right' : 'left')),
      first: gutters.next(route.leaves),
      second: route.over ? gutters.next(route.arrives) : 0,
      above: route.over ? above.next('') : 0,
    }));
  const top = GAP + above.of('') * LANE;
  const last = Math.max(0, ...columns.values());
  const before = (gutter: number): number => (gutter === 0 ? GAP : NUMBERS);
  const gutterWidth = (at: number): number => before(at) + gutters.of(at) * LANE + GAP;
  const zoneWidth = NODE_WIDTH + PADDING * 2;
  const columnX = Array.from({ length: last + 2 }, () => 0);
  for (let at = 0; at <= last + 1; at += 1)
    columnX[at] = gutterWidth(at) + (at === 0 ? 0 : (columnX[at - 1] ?? 0) + zoneWidth);
  const nodeHeight = ({ id, lines }: GraphNode): number =>
    Math.max(
      TITLE + lines.length * LINE + PADDING / 2,
      PORT * 2 + Math.max(doors.of(door(id, 'left')), doors.of(door(id, 'right'))) * PORT,
    );
  const bottoms = new Map<number, number>();
  const zones = graph.zones.map((zone): PlacedZone => {
    const column = columns.get(zone.id) ?? 0;
    const [x, y] = [columnX[column] ?? 0, bottoms.get(column) ?? top];
    let nodeY = onGrid(y + TITLE);
    const nodes = zone.nodes.map((node): PlacedNode => {
      const placed = { node, x: x + PADDING, y: nodeY, width: NODE_WIDTH, height: nodeHeight(node) };
      nodeY = onGrid(nodeY + placed.height + PADDING / 2);
      return placed;
    });
    const height = Math.max(nodeY, y + TITLE + PADDING) - y;
    bottoms.set(column, y + height + GAP);
    return { zone, nodes, x, y, width: zoneWidth, height };
  });
  const placed = new Map(zones.flatMap(({ nodes }) => nodes.map((one) => [one.node.id, one] as const)));
  const laneX = (gutter: number, lane: number): number =>
    (columnX[gutter] ?? 0) - gutterWidth(gutter) + before(gutter) + lane * LANE;
  const edges = lanes.flatMap(({ route, ...lane }): PlacedEdge[] => {
    const [from, to] = [placed.get(route.edge.from), placed.get(route.edge.to)];
    if (from === undefined || to === undefined) return [];
    const start = { x: from.x + from.width, y: doorY(from, lane.out, 'right') };
    const end = {
      x: route.fromRight ? to.x + to.width : to.x,
      y: doorY(to, lane.in, route.fromRight ? 'right' : 'left'),
    };
    const out = laneX(route.leaves, lane.first);
    const height = GAP / 2 + lane.above * LANE;
    const back = laneX(route.arrives, lane.second);
    const middle = route.over
      ? [
          { x: out, y: start.y },
          { x: out, y: height },
          { x: back, y: height },
          { x: back, y: end.y },
        ]
      : [
          { x: out, y: start.y },
          { x: out, y: end.y },
        ];
    return [{ edge: route.edge, points: [start, ...middle, end] }];
  });
  return { width: columnX[last + 1] ?? 0, height: Math.max(top, ...bottoms.values()), zones, edges };
}
