import * as Plot from '@observablehq/plot';
import { hatchPattern } from './hatch.ts';
import { HALO } from './halo.ts';
import { pixelMark } from './pixel-mark.ts';
import { spreadLabels } from './spread-labels.ts';

/** One bar: parts of a whole, bottom to top. */
export interface AnswerBar {
  /** Shares 0..1 in the order of the kinds. */
  shares: readonly number[];
  isPartial: boolean;
}

export interface AnswerKind {
  name: string;
  fill: string;
  /** Outlined: there is no answer. */
  isNone?: boolean;
  /** Over all bars. */
  share: string;
}

export interface AnswerStackOptions {
  width: number;
  height: number;
  id: string;
  kinds: readonly AnswerKind[];
  ticks: readonly number[];
  tickText: (index: number) => string;
}

const MARGINS = { left: 34, right: 104, top: 8, bottom: 22 } as const;
const LABEL_PX = 16;
const PARTS = [0, 0.25, 0.5, 0.75, 1];

/** How the whole divides, bucket by bucket, named at the end of the last bar. */
export function answerStackChart(bars: readonly AnswerBar[], options: AnswerStackOptions): Plot.PlotOptions {
  const { width, height, kinds, ticks, tickText, id } = options;
  const parts = bars.flatMap(({ shares, isPartial }, bar) => {
    let below = 0;
    return shares.map((share, kind) => {
      const part = { bar, kind, isPartial, from: below, to: below + share };
      below += share;
      return part;
    });
  });
  return {
    width,
    height,
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: [0, Math.max(1, bars.length)], axis: null },
    y: { domain: [0, 1], axis: null },
    marks: [
      Plot.ruleY(PARTS, { stroke: 'var(--line)' }),
      Plot.axisY(PARTS, {
        tickSize: 0,
        tickPadding: 6,
        label: null,
        fill: 'var(--ink-3)',
        tickFormat: (part: number) => `${part * 100}${part === 1 ? '%' : ''}`,
      }),
      ...kinds.map(({ fill, isNone = false }, kind) =>
        Plot.rect(
          parts.filter((part) => part.kind === kind),
          {
            x1: 'bar',
            x2: ({ bar }: { bar: number }) => bar + 1,
            y1: 'from',
            y2: 'to',
            fill,
            ...(isNone ? { stroke: 'var(--data-compare)' } : {}),
            insetLeft: 1.5,
            insetRight: 1.5,
            insetTop: 1,
          },
        ),
      ),
      pixelMark((frame) => [
        hatchPattern(frame, `${id}-open`, 'var(--surface)', { gap: 5, width: 2 }),
        ...bars.flatMap(({ isPartial }, bar) =>
          isPartial
            ? [
                frame.make('rect', {
                  x: frame.x(bar) + 1.5,
                  y: frame.top,
                  width: Math.max(0, frame.x(bar + 1) - frame.x(bar) - 3),
                  height: frame.bottom - frame.top,
                  fill: `url(#${id}-open)`,
                  'fill-opacity': 0.6,
                }),
              ]
            : [],
        ),
      ]),
      Plot.axisX(
        ticks.map((index) => index + 0.5),
        {
          tickSize: 4,
          stroke: 'var(--line-2)',
          fill: 'var(--ink-3)',
          label: null,
          tickFormat: (middle: number) => tickText(middle - 0.5),
        },
      ),
      pixelMark(({ x, y, top, bottom, make }) => {
        const last = bars.at(-1);
        if (last === undefined) return [];
        let below = 0;
        const middles = last.shares.map((share) => {
          below += share;
          return y(below - share / 2);
        });
        const places = spreadLabels(
          middles,
          middles.map(() => LABEL_PX),
          top,
          bottom,
        );
        return kinds.map(({ name, share }, kind) =>
          make(
            'text',
            { x: x(bars.length) + 8, y: (places[kind] ?? 0) + 4, fill: 'var(--ink-2)', ...HALO },
            `${name} `,
            make('tspan', { fill: 'var(--ink)', 'font-weight': 600 }, share),
          ),
        );
      }),
    ],
  };
}
