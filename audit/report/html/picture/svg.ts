/** The picture of zones and flows as SVG (SVG 2), without script, style attributes or anything from elsewhere. */
import { markup, joined, type Markup } from '../markup';
import type { Layout, PlacedEdge, PlacedNode, PlacedZone, Point } from './layout';

/** Characters that fit into a node's width: of a bold title, and of a line below it. */
const LONGEST_TITLE = 24;
const LONGEST = 32;
const TIP = 6;

/** Names that begin alike differ at their ends. */
function shortened(text: string, longest = LONGEST): string {
  if (text.length <= longest) return text;
  const end = Math.floor(longest / 2);
  return `${text.slice(0, longest - end - 1)}…${text.slice(-end)}`;
}

function nodeSvg({ node, x, y, width, height }: PlacedNode): Markup {
  return markup`<g
    ><title>${node.title}</title><rect class="part" x="${x}" y="${y}" width="${width}" height="${height}" rx="3" /><text
      class="title"
      x="${x + 8}"
      y="${y + 16}"
      >${shortened(node.title, LONGEST_TITLE)}</text
    >${node.lines.map(
      (line, at) => markup`<text class="small" x="${x + 8}" y="${y + 31 + at * 15}">${shortened(line)}</text>`,
    )}</g
  >`;
}

function zoneSvg({ zone, nodes, x, y, width, height }: PlacedZone): Markup {
  return markup`<g
    ><rect
      class="${zone.planned ? 'zone' : 'outside'}"
      x="${x}"
      y="${y}"
      width="${width}"
      height="${height}"
      rx="6"
    /><text class="title" x="${x + 8}" y="${y + 17}">${shortened(zone.title, LONGEST_TITLE)}</text>${nodes.map(nodeSvg)}</g
  >`;
}

const pathOf = (points: readonly Point[]): string =>
  points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${String(x)} ${String(y)}`).join(' ');

/** Points at where the last line ends, from the side that it comes from. */
function tipOf(points: readonly Point[]): string {
  const [before, end] = points.slice(-2);
  if (before === undefined || end === undefined) return '';
  const back = before.x < end.x ? end.x - TIP : end.x + TIP;
  return `${String(end.x)},${String(end.y)} ${String(back)},${String(end.y - 4)} ${String(back)},${String(end.y + 4)}`;
}

/** `1, 4, 7`: lines of the table. */
function numbersOf(flows: readonly number[]): string {
  const shown = flows.slice(0, 4).map((at) => String(at + 1));
  return flows.length > 4 ? `${shown.slice(0, 3).join(',')},…` : shown.join(',');
}

function edgeSvg({ edge, points }: PlacedEdge, isBad: boolean): Markup {
  const start = points[0] ?? { x: 0, y: 0 };
  return markup`<g
    ><path class="flow${isBad ? ' bad' : ''}" d="${pathOf(points)}" /><polygon
      class="${isBad ? 'badtip' : 'tip'}"
      points="${tipOf(points)}"
    /><text class="small${isBad ? ' badnumber' : ''}" x="${start.x + 3}" y="${start.y - 3}"
      >${numbersOf(edge.flows)}</text
    ></g
  >`;
}

/**
 * @param isBad whether a flow, by its place in the table, is one that closes the gate
 * @param label says in words what is drawn
 */
export function svgOf(
  { width, height, zones, edges }: Layout,
  isBad: (flow: number) => boolean,
  label: string,
): Markup {
  return markup`<svg role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" xmlns="http://www.w3.org/2000/svg">
    ${joined(zones.map(zoneSvg))} ${joined(edges.map((edge) => edgeSvg(edge, edge.edge.flows.some(isBad))))}
  </svg>`;
}
