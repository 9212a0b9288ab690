import * as Plot from '@observablehq/plot';
import { formatDate } from '../../shared/format/calendar.ts';
import { formatPercentNumber, formatRate } from '../../shared/format/numbers.ts';
import { HALO } from './halo.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { rateAxis } from './ticks.ts';

export interface ShiftPoint {
  start: string;
  value: number | null;
  low: number | null;
  high: number | null;
  n: number;
  isPartial: boolean;
  isChosen: boolean;
}

export interface CohortShiftOptions {
  width: number;
  height: number;
  today: string;
  /** Dotted: what the cohorts (before the change) keep together; null while unknown. */
  mean: number | null;
  /** First cohort after a change; null without one. */
  changeFrom: string | null;
  smallSample: number;
}

const MARGINS = { left: 36, top: 12, bottom: 22 } as const;
const RIGHT_PX = { plain: 12, labelled: 52 } as const; // the latest complete cohort has its rate beside it
const TICK_HEIGHT_PX = 30;
const CHARACTER_PX = 6.2;
const NAME_GAP_PX = 8;
const LABEL_ROOM_PX = 46; // less would lie on the next interval

/** What each cohort kept in one column, with its interval. */
export function cohortShiftChart(
  points: readonly ShiftPoint[],
  options: CohortShiftOptions,
): Plot.PlotOptions {
  const { width, height, mean, today } = options;
  const count = points.length;
  const marginRight = latestOf(points) === count - 1 ? RIGHT_PX.labelled : RIGHT_PX.plain;
  const pxPerPoint = (width - MARGINS.left - marginRight) / Math.max(1, count);
  const plotHeight = height - MARGINS.top - MARGINS.bottom;
  const rates = points.flatMap(({ value, low, high }) => [value, low, high]);
  const axis = rateAxis(
    [...rates, mean].filter((rate) => rate !== null),
    Math.max(3, Math.floor(plotHeight / TICK_HEIGHT_PX) + 1),
  );
  const top = axis.ticks.at(-1);
  const names = points.map(({ start }) => formatDate(start, today));
  return {
    width,
    height,
    marginLeft: MARGINS.left,
    marginRight,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: [-0.5, Math.max(0.5, count - 0.5)], axis: null },
    y: { domain: axis.domain, axis: null },
    marks: [
      Plot.ruleY(axis.ticks, { stroke: 'var(--line)' }),
      Plot.axisY(axis.ticks, {
        tickSize: 0,
        tickPadding: 8,
        label: null,
        fill: 'var(--ink-3)',
        tickFormat: (tick: number) => formatPercentNumber(tick) + (tick === top ? '%' : ''),
      }),
      Plot.axisX(startTicks(names, pxPerPoint), {
        tickSize: 4,
        tickPadding: 4,
        stroke: 'var(--line-2)',
        fill: 'var(--ink-3)',
        label: null,
        tickFormat: (index: number) => names[index] ?? '',
      }),
      pixelMark((frame) => meanLine(frame, points, options)),
      pixelMark((frame) => points.flatMap((point, index) => mark(frame, point, index, options))),
      ...(pxPerPoint < LABEL_ROOM_PX ? [] : [pixelMark((frame) => latestLabel(frame, points))]),
    ],
  };
}

const latestOf = (points: readonly ShiftPoint[]): number =>
  points.findLastIndex(({ value, isPartial }) => value !== null && !isPartial);

/** Every cohort is named, or every second, third and so on where the names would touch. */
function startTicks(names: readonly string[], pxPerPoint: number): number[] {
  const longest = Math.max(1, ...names.map(({ length }) => length));
  const every = Math.max(1, Math.ceil((longest * CHARACTER_PX + NAME_GAP_PX) / pxPerPoint));
  return names.flatMap((_, index) => (index % every === 0 ? [index] : []));
}

function meanLine(
  { x, y, left, right, make }: Frame,
  points: readonly ShiftPoint[],
  { mean, changeFrom }: CohortShiftOptions,
): Node[] {
  if (mean === null) return [];
  const at = changeFrom === null ? -1 : points.findIndex(({ start }) => start === changeFrom);
  const to = at < 0 ? right : x(at - 0.5);
  return [
    make('line', {
      x1: left,
      x2: to,
      y1: y(mean),
      y2: y(mean),
      stroke: 'var(--data-compare)',
      'stroke-width': 1.25,
      'stroke-dasharray': '2 3',
    }),
  ];
}

function mark(
  { x, y, make }: Frame,
  { start, value, low, high, n, isPartial, isChosen }: ShiftPoint,
  index: number,
  { smallSample, changeFrom }: CohortShiftOptions,
): Node[] {
  if (value === null || low === null || high === null) return [];
  const isHollow = isPartial || n < smallSample;
  const isAfter = changeFrom !== null && start >= changeFrom;
  const stroke = isChosen ? 'var(--focus)' : isAfter ? 'var(--series-2)' : 'var(--data)';
  return [
    make('line', {
      x1: x(index),
      x2: x(index),
      y1: y(high),
      y2: y(low),
      stroke,
      'stroke-width': 1.5,
      ...(isHollow ? { 'stroke-dasharray': '3 2' } : {}),
    }),
    make('circle', {
      cx: x(index),
      cy: y(value),
      r: isChosen ? 4.6 : 3.8,
      fill: isHollow ? 'var(--surface)' : stroke,
      stroke,
      'stroke-width': isHollow ? 1.5 : 0,
    }),
  ];
}

function latestLabel({ x, y, make }: Frame, points: readonly ShiftPoint[]): Node[] {
  const index = latestOf(points);
  const point = points[index];
  if (point?.value == null) return [];
  return [
    make(
      'text',
      { x: x(index) + 9, y: y(point.value) + 4, fill: 'var(--ink)', 'font-weight': 600, ...HALO },
      formatRate(point.value),
    ),
  ];
}
