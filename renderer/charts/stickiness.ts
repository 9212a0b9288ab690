import * as Plot from '@observablehq/plot';
import { formatPercentNumber } from '../../shared/format/numbers.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { countAxis } from './ticks.ts';

export interface StickinessBar {
  periods: number;
  value: number | null;
  /** The compared period, as a tick. */
  previous: number | null;
}

export interface StickinessOptions {
  width: number;
  height: number;
  /** "day": the first tick says "1 day". */
  unit: string;
}

const MARGINS = { left: 36, right: 12, top: 10, bottom: 22 } as const;
const TICK_ROOM_PX = 34;

/** Share of people that were active in exactly so many periods. */
export function stickinessChart(
  bars: readonly StickinessBar[],
  { width, height, unit }: StickinessOptions,
): Plot.PlotOptions {
  const largest = Math.max(0, ...bars.flatMap(({ value, previous }) => [value ?? 0, previous ?? 0]));
  const ticks = countAxis(largest, 6);
  const top = ticks.at(-1) ?? 1;
  const pxPerBar = (width - MARGINS.left - MARGINS.right) / Math.max(1, bars.length);
  const every = Math.max(1, Math.ceil(TICK_ROOM_PX / pxPerBar));
  const gap = pxPerBar > 8 ? 2 : 0.5;
  return {
    width,
    height,
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: [0, Math.max(1, bars.length)], axis: null },
    y: { domain: [0, Math.max(top, largest) * 1.02], axis: null },
    marks: [
      Plot.ruleY(ticks, { stroke: 'var(--line)' }),
      Plot.axisY(ticks, {
        tickSize: 0,
        tickPadding: 8,
        label: null,
        fill: 'var(--ink-3)',
        tickFormat: (tick: number) => formatPercentNumber(tick) + (tick === top ? '%' : ''),
      }),
      Plot.rect(bars, {
        x1: (_: StickinessBar, index: number) => index,
        x2: (_: StickinessBar, index: number) => index + 1,
        y1: 0,
        y2: ({ value }: StickinessBar) => value ?? 0,
        fill: 'var(--data)',
        insetLeft: gap,
        insetRight: gap,
      }),
      Plot.ruleY([0], { stroke: 'var(--line-3)' }),
      Plot.axisX(
        bars.map((_, index) => index + 0.5).filter((_, index) => index % every === 0),
        {
          tickSize: 0,
          tickPadding: 6,
          label: null,
          fill: 'var(--ink-3)',
          tickFormat: (middle: number) => {
            const { periods = 0 } = bars[middle - 0.5] ?? {};
            return periods === 1 ? `1 ${unit}` : String(periods);
          },
        },
      ),
      pixelMark((frame) => previousTicks(frame, bars, gap)),
    ],
  };
}

function previousTicks({ x, y, make }: Frame, bars: readonly StickinessBar[], gap: number): Node[] {
  return bars.flatMap(({ previous }, index) =>
    previous === null
      ? []
      : [
          make('line', {
            x1: x(index) + gap - 1,
            x2: x(index + 1) - gap + 1,
            y1: y(previous),
            y2: y(previous),
            stroke: 'var(--surface)',
            'stroke-width': 3.5,
          }),
          make('line', {
            x1: x(index) + gap - 1,
            x2: x(index + 1) - gap + 1,
            y1: y(previous),
            y2: y(previous),
            stroke: 'var(--data-compare)',
            'stroke-width': 1.5,
          }),
        ],
  );
}
