import * as Plot from '@observablehq/plot';
import { formatDate } from '../../shared/format/calendar.ts';
import { formatPercentNumber, formatRate } from '../../shared/format/numbers.ts';
import { linkedKey } from '../state/linked-value.ts';
import type { StateBuckets } from '../views/practices/columns.ts';
import { hatchPattern } from './hatch.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { spreadLabels } from './spread-labels.ts';
import { bucketTicks } from './ticks.ts';

export interface ReactionStatesOptions {
  width: number;
  height: number;
  today: string;
  bucket: 'hour' | 'day' | 'week';
  /** The bucket whose shares stand beside the names. */
  labelledIndex: number;
  /** A source behind these reactions is late: rule and hatching from the watermark on. */
  isLate: boolean;
  id: string;
}

export const STATES_MARGINS = { left: 36, right: 102, top: 6, bottom: 22 } as const;
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const LABEL_PX = 14;

interface Segment {
  index: number;
  /** Of the state. */
  id: string;
  from: number;
  to: number;
  fill: string;
}

/** Shares of the reaction states per bucket as stacked bars, in taxonomy order from the bottom. */
export function reactionStatesChart(columns: StateBuckets, options: ReactionStatesOptions): Plot.PlotOptions {
  const { width, height } = options;
  const count = columns.dates.length;
  const pxPerBucket = (width - STATES_MARGINS.left - STATES_MARGINS.right) / Math.max(1, count);
  const gapPx = pxPerBucket > 4 ? 0.5 : 0;
  return {
    width,
    height,
    marginLeft: STATES_MARGINS.left,
    marginRight: STATES_MARGINS.right,
    marginTop: STATES_MARGINS.top,
    marginBottom: STATES_MARGINS.bottom,
    x: { domain: [0, Math.max(1, count)], axis: null },
    y: { domain: [0, 1], axis: null },
    marks: [
      Plot.ruleY(TICKS, { stroke: 'var(--line)' }),
      Plot.axisY(TICKS, {
        tickSize: 0,
        tickPadding: 8,
        label: null,
        fill: 'var(--ink-3)',
        tickFormat: (tick: number) => formatPercentNumber(tick) + (tick === 1 ? '%' : ''),
      }),
      Plot.axisX(
        bucketTicks(columns.dates, options.bucket, pxPerBucket).map((index) => index + 0.5),
        {
          tickSize: 4,
          tickPadding: 4,
          stroke: 'var(--line-2)',
          fill: 'var(--ink-3)',
          label: null,
          tickFormat: (middle: number) =>
            formatDate((columns.dates[middle - 0.5] ?? options.today).slice(0, 10), options.today),
        },
      ),
      Plot.rect(segmentsOf(columns), {
        x1: 'index',
        x2: ({ index }: Segment) => index + 1,
        y1: 'from',
        y2: 'to',
        fill: 'fill',
        render: withStates(segmentsOf(columns)),
        insetLeft: gapPx,
        insetRight: gapPx,
        insetTop: gapPx,
        insetBottom: gapPx,
      }),
      pixelMark((frame) => hatching(frame, columns, options)),
      pixelMark((frame) => endLabels(frame, columns, options)),
    ],
  };
}

function segmentsOf({ dates, states }: StateBuckets): Segment[] {
  return dates.flatMap((_, index) => {
    let from = 0;
    return states.flatMap(({ id, shares, slot }): Segment[] => {
      const share = shares[index] ?? 0;
      const segment = { index, id, from, to: from + share, fill: `var(--state-${slot})` };
      from = segment.to;
      return share === 0 ? [] : [segment];
    });
  });
}

/** Each segment says which state it is, so that other tiles can point at it. */
function withStates(segments: readonly Segment[]): Plot.RenderFunction {
  return (index, scales, values, dimensions, context, next) => {
    const drawn = next?.(index, scales, values, dimensions, context) ?? null;
    [...(drawn?.children ?? [])].forEach((rect, at) => {
      const segment = segments[index[at] ?? -1];
      if (segment !== undefined) rect.setAttribute('data-linked', linkedKey('state', segment.id));
    });
    return drawn;
  };
}

function hatching(frame: Frame, columns: StateBuckets, { id, isLate }: ReactionStatesOptions): Node[] {
  const { x, top, bottom, make } = frame;
  const hatched = columns.isOpen.flatMap((isOpen, index) => (isOpen ? [index] : []));
  const bars = hatched.map((index) =>
    make('rect', {
      x: x(index),
      y: top,
      width: x(index + 1) - x(index),
      height: bottom - top,
      fill: `url(#${id}-open)`,
    }),
  );
  const from = isLate && columns.openFrom !== null ? x(columns.openFrom) : null;
  const rule =
    from === null
      ? []
      : [
          make('line', {
            x1: from,
            x2: from,
            y1: top - 5,
            y2: bottom + 4,
            stroke: 'var(--warn)',
            'stroke-width': 1.5,
          }),
        ];
  return [hatchPattern(frame, `${id}-open`, 'var(--surface)', { gap: 5, width: 2 }), ...bars, ...rule];
}

function endLabels(
  { right, y, top, bottom, make }: Frame,
  columns: StateBuckets,
  { labelledIndex }: ReactionStatesOptions,
): Node[] {
  if ((columns.n[labelledIndex] ?? 0) === 0) return [];
  let from = 0;
  const middles = columns.states.map(({ shares }) => {
    const share = shares[labelledIndex] ?? 0;
    from += share;
    return y(from - share / 2);
  });
  const places = spreadLabels(
    middles,
    columns.states.map(() => LABEL_PX),
    top - 2,
    bottom + 4,
  );
  return columns.states.flatMap(({ id, label, slot, shares }, index) => {
    const at = places[index] ?? 0;
    return [
      make('rect', { x: right + 18, y: at - 4.5, width: 4, height: 9, rx: 1, fill: `var(--state-${slot})` }),
      make(
        'text',
        { x: right + 26, y: at + 4, fill: 'var(--ink-2)', 'data-linked': linkedKey('state', id) },
        label,
      ),
      make(
        'text',
        { x: right + STATES_MARGINS.right, y: at + 4, 'text-anchor': 'end', fill: 'var(--ink-3)' },
        formatRate(shares[labelledIndex] ?? null, 0),
      ),
    ];
  });
}
