import * as Plot from '@observablehq/plot';
import { formatSignedPercentNumber } from '../../shared/format/numbers.ts';
import type { MasterRow } from '../views/practices/columns.ts';
import { intervalMark } from './interval-mark.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { differenceAxis, type RateAxis } from './ticks.ts';

export interface MasterImpactOptions {
  width: number;
  rowHeight: number;
  smallSample: number;
}

export const IMPACT_AXIS_PX = 18;
const CHARACTER_PX = 6.2;

/** Impact with its 95 % interval, one row per master, on one scale about zero; no red or green for people. */
export function masterImpactChart(
  rows: readonly MasterRow[],
  options: MasterImpactOptions,
): Plot.PlotOptions {
  const { width, rowHeight, smallSample } = options;
  const axis = differenceAxis(reachOf(rows, smallSample));
  const bodyHeight = rows.length * rowHeight;
  return {
    width,
    height: bodyHeight + IMPACT_AXIS_PX,
    marginLeft: 8,
    marginRight: 8,
    marginTop: 0,
    marginBottom: IMPACT_AXIS_PX,
    x: { domain: axis.domain, axis: null },
    y: { domain: [rows.length, 0], axis: null },
    marks: [
      Plot.ruleX(
        axis.ticks.filter((tick) => tick !== 0),
        { stroke: 'var(--line)' },
      ),
      Plot.ruleX([0], { stroke: 'var(--line-3)' }),
      pixelMark((frame) => tickLabels(frame, axis)),
      pixelMark((frame) => rows.flatMap((row, index) => rowMarks(frame, row, index, options))),
    ],
  };
}

function reachOf(rows: readonly MasterRow[], smallSample: number): number {
  const judged = rows.filter(({ completed }) => completed >= smallSample);
  const ends = (judged.length > 0 ? judged : rows).flatMap(({ impact: { low, high } }) => [
    low ?? 0,
    high ?? 0,
  ]);
  return Math.max(0.01, ...ends.map(Math.abs));
}

function tickLabels({ x, right, bottom, make }: Frame, { ticks }: RateAxis): Node[] {
  const widest = `${formatSignedPercentNumber(ticks.at(-1) ?? 0)} pp`.length * CHARACTER_PX + 8;
  const isTight = x(ticks[1] ?? 0) - x(ticks[0] ?? 0) < widest;
  return ticks.flatMap((tick, index) => {
    if (isTight && index % 2 === 1) return [];
    const isLast = index === ticks.length - 1;
    const number = formatSignedPercentNumber(tick);
    return make(
      'text',
      {
        x: isLast ? right + 8 : x(tick),
        y: bottom + 13,
        'text-anchor': isLast ? 'end' : 'middle',
        fill: 'var(--ink-3)',
      },
      isLast ? `${number} pp` : number,
    );
  });
}

function rowMarks(
  frame: Frame,
  { impact, completed }: MasterRow,
  index: number,
  options: MasterImpactOptions,
): Node[] {
  const { value, low, high } = impact;
  if (value === null) return [];
  const isSmall = completed < options.smallSample;
  const isClear = !isSmall && low !== null && high !== null && (low > 0 || high < 0);
  return intervalMark(frame, {
    row: index,
    value,
    low,
    high,
    stroke: isClear ? 'var(--data)' : 'var(--data-compare)',
    isDashed: isSmall,
    isOpen: !isClear,
    radius: isClear ? 4 : 3.4,
  });
}
