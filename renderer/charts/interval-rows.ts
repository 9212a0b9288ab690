import * as Plot from '@observablehq/plot';
import { formatPercentNumber } from '../../shared/format/numbers.ts';
import { intervalMark } from './interval-mark.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { type RateAxis, rateAxis } from './ticks.ts';

export interface IntervalRow {
  value: number | null;
  low: number | null;
  high: number | null;
  /** Few units: open dot, dashed interval. */
  isSmall: boolean;
  /** Colour slot of a reaction state; without one ink. */
  slot?: number;
  /** Stands for those without a value: dashed grey outline. */
  isNone?: boolean;
}

export interface IntervalRowsOptions {
  width: number;
  rowHeight: number;
  /** Drawn as a line through all rows; null: none. */
  reference: number | null;
}

export const INTERVAL_AXIS_PX = 20;
/** One rate with its interval per row, all on one scale; an interval beyond the frame ends in an arrow. */
export function intervalRowsChart(
  rows: readonly IntervalRow[],
  { width, rowHeight, reference }: IntervalRowsOptions,
): Plot.PlotOptions {
  const axis = axisOf(rows, reference, width);
  return {
    width,
    height: rows.length * rowHeight + INTERVAL_AXIS_PX,
    marginLeft: 8,
    marginRight: 12,
    marginTop: 0,
    marginBottom: INTERVAL_AXIS_PX,
    x: { domain: axis.domain, axis: null },
    y: { domain: [rows.length, 0], axis: null },
    marks: [
      Plot.ruleX(axis.ticks, { stroke: 'var(--line)' }),
      ...(reference === null
        ? []
        : [Plot.ruleX([reference], { stroke: 'var(--data-compare)', strokeDasharray: '2 3' })]),
      pixelMark((frame) => ticks(frame, axis)),
      pixelMark((frame) => rows.flatMap((row, index) => rowMarks(frame, row, index))),
    ],
  };
}

/** The scale is that of the rows with enough units; small ones may run beyond it. */
function axisOf(rows: readonly IntervalRow[], reference: number | null, width: number): RateAxis {
  const judged = rows.filter(({ isSmall, value }) => !isSmall && value !== null);
  const counted = judged.length > 0 ? judged : rows;
  const ends = counted.flatMap(({ value, low, high }) => [value, low, high]);
  const rates = [...ends, ...rows.map(({ value }) => value), reference].filter((rate) => rate !== null);
  return rateAxis(rates, Math.max(3, Math.min(5, Math.floor(width / 44))));
}

function ticks({ x, bottom, make }: Frame, { ticks: all }: RateAxis): Node[] {
  const step = (all[1] ?? 1) - (all[0] ?? 0);
  return all.map((tick, index) => {
    const isLast = index === all.length - 1;
    const text = formatPercentNumber(tick, step < 0.0099 ? 1 : 0);
    return make(
      'text',
      { x: x(tick), y: bottom + 15, 'text-anchor': 'middle', fill: 'var(--ink-3)' },
      isLast ? `${text}%` : text,
    );
  });
}

function rowMarks(
  frame: Frame,
  { value, low, high, isSmall, slot, isNone = false }: IntervalRow,
  index: number,
): Node[] {
  if (value === null) return [];
  const stroke = isNone ? 'var(--data-compare)' : slot === undefined ? 'var(--data)' : `var(--state-${slot})`;
  return intervalMark(frame, {
    row: index,
    value,
    low,
    high,
    stroke,
    isDashed: isSmall,
    isOpen: isSmall || isNone,
    radius: isSmall ? 3.4 : 4,
  });
}
