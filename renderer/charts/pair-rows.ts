import * as Plot from '@observablehq/plot';
import { formatPercentNumber, formatSignedPercentNumber } from '../../shared/format/numbers.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { differenceAxis, type RateAxis, rateAxis } from './ticks.ts';

export interface PairSide {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface PairRow {
  /** Open dot; beside a tick the filled one. */
  one: PairSide;
  /** Filled dot, or the tick. */
  other: PairSide;
  /** Colour slot of a reaction state; without one ink. */
  slot?: number;
  /** Few units on one of the sides: dashed intervals. */
  isSmall: boolean;
}

export interface PairRowsOptions {
  width: number;
  rowHeight: number;
  /** What stands for `other`: a filled dot, or a tick without interval. */
  mark: 'dot' | 'tick';
  /** Values are differences about zero. */
  isDifference: boolean;
}

export const PAIR_AXIS_PX = 20;
const TICK_ROOM_PX = 48;

/** Two values per row on one scale, joined by a line; an interval beyond the frame ends at its edge. */
export function pairRowsChart(rows: readonly PairRow[], options: PairRowsOptions): Plot.PlotOptions {
  const { width, rowHeight, isDifference } = options;
  const axis = axisOf(rows, options);
  return {
    width,
    height: rows.length * rowHeight + PAIR_AXIS_PX,
    marginLeft: 10,
    marginRight: 14,
    marginTop: 0,
    marginBottom: PAIR_AXIS_PX,
    x: { domain: axis.domain, axis: null },
    y: { domain: [Math.max(1, rows.length), 0], axis: null },
    marks: [
      Plot.ruleX(axis.ticks, { stroke: 'var(--line)' }),
      ...(isDifference ? [Plot.ruleX([0], { stroke: 'var(--line-3)' })] : []),
      pixelMark((frame) => tickTexts(frame, axis, isDifference)),
      pixelMark((frame) => rows.flatMap((row, index) => rowMarks(frame, row, index, options))),
    ],
  };
}

/** The scale is that of the rows with enough units; small ones may run beyond it. */
function axisOf(rows: readonly PairRow[], { width, isDifference }: PairRowsOptions): RateAxis {
  const judged = rows.filter(({ isSmall }) => !isSmall);
  const counted = (judged.length > 0 ? judged : rows).flatMap(({ one, other }) => [one, other]);
  const ends = counted.flatMap(({ value, low, high }) => [value, low, high]).filter((end) => end !== null);
  if (isDifference) return differenceAxis(Math.max(0.01, ...ends.map(Math.abs)));
  return rateAxis(ends, Math.max(3, Math.min(6, Math.floor(width / TICK_ROOM_PX))));
}

function tickTexts({ x, bottom, make }: Frame, { ticks }: RateAxis, isDifference: boolean): Node[] {
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  return ticks.map((tick, index) => {
    const isLast = index === ticks.length - 1;
    const decimals = step < 0.0099 ? 1 : 0;
    const text = isDifference
      ? `${formatSignedPercentNumber(tick, decimals)}${isLast ? ' pp' : ''}`
      : `${formatPercentNumber(tick, decimals)}${isLast ? '%' : ''}`;
    return make('text', { x: x(tick), y: bottom + 15, 'text-anchor': 'middle', fill: 'var(--ink-3)' }, text);
  });
}

function rowMarks(
  frame: Frame,
  { one, other, slot, isSmall }: PairRow,
  index: number,
  { mark }: PairRowsOptions,
): Node[] {
  const { x, y, left, right, make } = frame;
  const at = y(index + 0.5);
  const inside = (value: number): number => Math.max(left, Math.min(right, x(value)));
  const stroke = slot === undefined ? 'var(--data)' : `var(--state-${slot})`;
  const nodes: Node[] = [];
  if (one.value !== null && other.value !== null)
    nodes.push(
      make('line', {
        x1: inside(one.value),
        x2: inside(other.value),
        y1: at,
        y2: at,
        stroke: 'var(--line-3)',
        'stroke-width': 1,
      }),
    );
  const interval = ({ low, high }: PairSide, offset: number): Node[] =>
    low === null || high === null
      ? []
      : [
          make('line', {
            x1: inside(low),
            x2: inside(high),
            y1: at + offset,
            y2: at + offset,
            stroke,
            'stroke-width': 1.5,
            ...(isSmall ? { 'stroke-dasharray': '2 2' } : {}),
          }),
        ];
  const dot = (value: number, isOpen: boolean): Node =>
    make('circle', {
      cx: inside(value),
      cy: at,
      r: 4,
      fill: isOpen ? 'var(--surface)' : stroke,
      stroke,
      'stroke-width': isOpen ? 1.5 : 0,
    });
  if (mark === 'dot') {
    nodes.push(...interval(one, 0), ...interval(other, 0));
    if (other.value !== null) nodes.push(dot(other.value, false));
    if (one.value !== null) nodes.push(dot(one.value, true));
    return nodes;
  }
  nodes.push(...interval(one, 0));
  if (one.value !== null) nodes.push(dot(one.value, isSmall));
  if (other.value !== null)
    nodes.push(
      make('line', {
        x1: inside(other.value),
        x2: inside(other.value),
        y1: at - 7,
        y2: at + 7,
        stroke: 'var(--ink-2)',
        'stroke-width': 1.5,
      }),
    );
  return nodes;
}
