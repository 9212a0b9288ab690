import * as Plot from '@observablehq/plot';
import { formatPercentNumber } from '../../shared/format/numbers.ts';
import { secondsInWords } from '../parts/seconds-text.ts';
import { durationTicks } from './duration-ticks.ts';
import { HALO } from './halo.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { countAxis } from './ticks.ts';

export interface TimeBar {
  fromSeconds: number;
  toSeconds: number;
  count: number;
}

export interface TimeBars {
  /** Of one width, without a gap. */
  bars: readonly TimeBar[];
  /** Units timed in all, and those beyond the last bar. */
  n: number;
  above: number;
}

export interface FunnelTimeOptions {
  width: number;
  height: number;
  medianSeconds: number | null;
  /** null where it is not known: then nothing is drawn for it. */
  p90Seconds: number | null;
}

const MARGINS = { left: 32, right: 12, top: 34, bottom: 22 } as const;
const TICK_ROOM_PX = 58;
const TICK_HEIGHT_PX = 24;
const MOST_TICKS = 6;
const CHARACTER_PX = 6.5;
const LINE_PX = 13;

/** How long it took: shares per bar, with median and p90; what lies beyond p90 is lighter. */
export function funnelTimeChart({ bars, n }: TimeBars, options: FunnelTimeOptions): Plot.PlotOptions {
  const { width, height, p90Seconds } = options;
  const largest = Math.max(0, ...bars.map(({ count }) => count)) / Math.max(1, n);
  const plotHeight = height - MARGINS.top - MARGINS.bottom;
  const ticks = countAxis(
    largest,
    Math.max(2, Math.min(MOST_TICKS, Math.floor(plotHeight / TICK_HEIGHT_PX))),
  );
  const top = ticks.at(-1) ?? 1;
  const decimals = ticks.every((tick) => Math.abs(tick * 100 - Math.round(tick * 100)) < 1e-9) ? 0 : 1;
  return {
    width,
    height,
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: [0, Math.max(1, bars.length)], axis: null },
    y: { domain: [0, Math.max(top, largest)], axis: null },
    marks: [
      Plot.ruleY(ticks, { stroke: 'var(--line)' }),
      Plot.axisY(ticks, {
        tickSize: 0,
        tickPadding: 6,
        label: null,
        fill: 'var(--ink-3)',
        tickFormat: (tick: number) => formatPercentNumber(tick, decimals) + (tick === top ? '%' : ''),
      }),
      Plot.rect(bars, {
        x1: (_: TimeBar, index: number) => index,
        x2: (_: TimeBar, index: number) => index + 1,
        y1: 0,
        y2: ({ count }: TimeBar) => count / Math.max(1, n),
        fill: ({ fromSeconds }: TimeBar) =>
          p90Seconds !== null && fromSeconds >= p90Seconds ? 'var(--data-muted)' : 'var(--data)',
        insetLeft: 0.5,
        insetRight: 0.5,
      }),
      Plot.ruleY([0], { stroke: 'var(--line-3)' }),
      pixelMark((frame) => axis(frame, bars)),
      pixelMark((frame) => marks(frame, bars, options)),
    ],
  };
}

function axis({ x, left, right, bottom, make }: Frame, bars: readonly TimeBar[]): Node[] {
  const low = bars[0]?.fromSeconds ?? 0;
  const high = bars.at(-1)?.toSeconds ?? 0;
  const most = Math.max(2, Math.floor((right - left) / TICK_ROOM_PX));
  return durationTicks(low, high, most).flatMap((tick) => {
    const at = x(placeOf(tick, bars));
    return [
      make('line', { x1: at, x2: at, y1: bottom, y2: bottom + 4, stroke: 'var(--line-2)' }),
      make(
        'text',
        { x: at, y: bottom + 15, 'text-anchor': 'middle', fill: 'var(--ink-3)' },
        secondsInWords(tick),
      ),
    ];
  });
}

/** Seconds to places along the bars. */
function placeOf(seconds: number, bars: readonly TimeBar[]): number {
  const [first] = bars;
  if (first === undefined) return 0;
  return (seconds - first.fromSeconds) / (first.toSeconds - first.fromSeconds);
}

function marks(
  { x, left, right, top, bottom, make }: Frame,
  bars: readonly TimeBar[],
  { medianSeconds, p90Seconds }: FunnelTimeOptions,
): Node[] {
  const known = [
    { name: 'Median', seconds: medianSeconds },
    { name: 'p90', seconds: p90Seconds },
  ].flatMap(({ name, seconds }) => (seconds === null ? [] : [{ name, seconds }]));
  let freeFrom = left;
  return known.flatMap(({ name, seconds }) => {
    const at = x(placeOf(seconds, bars));
    if (at > right + 1) return [];
    const text = `${name} ${secondsInWords(seconds)}`;
    const textPx = text.length * CHARACTER_PX;
    const isAtEnd = right - at < textPx;
    const level = (isAtEnd ? at - 5 - textPx : at + 5) < freeFrom ? LINE_PX : 0;
    freeFrom = isAtEnd ? at : at + 5 + textPx;
    return [
      make('line', {
        x1: at,
        x2: at,
        y1: top - 30 + level,
        y2: bottom,
        stroke: 'var(--ink-2)',
        'stroke-width': 1.25,
        'stroke-dasharray': '2 3',
      }),
      make(
        'text',
        {
          x: isAtEnd ? at - 5 : at + 5,
          y: top - 21 + level,
          'text-anchor': isAtEnd ? 'end' : 'start',
          fill: 'var(--ink)',
          'font-weight': 600,
          ...HALO,
        },
        text,
      ),
    ];
  });
}
