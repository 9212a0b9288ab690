import * as Plot from '@observablehq/plot';
import { formatDate } from '../../shared/format/calendar.ts';
import { formatCompact } from '../../shared/format/numbers.ts';
import { hatchPattern } from './hatch.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { spreadLabels } from './spread-labels.ts';
import { countAxis, dateTicks } from './ticks.ts';

export interface LifecycleColumn {
  date: string;
  isPartial: boolean;
  new: number;
  returning: number;
  resurrected: number;
  dormant: number;
}

export interface LifecycleOptions {
  width: number;
  height: number;
  today: string;
  interval: 'day' | 'week' | 'month';
  /** Column whose numbers stand beside the names. */
  labelled: number;
  id: string;
}

const MARGINS = { left: 40, right: 124, top: 8, bottom: 22 } as const;

/** From the zero line upwards. */
export const LIFECYCLE_PARTS = [
  { key: 'returning', label: 'Returning', fill: 'var(--data)' },
  { key: 'resurrected', label: 'Back again', fill: 'var(--data-compare)' },
  { key: 'new', label: 'New', fill: 'var(--data-muted)' },
] as const;
export const DORMANT_LABEL = 'Stopped';

/** Who is there per period, and below zero who was there in the period before and stopped. */
export function lifecycleChart(
  columns: readonly LifecycleColumn[],
  options: LifecycleOptions,
): Plot.PlotOptions {
  const { width, height, today, interval } = options;
  const count = Math.max(1, columns.length);
  const pxPerColumn = (width - MARGINS.left - MARGINS.right) / count;
  const highest = Math.max(1, ...columns.map(activeIn));
  const lowest = Math.max(0, ...columns.map(({ dormant }) => dormant));
  const upper = countAxis(highest, 5);
  const step = (upper[1] ?? 1) - (upper[0] ?? 0);
  const lower = Array.from({ length: Math.floor(lowest / step + 1e-9) }, (_, index) => -(index + 1) * step);
  const ticks = [...lower.toReversed(), ...upper];
  return {
    width,
    height,
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: [0, count], axis: null },
    y: { domain: [-lowest * 1.04, Math.max(highest, upper.at(-1) ?? 0) * 1.02], axis: null },
    marks: [
      Plot.ruleY(ticks, { stroke: 'var(--line)' }),
      Plot.axisY(ticks, {
        tickSize: 0,
        tickPadding: 8,
        label: null,
        fill: 'var(--ink-3)',
        tickFormat: (tick: number) => formatCompact(tick),
      }),
      Plot.axisX(
        dateTicks(
          columns.map(({ date }) => date),
          interval === 'day' ? 'day' : 'week',
          pxPerColumn,
        ).map((index) => index + 0.5),
        {
          tickSize: 4,
          tickPadding: 4,
          stroke: 'var(--line-2)',
          fill: 'var(--ink-3)',
          label: null,
          tickFormat: (middle: number) => formatDate(columns[middle - 0.5]?.date ?? today, today),
        },
      ),
      pixelMark((frame) => bars(frame, columns, options.id)),
      Plot.ruleY([0], { stroke: 'var(--line-3)' }),
      pixelMark((frame) => endLabels(frame, columns, options)),
    ],
  };
}

export const activeIn = ({ new: fresh, returning, resurrected }: LifecycleColumn): number =>
  fresh + returning + resurrected;

function bars(frame: Frame, columns: readonly LifecycleColumn[], id: string): Node[] {
  const { x, y, make } = frame;
  const gap = x(1) - x(0) > 8 ? 3 : 0.5;
  const nodes: Node[] = [
    hatchPattern(frame, `${id}-stopped`, 'var(--data-compare)', { gap: 5, width: 1 }),
    hatchPattern(frame, `${id}-open`, 'var(--surface)', { gap: 5, width: 2 }),
  ];
  columns.forEach((column, index) => {
    const left = x(index) + gap;
    const width = Math.max(1, x(index + 1) - gap - left);
    let from = 0;
    for (const { key, fill } of LIFECYCLE_PARTS) {
      const to = from + column[key];
      const height = Math.max(0, y(from) - y(to) - (from === 0 ? 0 : 1));
      nodes.push(make('rect', { x: left, y: y(to), width, height, fill }));
      if (key === 'new' && height > 2) nodes.push(edge(frame, { left, top: y(to), width, height }));
      from = to;
    }
    if (column.isPartial)
      nodes.push(
        make('rect', { x: left, y: y(from), width, height: y(0) - y(from), fill: `url(#${id}-open)` }),
      );
    if (column.dormant > 0)
      nodes.push(
        make('rect', {
          x: left + 0.5,
          y: y(0) + 0.5,
          width: Math.max(0, width - 1),
          height: Math.max(0, y(-column.dormant) - y(0) - 1),
          fill: `url(#${id}-stopped)`,
          stroke: 'var(--data-compare)',
          'stroke-width': 1,
          ...(column.isPartial ? { 'stroke-dasharray': '2 2' } : {}),
        }),
      );
  });
  return nodes;
}

/** The palest part keeps an edge that stands out from the sheet. */
function edge(
  { make }: Frame,
  { left, top, width, height }: { left: number; top: number; width: number; height: number },
): Node {
  return make('rect', {
    x: left + 0.5,
    y: top + 0.5,
    width: Math.max(0, width - 1),
    height: height - 1,
    fill: 'none',
    stroke: 'var(--data-compare)',
  });
}

function endLabels(
  { right, y, top, bottom, make }: Frame,
  columns: readonly LifecycleColumn[],
  { labelled }: LifecycleOptions,
): Node[] {
  const column = columns[labelled];
  if (column === undefined) return [];
  let from = 0;
  const parts = LIFECYCLE_PARTS.map(({ key, label, fill }) => {
    const at = from + column[key] / 2;
    from += column[key];
    return { label, value: column[key], at, fill, isOpen: key === 'new' };
  });
  const all = [
    ...parts,
    {
      label: DORMANT_LABEL,
      value: column.dormant,
      at: -column.dormant / 2,
      fill: 'var(--surface)',
      isOpen: true,
    },
  ];
  const places = spreadLabels(
    all.map(({ at }) => y(at)),
    all.map(() => 15),
    top,
    bottom + 4,
  );
  return all.flatMap(({ label, value, fill, isOpen }, index) => {
    const at = places[index] ?? 0;
    return [
      make('rect', {
        x: right + 12,
        y: at - 4.5,
        width: 5,
        height: 9,
        fill,
        stroke: isOpen ? 'var(--data-compare)' : 'none',
      }),
      make('text', { x: right + 23, y: at + 4, fill: 'var(--ink-2)' }, label),
      make(
        'text',
        { x: right + MARGINS.right, y: at + 4, 'text-anchor': 'end', fill: 'var(--ink-3)' },
        formatCompact(value),
      ),
    ];
  });
}
