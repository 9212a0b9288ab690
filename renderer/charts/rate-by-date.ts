import * as Plot from '@observablehq/plot';
import { formatDate } from '../../shared/format/calendar.ts';
import { formatCount, formatPercentNumber, formatRate } from '../../shared/format/numbers.ts';
import { HALO } from './halo.ts';
import { hatchPattern } from './hatch.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { spreadLabels } from './spread-labels.ts';
import { bucketTicks, rateAxis } from './ticks.ts';

/** A rate of one bucket; null where its denominator is 0. */
export interface RateBucket {
  date: string;
  isPartial: boolean;
  value: number | null;
  low: number | null;
  high: number | null;
  /** Denominator. */
  n: number;
  previous: { value: number | null } | null;
  /** What the weeks before lead to expect; absent where there is too little of them. */
  expected?: { low: number; high: number } | undefined;
}

export interface RateByDateOptions {
  width: number;
  height: number;
  today: string;
  bucket: 'hour' | 'day' | 'week';
  /** null: nothing to be held against, because the rate is that of one state. */
  thresholdRatio: number | null;
  smallSample: number;
  releases: readonly { version: string; date: string }[];
  /** What the dotted line is called at its end; null without a comparison. */
  previousLabel: string | null;
  /** Bucket that holds the watermark of a late source. */
  watermarkIndex: number | null;
  /** Unique on the page; patterns are found by it. */
  id: string;
  /** Room at the end of the lines, for their names. */
  endPx?: number;
  /** Where the releases are named: away from the line. */
  releasesAt?: 'top' | 'bottom';
  /** Every bucket carries its interval, where there is room. */
  hasIntervals?: boolean;
}

const MARGINS = { left: 32, right: 102, top: 10, bottom: 22 } as const;
const TICK_HEIGHT_PX = 26;
const MOST_TICKS = 8;
const DOT_PX = 3.2;

/** A rate per bucket: one ink line, the compared period dotted, buckets below the threshold as red dots. */
export function rateByDateChart(
  buckets: readonly RateBucket[],
  options: RateByDateOptions,
): Plot.PlotOptions {
  const { width, height, thresholdRatio, endPx = MARGINS.right } = options;
  const last = Math.max(0, buckets.length - 1);
  const plotHeight = height - MARGINS.top - MARGINS.bottom;
  const axis = rateAxis(
    ratesOf(buckets, thresholdRatio),
    Math.max(3, Math.min(MOST_TICKS, Math.floor(plotHeight / TICK_HEIGHT_PX) + 1)),
  );
  const pxPerBucket = (width - MARGINS.left - endPx) / Math.max(1, last);
  const topTick = axis.ticks.at(-1);
  return {
    width,
    height,
    marginLeft: MARGINS.left,
    marginRight: endPx,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: last === 0 ? [-0.5, 0.5] : [0, last + 0.4], axis: null },
    y: { domain: axis.domain, axis: null },
    marks: [
      pixelMark((frame) => thresholdBand(frame, thresholdRatio)),
      Plot.areaY(buckets, {
        x: (_, index) => index,
        y1: ({ expected }: RateBucket) => expected?.low ?? NaN,
        y2: ({ expected }: RateBucket) => expected?.high ?? NaN,
        fill: 'var(--data-interval)',
      }),
      Plot.ruleY(axis.ticks, { stroke: 'var(--line)' }),
      Plot.axisY(axis.ticks, {
        tickSize: 0,
        tickPadding: 6,
        label: null,
        fill: 'var(--ink-3)',
        tickFormat: (tick: number) => tickText(tick, axis.ticks) + (tick === topTick ? '%' : ''),
      }),
      Plot.axisX(
        bucketTicks(
          buckets.map(({ date }) => date),
          options.bucket,
          pxPerBucket,
        ),
        {
          tickSize: 4,
          tickPadding: 4,
          stroke: 'var(--line-2)',
          fill: 'var(--ink-3)',
          label: null,
          tickFormat: (index: number) =>
            formatDate(dayOf(buckets[index]?.date ?? options.today), options.today),
        },
      ),
      pixelMark((frame) => lateSpan(frame, options, last)),
      ...(options.bucket === 'hour' ? [] : [pixelMark((frame) => gaps(frame, buckets, options.today))]),
      pixelMark((frame) => releaseRules(frame, buckets, options)),
      Plot.line(buckets, {
        x: (_, index) => index,
        y: ({ previous }: RateBucket) => previous?.value ?? NaN,
        stroke: 'var(--data-compare)',
        strokeWidth: 1.25,
        strokeDasharray: '2 3',
      }),
      pixelMark((frame) => thresholdRule(frame, thresholdRatio)),
      ...(options.hasIntervals === true && pxPerBucket >= LEAST_INTERVAL_PX
        ? [pixelMark((frame) => intervals(frame, buckets, options.smallSample))]
        : []),
      pixelMark((frame) => smallIntervals(frame, buckets, options.smallSample)),
      Plot.line(buckets, {
        x: (_, index) => index,
        y: ({ value, isPartial }: RateBucket) => (isPartial ? NaN : (value ?? NaN)),
        stroke: 'var(--data)',
        strokeWidth: 1.75,
        strokeLinejoin: 'round',
      }),
      pixelMark((frame) => smallDots(frame, buckets, options.smallSample)),
      pixelMark((frame) => partialLine(frame, buckets)),
      pixelMark((frame) => thresholdLabel(frame, thresholdRatio)),
      pixelMark((frame) => failingDots(frame, buckets, options)),
      pixelMark((frame) => endLabels(frame, buckets, options)),
    ],
  };
}

const LEAST_INTERVAL_PX = 8; // closer together the rules would be a band of another meaning

/** A bucket of hours carries its time behind the day. */
const dayOf = (name: string): string => name.slice(0, 10);

const bucketText = (name: string, today: string): string =>
  name.length > 10 ? `${formatDate(dayOf(name), today)}, ${name.slice(11)}` : formatDate(name, today);

/** Of every bucket that is not small: small ones have their own. */
function intervals(
  { x, y, top, bottom, make }: Frame,
  buckets: readonly RateBucket[],
  smallSample: number,
): Node[] {
  const clamp = (at: number): number => Math.max(top, Math.min(bottom, at));
  return buckets.flatMap((bucket, index) => {
    const { low, high, value } = bucket;
    if (value === null || low === null || high === null || isSmall(bucket, smallSample)) return [];
    const line = { x1: x(index), x2: x(index), y1: clamp(y(high)), y2: clamp(y(low)) };
    return [make('line', { ...line, stroke: 'var(--data-muted)', 'stroke-width': 1.25 })];
  });
}

function ratesOf(buckets: readonly RateBucket[], thresholdRatio: number | null): number[] {
  const rates = buckets.flatMap(({ value, previous, expected }) => [
    value,
    previous?.value ?? null,
    expected?.low ?? null,
    expected?.high ?? null,
  ]);
  const known = [...rates, thresholdRatio].filter((rate) => rate !== null);
  return rates.some((rate) => rate !== null)
    ? known
    : known.flatMap((rate) => [rate - 0.05, Math.min(1, rate + 0.07)]);
}

function tickText(tick: number, ticks: readonly number[]): string {
  const step = (ticks[1] ?? 1) - (ticks[0] ?? 0);
  return formatPercentNumber(tick, step < 0.0099 ? 1 : 0);
}

function thresholdBand({ left, right, bottom, y, make }: Frame, thresholdRatio: number | null): Node[] {
  if (thresholdRatio === null) return [];
  const top = y(thresholdRatio);
  return [
    make('rect', {
      x: left,
      y: top,
      width: right - left,
      height: Math.max(0, bottom - top),
      fill: 'var(--threshold)',
      'fill-opacity': 0.055,
    }),
  ];
}

function thresholdRule({ left, right, y, make }: Frame, thresholdRatio: number | null): Node[] {
  if (thresholdRatio === null) return [];
  const at = y(thresholdRatio);
  const line = { x1: left, x2: right, y1: at, y2: at };
  return [
    make('line', { ...line, stroke: 'var(--threshold)', 'stroke-width': 1.25, 'stroke-dasharray': '5 3' }),
  ];
}

function thresholdLabel({ left, bottom, y, make }: Frame, thresholdRatio: number | null): Node[] {
  if (thresholdRatio === null) return [];
  const at = y(thresholdRatio);
  const isAbove = bottom - at < 18; // no room in the band itself
  const place = { x: left + 4, y: isAbove ? at - 5 : at + 13 };
  return [
    make('text', { ...place, fill: 'var(--threshold)', ...HALO }, `Below ${formatRate(thresholdRatio, 0)}*`),
  ];
}

function lateSpan(frame: Frame, { watermarkIndex, id }: RateByDateOptions, last: number): Node[] {
  if (watermarkIndex === null) return [];
  const { right, top, bottom, x, make } = frame;
  const from = last === 0 ? frame.left : Math.max(frame.left, x(watermarkIndex - 0.5));
  return [
    hatchPattern(frame, `${id}-late`, 'var(--warn-line)', { gap: 5, width: 1 }),
    make('rect', {
      x: from,
      y: top,
      width: right - from,
      height: bottom - top,
      fill: `url(#${id}-late)`,
      'fill-opacity': 0.28,
    }),
    make('line', {
      x1: from,
      x2: from,
      y1: top - 4,
      y2: bottom,
      stroke: 'var(--warn)',
      'stroke-width': 1.25,
    }),
  ];
}

/** Buckets without a single session are missing, not zero: the line breaks and the span says so. */
function gaps(
  { x, top, bottom, left, right, make }: Frame,
  buckets: readonly RateBucket[],
  today: string,
): Node[] {
  const spans: { first: number; last: number }[] = [];
  buckets.forEach(({ n, isPartial }, index) => {
    if (n > 0 || isPartial) return;
    const open = spans.at(-1);
    if (open?.last === index - 1) open.last = index;
    else spans.push({ first: index, last: index });
  });
  if (spans.length === buckets.length || spans.length > 6) return [];
  return spans.flatMap(({ first, last }) => {
    const from = Math.max(left, x(first - 0.5));
    const to = Math.min(right, x(last + 0.5));
    const dates = [buckets[first]?.date ?? '', buckets[last]?.date ?? ''].map((date) =>
      formatDate(date, today),
    );
    const text = `No data, ${first === last ? String(dates[0]) : dates.join(' to ')}`;
    return [
      make('rect', { x: from, y: top, width: to - from, height: bottom - top, fill: 'var(--crit-tint)' }),
      make(
        'text',
        { x: (from + to) / 2, y: top + 12, 'text-anchor': 'middle', fill: 'var(--crit)', ...HALO },
        text,
      ),
    ];
  });
}

const RELEASE_LABEL_PX = 44;
const CHARACTER_PX = 6.2;

function releaseRules(
  { x, top, bottom, left, make }: Frame,
  buckets: readonly RateBucket[],
  options: RateByDateOptions,
): Node[] {
  let lastX = -Infinity;
  let level = 0;
  return options.releases.flatMap(({ version, date }) => {
    const index = bucketIndexOf(date, buckets, options.bucket);
    if (index === null) return [];
    const at = x(index);
    level = at - lastX < RELEASE_LABEL_PX ? level + 1 : 0;
    const isAtEdge = at - Math.max(left, lastX) < version.length * CHARACTER_PX + 6;
    lastX = at;
    return [
      make('line', { x1: at, x2: at, y1: top, y2: bottom, stroke: 'var(--data-compare)', 'stroke-width': 1 }),
      make(
        'text',
        {
          x: isAtEdge ? at + 4 : at - 4,
          y: options.releasesAt === 'top' ? top + 8 + level * 13 : bottom - 6 - level * 13,
          'text-anchor': isAtEdge ? 'start' : 'end',
          fill: 'var(--ink-2)',
          ...HALO,
        },
        version,
      ),
    ];
  });
}

export function bucketIndexOf(
  date: string,
  buckets: readonly { date: string }[],
  bucket: 'hour' | 'day' | 'week',
): number | null {
  const index = buckets.findLastIndex((each) => each.date <= date);
  if (index < 0) return null;
  if (bucket === 'day') return buckets[index]?.date === date ? index : null;
  return index;
}

/** Few sessions: the interval dashed. */
function smallIntervals(
  { x, y, top, bottom, make }: Frame,
  buckets: readonly RateBucket[],
  smallSample: number,
): Node[] {
  const clamp = (at: number): number => Math.max(top, Math.min(bottom, at));
  return buckets.flatMap((bucket, index) => {
    const { low, high } = bucket;
    if (!isSmall(bucket, smallSample) || low === null || high === null) return [];
    const line = { x1: x(index), x2: x(index), y1: clamp(y(high)), y2: clamp(y(low)) };
    return [
      make('line', { ...line, stroke: 'var(--data-muted)', 'stroke-width': 1.5, 'stroke-dasharray': '3 2' }),
    ];
  });
}

/** Few sessions: an open dot. */
function smallDots({ x, y, make }: Frame, buckets: readonly RateBucket[], smallSample: number): Node[] {
  return buckets.flatMap((bucket, index) =>
    isSmall(bucket, smallSample)
      ? [
          make('circle', {
            cx: x(index),
            cy: y(bucket.value ?? 0),
            r: 2.6,
            fill: 'var(--surface)',
            stroke: 'var(--data)',
            'stroke-width': 1.25,
          }),
        ]
      : [],
  );
}

const isSmall = ({ value, n, isPartial }: RateBucket, smallSample: number): boolean =>
  !isPartial && value !== null && n < smallSample;

/** From the last complete bucket dotted to an open dot. */
function partialLine({ x, y, make }: Frame, buckets: readonly RateBucket[]): Node[] {
  const firstPartial = buckets.findIndex(({ isPartial }) => isPartial);
  if (firstPartial < 0) return [];
  const from = Math.max(0, firstPartial - 1);
  const points = buckets
    .slice(from)
    .map(({ value }, offset) => (value === null ? null : ([x(from + offset), y(value)] as const)))
    .filter((point) => point !== null);
  const end = points.at(-1);
  if (end === undefined) return [];
  return [
    make('path', {
      d: points.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${px},${py}`).join(''),
      fill: 'none',
      stroke: 'var(--data)',
      'stroke-width': 1.75,
      'stroke-dasharray': '1.5 2.5',
    }),
    make('circle', {
      cx: end[0],
      cy: end[1],
      r: 3,
      fill: 'var(--surface)',
      stroke: 'var(--data)',
      'stroke-width': 1.75,
    }),
  ];
}

function failingDots(frame: Frame, buckets: readonly RateBucket[], options: RateByDateOptions): Node[] {
  const { thresholdRatio, smallSample } = options;
  if (thresholdRatio === null) return [];
  const { x, y, make } = frame;
  const failing = buckets
    .map((bucket, index) => ({ ...bucket, index }))
    .filter(
      ({ value, n, isPartial }) => !isPartial && value !== null && value < thresholdRatio && n >= smallSample,
    );
  const lowest = failing.toSorted((a, b) => (a.value ?? 0) - (b.value ?? 0))[0];
  const dots = failing.map(({ index, value }) =>
    make('circle', { cx: x(index), cy: y(value ?? 0), r: DOT_PX, fill: 'var(--threshold)' }),
  );
  return lowest === undefined ? dots : [...dots, lowestLabel(frame, lowest, options.today)];
}

function lowestLabel(
  { x, y, right, make }: Frame,
  lowest: RateBucket & { index: number },
  today: string,
): Node {
  const at = x(lowest.index);
  const isNearEnd = right - at < 100;
  return make(
    'text',
    {
      x: isNearEnd ? at - 9 : at + 9,
      y: y(lowest.value ?? 0) + 4,
      'text-anchor': isNearEnd ? 'end' : 'start',
      ...HALO,
    },
    make('tspan', { fill: 'var(--threshold)', 'font-weight': 600 }, formatRate(lowest.value)),
    make('tspan', { fill: 'var(--ink-3)', dx: 5 }, bucketText(lowest.date, today)),
  );
}

const LINE_PX = 14;

function endLabels(
  { x, y, top, bottom, make }: Frame,
  buckets: readonly RateBucket[],
  options: RateByDateOptions,
): Node[] {
  const lastIndex = buckets.findLastIndex(({ value }) => value !== null);
  const last = buckets[lastIndex];
  const previousIndex = buckets.findLastIndex(({ previous }) => previous?.value != null);
  const before = buckets[previousIndex]?.previous?.value ?? null;
  const targets = [
    ...(last?.value == null ? [] : [y(last.value) + 7]),
    ...(before === null ? [] : [y(before)]),
  ];
  const heights = last?.value == null ? [LINE_PX] : [LINE_PX * 2 + 2, LINE_PX];
  const places = spreadLabels(targets, heights, top - 8, bottom + 6);
  const left = x(Math.max(0, buckets.length - 1)) + 12;
  const nodes: Node[] = [];
  if (last?.value != null) {
    const at = (places.shift() ?? 0) - 7;
    const when = last.date === options.today ? 'today' : bucketText(last.date, options.today);
    nodes.push(
      make(
        'text',
        { x: left, y: at + 4, fill: 'var(--ink)', 'font-weight': 600, 'font-size': 12 },
        formatRate(last.value),
      ),
      make('text', { x: left, y: at + 18, fill: 'var(--ink-3)' }, `${when}, n ${formatCount(last.n)}`),
    );
  }
  const [previousAt] = places;
  if (previousAt !== undefined && options.previousLabel !== null) {
    nodes.push(make('text', { x: left, y: previousAt + 4, fill: 'var(--ink-3)' }, options.previousLabel));
  }
  return nodes;
}
