/** Where the parts of a flow stand: nodes in columns as tall as what passes them, links as bands between them. */

export interface SankeyNode {
  column: number;
  item: string;
  count: number;
}

export interface SankeyLink {
  source: string;
  target: string;
  step: number;
  count: number;
}

export interface PlacedNode {
  column: number;
  /** null: the smaller ones of the column together. */
  item: string | null;
  /** How many items stand here. */
  items: number;
  count: number;
  x: number;
  y: number;
  height: number;
}

export interface PlacedLink {
  links: readonly SankeyLink[];
  count: number;
  /** A band from one node to the next. */
  path: string;
}

export interface PlacedFlow {
  nodes: PlacedNode[];
  links: PlacedLink[];
  /** Pixels of one path. */
  scale: number;
}

export interface SankeyOptions {
  width: number;
  height: number;
  columns: number;
  /** Drawn on their own per column; the rest of it is one node. */
  mostNodes: number;
  /** Room at the right for the names of the last column. */
  endPx: number;
}

export const NODE_PX = 8;
const GAP_PX = 24; // a name to press fits between

export function layOutSankey(
  nodes: readonly SankeyNode[],
  links: readonly SankeyLink[],
  options: SankeyOptions,
): PlacedFlow {
  const { width, height, columns, mostNodes, endPx } = options;
  const merged = mergeSmall(nodes, mostNodes);
  const scale = scaleOf(merged, height);
  const step = columns < 2 ? 0 : (width - endPx - NODE_PX) / (columns - 1);
  const placed = new Map<string, PlacedNode>();
  for (const column of merged) {
    let y = 0;
    for (const node of column) {
      const own = { ...node, x: node.column * step, y, height: Math.max(1, node.count * scale) };
      placed.set(keyOf(node.column, node.item), own);
      y += own.height + GAP_PX;
    }
  }
  const find = (column: number, item: string): PlacedNode | undefined =>
    placed.get(keyOf(column, item)) ?? placed.get(keyOf(column, null));
  return { nodes: [...placed.values()], links: placeLinks(links, find, scale), scale };
}

const keyOf = (column: number, item: string | null): string => JSON.stringify([column, item]);

type MergedNode = Omit<PlacedNode, 'x' | 'y' | 'height'>;

function mergeSmall(nodes: readonly SankeyNode[], mostNodes: number): MergedNode[][] {
  const byColumn = Map.groupBy(nodes, ({ column }) => column);
  return [...byColumn].map(([column, own]) => {
    const sorted = own.toSorted((a, b) => b.count - a.count);
    const isFew = sorted.length <= mostNodes;
    const shown = isFew ? sorted : sorted.slice(0, mostNodes - 1);
    const small = sorted.slice(shown.length);
    const single = shown.map(({ item, count }) => ({ column, item, items: 1, count }));
    if (small.length === 0) return single;
    const count = small.reduce((sum, each) => sum + each.count, 0);
    return [...single, { column, item: null, items: small.length, count }];
  });
}

/** One path is as thick everywhere, so that the fullest column just fits. */
function scaleOf(columns: readonly MergedNode[][], height: number): number {
  const scales = columns.map((column) => {
    const count = column.reduce((sum, node) => sum + node.count, 0);
    return Math.max(1, height - GAP_PX * column.length) / Math.max(1, count);
  });
  return Math.min(...scales, Infinity);
}

function placeLinks(
  links: readonly SankeyLink[],
  find: (column: number, item: string) => PlacedNode | undefined,
  scale: number,
): PlacedLink[] {
  const bundles = new Map<string, { from: PlacedNode; to: PlacedNode; links: SankeyLink[]; count: number }>();
  for (const link of links) {
    const [from, to] = [find(link.step, link.source), find(link.step + 1, link.target)];
    if (from === undefined || to === undefined) continue;
    const key = `${keyOf(from.column, from.item)}${keyOf(to.column, to.item)}`;
    const bundle = bundles.get(key) ?? { from, to, links: [], count: 0 };
    bundle.links.push(link);
    bundle.count += link.count;
    bundles.set(key, bundle);
  }
  const left = new Map<PlacedNode, number>();
  const right = new Map<PlacedNode, number>();
  const sorted = [...bundles.values()].toSorted((a, b) => a.from.y - b.from.y || a.to.y - b.to.y);
  const starts = new Map(
    sorted.map((bundle) => [bundle, take(left, bundle.from, bundle.count * scale)] as const),
  );
  const byTarget = sorted.toSorted((a, b) => a.to.y - b.to.y || a.from.y - b.from.y);
  const ends = new Map(
    byTarget.map((bundle) => [bundle, take(right, bundle.to, bundle.count * scale)] as const),
  );
  return sorted.map((bundle) => ({
    links: bundle.links,
    count: bundle.count,
    path: bandPath(
      { x: bundle.from.x + NODE_PX, y: starts.get(bundle) ?? 0 },
      { x: bundle.to.x, y: ends.get(bundle) ?? 0 },
      Math.max(0.5, bundle.count * scale),
    ),
  }));
}

/** The next free place on a node's edge. */
function take(taken: Map<PlacedNode, number>, node: PlacedNode, height: number): number {
  const used = taken.get(node) ?? 0;
  taken.set(node, used + height);
  return node.y + used;
}

interface Point {
  x: number;
  y: number;
}

function bandPath(from: Point, to: Point, thick: number): string {
  const middle = (from.x + to.x) / 2;
  return [
    `M${from.x},${from.y}C${middle},${from.y} ${middle},${to.y} ${to.x},${to.y}`,
    `L${to.x},${to.y + thick}C${middle},${to.y + thick} ${middle},${from.y + thick} ${from.x},${from.y + thick}Z`,
  ].join('');
}
