import * as Plot from '@observablehq/plot';
import { formatDate } from '../../shared/format/calendar.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { thresholdRule } from './threshold-rule.ts';
import { countAxis, dateTicks, rateAxis } from './ticks.ts';

/** A bucket of a watched series. */
export interface WatchedPoint {
  date: string;
  value: number | null;
  low: number | null;
  high: number | null;
  isPartial: boolean;
  /** It broke the rule: a filled red dot. */
  fails: boolean;
}

/** A firing, named above the plot. */
export interface FiringMark {
  index: number;
  text: string;
  isOpen: boolean;
  /** Found by the detector: an open diamond on the line. */
  isAnomaly: boolean;
}

export interface WatchedSeriesOptions {
  width: number;
  height: number;
  today: string;
  isRate: boolean;
  threshold: { value: number; side: 'below' | 'above'; text: string } | null;
  /** Of the whole span: what is expected. */
  expected: { low: number; high: number } | null;
  marks: readonly FiringMark[];
  /** Buckets judged, both included. */
  judged: { from: number; to: number } | null;
  hasIntervals: boolean;
  formatValue: (value: number) => string;
}

const MARGINS = { left: 44, right: 18, top: 26, bottom: 22 } as const;
const TICK_HEIGHT_PX = 34;
const MARK_ROOM_PX = 52;

/** Evidence and back test: one ink line, the expected range grey, the rule dashed red, firings named on top. */
export function watchedSeriesChart(
  points: readonly WatchedPoint[],
  options: WatchedSeriesOptions,
): Plot.PlotOptions {
  const { width, height, isRate, threshold, expected } = options;
  const last = Math.max(1, points.length - 1);
  const plotHeight = height - MARGINS.top - MARGINS.bottom;
  const most = Math.max(3, Math.floor(plotHeight / TICK_HEIGHT_PX) + 1);
  const known = [...points.map(({ value }) => value), threshold?.value, expected?.low, expected?.high].filter(
    (value) => value != null,
  );
  const axis = isRate ? rateAxis(known.map(insideRate), most) : countScale(known, most);
  const pxPerBucket = (width - MARGINS.left - MARGINS.right) / last;
  const dates = points.map(({ date }) => date);
  return {
    width,
    height,
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: [0, last], axis: null },
    y: { domain: axis.domain, axis: null },
    marks: [
      pixelMark((frame) => expectedBand(frame, expected)),
      pixelMark((frame) => failingBand(frame, threshold)),
      pixelMark((frame) => judgedSpan(frame, options)),
      Plot.ruleY(axis.ticks, { stroke: 'var(--line)' }),
      Plot.axisY(axis.ticks, {
        tickSize: 0,
        tickPadding: 6,
        label: null,
        fill: 'var(--ink-3)',
        tickFormat: (tick: number) => options.formatValue(tick),
      }),
      Plot.axisX(dateTicks(dates, 'day', pxPerBucket), {
        tickSize: 4,
        tickPadding: 4,
        stroke: 'var(--line-2)',
        fill: 'var(--ink-3)',
        label: null,
        tickFormat: (index: number) => formatDate(dates[index] ?? options.today, options.today),
      }),
      pixelMark((frame) => (options.hasIntervals ? intervals(frame, points) : [])),
      Plot.line(points, {
        x: (_, index) => index,
        y: ({ value, isPartial }: WatchedPoint) => (isPartial ? NaN : (value ?? NaN)),
        stroke: 'var(--data)',
        strokeWidth: 1.75,
        strokeLinejoin: 'round',
      }),
      pixelMark((frame) =>
        threshold === null
          ? []
          : thresholdRule(frame, { ...threshold, isTextBelow: threshold.side === 'below' }),
      ),
      pixelMark((frame) => failingDots(frame, points)),
      pixelMark((frame) => firingMarks(frame, points, options)),
    ],
  };
}

const insideRate = (value: number): number => Math.min(1, Math.max(0, value));

function countScale(values: readonly number[], most: number): { domain: [number, number]; ticks: number[] } {
  const largest = Math.max(0, ...values);
  const ticks = countAxis(largest, most);
  return { domain: [0, Math.max(largest * 1.05, ticks.at(-1) ?? 1)], ticks };
}

function expectedBand(
  { left, right, y, top, make }: Frame,
  expected: WatchedSeriesOptions['expected'],
): Node[] {
  if (expected === null) return [];
  const from = Math.max(top, y(expected.high));
  const height = Math.max(0, y(expected.low) - from);
  return [make('rect', { x: left, y: from, width: right - left, height, fill: 'var(--data-interval)' })];
}

function failingBand(
  { left, right, top, bottom, y, make }: Frame,
  threshold: WatchedSeriesOptions['threshold'],
): Node[] {
  if (threshold === null) return [];
  const at = Math.min(bottom, Math.max(top, y(threshold.value)));
  const [from, to] = threshold.side === 'below' ? [at, bottom] : [top, at];
  return [
    make('rect', {
      x: left,
      y: from,
      width: right - left,
      height: Math.max(0, to - from),
      fill: 'var(--threshold)',
      'fill-opacity': 0.055,
    }),
  ];
}

function judgedSpan({ x, top, bottom, make }: Frame, { judged }: WatchedSeriesOptions): Node[] {
  if (judged === null) return [];
  const from = x(Math.max(0, judged.from - 0.5));
  const width = Math.max(2, x(judged.to + 0.5) - from);
  return [make('rect', { x: from, y: top, width, height: bottom - top, fill: 'var(--focus-tint)' })];
}

function intervals({ x, y, top, bottom, make }: Frame, points: readonly WatchedPoint[]): Node[] {
  const inside = (at: number): number => Math.min(bottom, Math.max(top, at));
  return points.flatMap(({ fails, low, high }, index) =>
    !fails || low === null || high === null
      ? []
      : [
          make('line', {
            x1: x(index),
            x2: x(index),
            y1: inside(y(high)),
            y2: inside(y(low)),
            stroke: 'var(--threshold)',
            'stroke-width': 1.5,
          }),
        ],
  );
}

function failingDots({ x, y, make }: Frame, points: readonly WatchedPoint[]): Node[] {
  return points.flatMap(({ fails, value }, index) =>
    fails && value !== null
      ? [make('circle', { cx: x(index), cy: y(value), r: 3.2, fill: 'var(--threshold)' })]
      : [],
  );
}

/** The rule's voice is a dotted stem, the detector's an open diamond (DESIGN, Three voices). */
function firingMarks(
  { x, y, top, bottom, left, right, make }: Frame,
  points: readonly WatchedPoint[],
  { marks }: WatchedSeriesOptions,
): Node[] {
  let lastX = -Infinity;
  return marks.flatMap(({ index, text, isOpen, isAnomaly }) => {
    const at = x(index);
    const value = points[index]?.value ?? null;
    const foot = value === null ? bottom : y(value);
    const colour = isOpen ? 'var(--crit)' : 'var(--ink-2)';
    const isNamed = at - lastX > MARK_ROOM_PX;
    if (isNamed) lastX = at;
    const anchor = at - left < 20 ? 'start' : right - at < 20 ? 'end' : 'middle';
    const d = 5.5;
    return [
      make('line', { x1: at, x2: at, y1: top - 2, y2: foot, stroke: colour, 'stroke-dasharray': '1 2' }),
      ...(isNamed ? [make('text', { x: at, y: top - 10, 'text-anchor': anchor, fill: colour }, text)] : []),
      ...(isAnomaly && value !== null
        ? [
            make('path', {
              d: `M${at},${foot - d}L${at + d},${foot}L${at},${foot + d}L${at - d},${foot}Z`,
              fill: 'var(--surface)',
              stroke: 'var(--anomaly)',
              'stroke-width': 1.5,
            }),
          ]
        : []),
    ];
  });
}
