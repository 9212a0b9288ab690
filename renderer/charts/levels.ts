import * as Plot from '@observablehq/plot';
import { formatDate } from '../../shared/format/calendar.ts';
import { formatPercentNumber, formatPoints, formatRate } from '../../shared/format/numbers.ts';
import type { Levels, Stretch } from '../../shared/stats/change-points.ts';
import { diamond } from './cell-lines.ts';
import { HALO } from './halo.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { thresholdRule } from './threshold-rule.ts';
import { dateTicks, rateAxis } from './ticks.ts';

export interface LevelsOptions {
  width: number;
  height: number;
  dates: readonly string[];
  today: string;
  bucket: 'day' | 'week';
  /** null: nothing to be held against. */
  thresholdRatio: number | null;
  releases: readonly { version: string; date: string }[];
}

const MARGINS = { left: 36, right: 84, top: 26, bottom: 22 } as const;
const TICK_HEIGHT_PX = 28;
const LABEL_ROOM_PX = 92;

/** A rate as its levels: one line per stretch with its interval, a diamond where it changed. No bucket by itself. */
export function levelsChart({ stretches, changes }: Levels, options: LevelsOptions): Plot.PlotOptions {
  const { width, height, dates, today, bucket, thresholdRatio } = options;
  const last = Math.max(1, dates.length);
  const known = stretches.flatMap(({ value, low, high }) => [value, low, high]);
  const axis = rateAxis(
    [...known, thresholdRatio].filter((rate) => rate !== null),
    Math.max(3, Math.floor((height - MARGINS.top - MARGINS.bottom) / TICK_HEIGHT_PX) + 1),
  );
  const top = axis.ticks.at(-1);
  const step = (axis.ticks[1] ?? 1) - (axis.ticks[0] ?? 0);
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
      Plot.ruleY(axis.ticks, { stroke: 'var(--line)' }),
      Plot.axisY(axis.ticks, {
        tickSize: 0,
        tickPadding: 6,
        label: null,
        fill: 'var(--ink-3)',
        tickFormat: (tick: number) =>
          formatPercentNumber(tick, step < 0.0099 ? 1 : 0) + (tick === top ? '%' : ''),
      }),
      Plot.axisX(dateTicks(dates, bucket, (width - MARGINS.left - MARGINS.right) / last), {
        tickSize: 4,
        tickPadding: 4,
        stroke: 'var(--line-2)',
        fill: 'var(--ink-3)',
        label: null,
        tickFormat: (index: number) => formatDate(dates[index] ?? today, today),
      }),
      pixelMark((frame) => releaseTicks(frame, options)),
      pixelMark((frame) => stretches.flatMap((stretch) => level(frame, stretch))),
      pixelMark((frame) => ruleOf(frame, thresholdRatio)),
      pixelMark((frame) => {
        let lastLabel = -Infinity;
        return changes.flatMap(({ at, after, difference }) => {
          const x = frame.x(at);
          const y = frame.y(after.value ?? 0);
          const isNamed = x - lastLabel >= LABEL_ROOM_PX;
          if (isNamed) lastLabel = x;
          return [
            diamond(frame, x, y),
            ...(isNamed
              ? [changeText(frame, x, formatPoints(difference), formatDate(dates[at] ?? today, today))]
              : []),
          ];
        });
      }),
      pixelMark((frame) => endLabel(frame, stretches.at(-1), options)),
    ],
  };
}

function level({ x, y, make }: Frame, { first, last, value, low, high }: Stretch): Node[] {
  if (value === null || low === null || high === null) return [];
  const [from, to] = [x(first), x(last + 1)];
  return [
    make('rect', {
      x: from,
      y: y(high),
      width: Math.max(0, to - from),
      height: Math.max(0, y(low) - y(high)),
      fill: 'var(--data-interval)',
    }),
    make('line', {
      x1: from,
      x2: to,
      y1: y(value),
      y2: y(value),
      stroke: 'var(--data)',
      'stroke-width': 1.75,
    }),
  ];
}

/** In the lane on top, away from the levels. */
const changeText = ({ top, right, make }: Frame, x: number, difference: string, date: string): Node =>
  make(
    'text',
    { x: Math.min(x, right - 20), y: top - 12, 'text-anchor': x > right - 60 ? 'end' : 'start', ...HALO },
    make('tspan', { fill: 'var(--ink)', 'font-weight': 600 }, difference),
    make('tspan', { fill: 'var(--ink-3)', dx: 5 }, date),
  );

function ruleOf(frame: Frame, thresholdRatio: number | null): Node[] {
  if (thresholdRatio === null) return [];
  return thresholdRule(frame, {
    value: thresholdRatio,
    text: `Below ${formatRate(thresholdRatio, 0)}*`,
    isTextBelow: frame.bottom - frame.y(thresholdRatio) >= 18,
  });
}

function releaseTicks({ x, top, bottom, make }: Frame, { releases, dates }: LevelsOptions): Node[] {
  return releases.flatMap(({ date }) => {
    const index = dates.findLastIndex((each) => each <= date);
    if (index < 0) return [];
    const at = x(index);
    return [
      make('line', { x1: at, x2: at, y1: top, y2: bottom, stroke: 'var(--line-2)', 'stroke-width': 1 }),
    ];
  });
}

function endLabel({ x, y, make }: Frame, last: Stretch | undefined, { dates, today }: LevelsOptions): Node[] {
  if (last?.value == null) return [];
  const at = x(last.last + 1) + 10;
  return [
    make(
      'text',
      { x: at, y: y(last.value) + 1, fill: 'var(--ink)', 'font-weight': 600, 'font-size': 12 },
      formatRate(last.value),
    ),
    make(
      'text',
      { x: at, y: y(last.value) + 15, fill: 'var(--ink-3)' },
      `since ${formatDate(dates[last.first] ?? today, today)}`,
    ),
  ];
}
