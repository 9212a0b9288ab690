import * as Plot from '@observablehq/plot';
import { formatSignedPercentNumber } from '../../shared/format/numbers.ts';
import type { MasterRow } from '../views/practices/columns.ts';
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
  const { x, left, right, y, make } = frame;
  const isSmall = completed < options.smallSample;
  const isClear = !isSmall && low !== null && high !== null && (low > 0 || high < 0);
  const stroke = isClear ? 'var(--data)' : 'var(--data-compare)';
  const at = y(index + 0.5);
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
        ...(isSmall ? { 'stroke-dasharray': '2 2' } : {}),
      }),
      ...(from < left ? [arrow(frame, left, at, -1, stroke)] : []),
      ...(to > right ? [arrow(frame, right, at, 1, stroke)] : []),
    );
  }
  const fill = isClear ? 'var(--data)' : 'var(--surface)';
  nodes.push(
    make('circle', {
      cx: inside(x(value)),
      cy: at,
      r: isClear ? 4 : 3.4,
      fill,
      stroke,
      'stroke-width': isClear ? 0 : 1.5,
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
