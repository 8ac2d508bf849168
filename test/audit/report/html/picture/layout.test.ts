import fc from 'fast-check';
import type { Graph } from '../../../../../audit/report/html/picture/graph';
import { type Box, layoutOf, type Point } from '../../../../../audit/report/html/picture/layout';

/** Zones with some nodes each, and edges between any of them. */
const graphs = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 7 }).chain((counts) => {
  const zones = counts.map((count, at) => ({
    ...{ id: `z${String(at)}`, title: `z${String(at)}`, planned: at % 2 === 0 },
    nodes: Array.from({ length: count }, (_, node) => ({
      ...{ id: `z${String(at)} n${String(node)}`, title: 'n', lines: ['a', 'b'].slice(node % 3) },
    })),
  }));
  const ids = zones.flatMap(({ nodes }) => nodes.map(({ id }) => id));
  const pair = fc.record({ from: fc.constantFrom(...ids, 'none'), to: fc.constantFrom(...ids, 'none') });
  return fc.uniqueArray(pair, { maxLength: 25, selector: ({ from, to }) => `${from}>${to}` }).map((pairs): Graph => ({
    zones,
    omitted: 0,
    edges: pairs.filter(({ from }) => ids.length > 0 && from !== 'none').map((edge, at) => ({ ...edge, flows: [at] })),
  }));
});

type Segment = readonly [Point, Point];

const segmentsOf = (points: readonly Point[]): Segment[] => points.slice(1).map((end, at) => [points[at]!, end]);

const range = (a: number, b: number): [number, number] => [Math.min(a, b), Math.max(a, b)];

/** Whether a line goes through the inside of a box. */
function enters([a, b]: Segment, { x, y, width, height }: Box): boolean {
  const [left, right] = range(a.x, b.x);
  const [top, bottom] = range(a.y, b.y);
  return left < x + width && right > x && top < y + height && bottom > y;
}

/** Whether two lines lie on each other for a way. */
function overlap([a, b]: Segment, [c, d]: Segment): boolean {
  const flat = a.y === b.y && c.y === d.y && a.y === c.y;
  const upright = a.x === b.x && c.x === d.x && a.x === c.x;
  const key = flat ? 'x' : 'y';
  if (!flat && !upright) return false;
  const [[from, to], [start, end]] = [range(a[key], b[key]), range(c[key], d[key])];
  return Math.min(to, end) > Math.max(from, start);
}

describe('the places of zones and flows', () => {
  it('let no line cross a node, and no line lie on another', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { zones, edges } = layoutOf(graph);
        const boxes = zones.flatMap(({ nodes }) => nodes);
        const lines = edges.map(({ points }) => segmentsOf(points));
        for (const line of lines.flat()) expect(boxes.filter((box) => enters(line, box))).toEqual([]);
        lines.forEach((line, at) => {
          const others = lines.slice(at + 1).flat();
          expect(line.filter((one) => others.some((other) => overlap(one, other)))).toEqual([]);
        });
      }),
    );
  });

  it('keep boxes apart, nodes in their zone, and everything in the picture', () => {
    fc.assert(
      fc.property(graphs, (graph) => {
        const { width, height, zones, edges } = layoutOf(graph);
        const inside = (one: Box, { x, y, ...of }: Box): boolean =>
          one.x >= x && one.y >= y && one.x + one.width <= x + of.width && one.y + one.height <= y + of.height;
        const apart = (a: Box, b: Box): boolean =>
          a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        zones.forEach((zone, at) => {
          expect(inside(zone, { x: 0, y: 0, width, height })).toBe(true);
          expect(zone.nodes.every((node) => inside(node, zone))).toBe(true);
          expect(zones.slice(at + 1).every((other) => apart(zone, other))).toBe(true);
        });
        for (const { x, y } of edges.flatMap(({ points }) => points))
          expect(x >= 0 && x <= width && y >= 0 && y <= height).toBe(true);
      }),
    );
  });

  it('have callers left of what they call', () => {
    const node = (id: string): Graph['zones'][number] => ({
      ...{ id, title: id, planned: true, nodes: [{ id: `${id} n`, title: 'n', lines: [] }] },
    });
    const edge = (from: string, to: string): Graph['edges'][number] => ({
      from: `${from} n`,
      to: `${to} n`,
      flows: [0],
    });
    const { zones } = layoutOf({
      zones: ['engine', 'caller', 'gateway', 'store'].map(node),
      edges: [edge('caller', 'gateway'), edge('gateway', 'engine'), edge('engine', 'store'), edge('gateway', 'store')],
      omitted: 0,
    });
    const at = new Map(zones.map(({ zone, x }) => [zone.id, x]));
    const order = ['caller', 'gateway', 'engine', 'store'].map((id) => at.get(id)!);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(new Set(order).size).toBe(4);
  });
});
