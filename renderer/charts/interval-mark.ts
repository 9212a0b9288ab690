import type { Frame } from './pixel-mark.ts';

export interface IntervalMark {
  /** Row, from 0; the mark lies in its middle. */
  row: number;
  value: number;
  low: number | null;
  high: number | null;
  stroke: string;
  isDashed: boolean;
  /** Only the outline of the dot. */
  isOpen: boolean;
  radius: number;
}

/** A dot with its interval; an interval beyond the frame ends in an arrow. */
export function intervalMark(frame: Frame, mark: IntervalMark): Node[] {
  const { row, value, low, high, stroke, isDashed, isOpen, radius } = mark;
  const { x, y, left, right, make } = frame;
  const at = y(row + 0.5);
  const inside = (px: number): number => Math.max(left, Math.min(right, px));
  const nodes: Node[] = [];
  if (low !== null && high !== null) {
    const [from, to] = [x(low), x(high)];
    nodes.push(
      make('line', {
        x1: inside(from),
        x2: inside(to),
        y1: at,
        y2: at,
        stroke,
        'stroke-width': 1.5,
        ...(isDashed ? { 'stroke-dasharray': '2 2' } : {}),
      }),
      ...(from < left - 0.5 ? [arrow(frame, left, at, -1, stroke)] : []),
      ...(to > right + 0.5 ? [arrow(frame, right, at, 1, stroke)] : []),
    );
  }
  nodes.push(
    make('circle', {
      cx: inside(x(value)),
      cy: at,
      r: radius,
      fill: isOpen ? 'var(--surface)' : stroke,
      stroke,
      'stroke-width': isOpen ? 1.5 : 0,
    }),
  );
  return nodes;
}

/** The interval goes on beyond the frame. */
function arrow({ make }: Frame, x: number, y: number, direction: 1 | -1, stroke: string): Node {
  const back = x - direction * 4;
  return make('path', {
    d: `M${back},${y - 3.5}L${x},${y}L${back},${y + 3.5}`,
    fill: 'none',
    stroke,
    'stroke-width': 1.5,
  });
}
