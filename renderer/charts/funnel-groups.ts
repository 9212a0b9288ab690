import * as Plot from '@observablehq/plot';
import { formatCompact, formatPercentNumber, formatRate } from '../../shared/format/numbers.ts';
import { linkedKey } from '../state/linked-value.ts';
import { HALO } from './halo.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { rateAxis } from './ticks.ts';

export interface FunnelGroupLine {
  name: string;
  /** Units at the first step. */
  n: number;
  /** Of each step: its share of the first with interval. */
  points: readonly { value: number | null; low: number | null; high: number | null }[];
}

export interface FunnelGroupsOptions {
  width: number;
  height: number;
  /** All values together, dotted in every group. */
  reference: readonly (number | null)[];
  /** Fewer units carry their interval. */
  smallSample: number;
  /** Step that is looked at. */
  step: number | null;
}

const MARGINS = { left: 36, right: 4, top: 34, bottom: 20 } as const;
const GAP = 0.9; // between two groups, in steps
const TICK_HEIGHT_PX = 40;
const CHARACTER_PX = 6.6;

/** Where a step of a group stands on the x scale. */
export const groupPlace = (group: number, step: number, steps: number): number =>
  group * (Math.max(1, steps - 1) + GAP) + step;

/** Small multiples on one scale: the share of the first step that reaches each step. */
export function funnelGroupsChart(
  groups: readonly FunnelGroupLine[],
  options: FunnelGroupsOptions,
): Plot.PlotOptions {
  const { width, height, reference, smallSample } = options;
  const steps = reference.length;
  const judged = groups.filter(({ n }) => n >= smallSample);
  const rates = [...judged.flatMap(({ points }) => points.map(({ value }) => value)), ...reference];
  const known = rates.filter((rate) => rate !== null);
  const plotHeight = height - MARGINS.top - MARGINS.bottom;
  const axis = rateAxis([...known, 1], Math.max(3, Math.floor(plotHeight / TICK_HEIGHT_PX) + 1));
  const top = axis.ticks.at(-1);
  const end = groupPlace(Math.max(0, groups.length - 1), steps - 1, steps);
  return {
    width,
    height,
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: [-GAP / 4, end + GAP / 4], axis: null },
    y: { domain: axis.domain, axis: null },
    marks: [
      Plot.axisY(axis.ticks, {
        tickSize: 0,
        tickPadding: 8,
        label: null,
        fill: 'var(--ink-3)',
        tickFormat: (tick: number) => formatPercentNumber(tick) + (tick === top ? '%' : ''),
      }),
      pixelMark((frame) => groups.flatMap((_, index) => grid(frame, index, steps, axis.ticks, options.step))),
      pixelMark((frame) => groups.flatMap((_, index) => referenceLine(frame, index, reference))),
      pixelMark((frame) =>
        groups.flatMap((group, index) => [
          ...(group.n < smallSample ? [band(frame, group, index)] : []),
          ...line(frame, group, index, group.n < smallSample),
          ...heading(frame, group, index, options),
        ]),
      ),
    ],
  };
}

function grid(
  { x, y, bottom, make }: Frame,
  group: number,
  steps: number,
  ticks: readonly number[],
  marked: number | null,
): Node[] {
  const from = x(groupPlace(group, 0, steps) - GAP / 4);
  const to = x(groupPlace(group, Math.max(1, steps - 1), steps) + GAP / 4);
  const rules = ticks.map((tick) =>
    make('line', { x1: from, x2: to, y1: y(tick), y2: y(tick), stroke: 'var(--line)' }),
  );
  const every = steps > 8 ? Math.ceil(steps / 6) : 1;
  const numbers = Array.from({ length: steps }, (_, step) => step)
    .filter((step) => step % every === 0)
    .map((step) =>
      make(
        'text',
        {
          x: x(groupPlace(group, step, steps)),
          y: bottom + 15,
          'text-anchor': 'middle',
          fill: step === marked ? 'var(--focus)' : 'var(--ink-3)',
          'font-weight': step === marked ? 600 : 400,
        },
        String(step + 1),
      ),
    );
  return [...rules, ...numbers];
}

/** The scale is that of the groups with enough units; a small one below it runs along the bottom. */
const insideY = ({ y, top, bottom }: Frame, rate: number): number => Math.max(top, Math.min(bottom, y(rate)));

function pathOf(frame: Frame, group: number, values: readonly (number | null)[]): string {
  return values
    .flatMap((value, step) =>
      value === null
        ? []
        : [
            `${frame.x(groupPlace(group, step, values.length)).toFixed(2)},${insideY(frame, value).toFixed(2)}`,
          ],
    )
    .map((point, index) => `${index === 0 ? 'M' : 'L'}${point}`)
    .join('');
}

function referenceLine(frame: Frame, group: number, reference: readonly (number | null)[]): Node[] {
  return [
    frame.make('path', {
      d: pathOf(frame, group, reference),
      fill: 'none',
      stroke: 'var(--data-compare)',
      'stroke-width': 1.25,
      'stroke-dasharray': '2 3',
    }),
  ];
}

function line(frame: Frame, { points }: FunnelGroupLine, group: number, isSmall: boolean): Node[] {
  const { x, y, bottom, make } = frame;
  const values = points.map(({ value }) => value);
  const path = make('path', {
    d: pathOf(frame, group, values),
    fill: 'none',
    stroke: 'var(--data)',
    'stroke-width': 1.75,
    'stroke-linejoin': 'round',
  });
  const dots = values.flatMap((value, step) =>
    value === null
      ? []
      : y(value) > bottom + 0.5
        ? [below(frame, x(groupPlace(group, step, points.length)))]
        : [
            make('circle', {
              cx: x(groupPlace(group, step, points.length)),
              cy: y(value),
              r: isSmall ? 2.8 : 2.6,
              fill: isSmall ? 'var(--surface)' : 'var(--data)',
              stroke: 'var(--data)',
              'stroke-width': isSmall ? 1.25 : 0,
            }),
          ],
  );
  return [path, ...dots];
}

/** The point lies below the frame. */
function below({ bottom, make }: Frame, x: number): Node {
  return make('path', {
    d: `M${x - 3.5},${bottom - 4}L${x},${bottom}L${x + 3.5},${bottom - 4}`,
    fill: 'none',
    stroke: 'var(--data)',
    'stroke-width': 1.5,
  });
}

function band(frame: Frame, { points }: FunnelGroupLine, group: number): Node {
  const { x, make } = frame;
  const at = (step: number): string => x(groupPlace(group, step, points.length)).toFixed(2);
  const known = points.flatMap(({ low, high }, step) =>
    low === null || high === null ? [] : [{ step, low, high }],
  );
  const upper = known.map(({ step, high }) => `${at(step)},${insideY(frame, high).toFixed(2)}`);
  const lower = known.toReversed().map(({ step, low }) => `${at(step)},${insideY(frame, low).toFixed(2)}`);
  return make('path', {
    d: known.length === 0 ? '' : `M${[...upper, ...lower].join('L')}Z`,
    fill: 'var(--data-interval)',
  });
}

function heading(
  { x, make }: Frame,
  { name, n, points }: FunnelGroupLine,
  group: number,
  { smallSample }: FunnelGroupsOptions,
): Node[] {
  const left = x(groupPlace(group, 0, points.length) - GAP / 4);
  const right = x(groupPlace(group, Math.max(1, points.length - 1), points.length) + GAP / 4);
  const isSmall = n < smallSample;
  const count = isSmall ? `n ${formatCompact(n)}` : formatCompact(n);
  const last = points.at(-1);
  const half =
    isSmall && last?.low != null && last.high !== null ? ` ±${Math.round((last.high - last.low) * 50)}` : '';
  const room = Math.floor((right - left - count.length * CHARACTER_PX - 6) / CHARACTER_PX);
  return [
    make(
      'text',
      { x: left, y: 11, fill: 'var(--ink)', 'font-weight': 600, 'data-linked': linkedKey('group', name) },
      name.length > room ? `${name.slice(0, Math.max(1, room - 1))}…` : name,
      make('title', {}, name),
    ),
    make(
      'text',
      {
        x: right,
        y: 11,
        'text-anchor': 'end',
        fill: isSmall ? 'var(--warn)' : 'var(--ink-3)',
        'font-weight': isSmall ? 600 : 400,
      },
      count,
    ),
    make(
      'text',
      { x: right, y: 27, 'text-anchor': 'end', fill: 'var(--ink)', 'font-weight': 600, ...HALO },
      formatRate(last?.value ?? null) + half,
    ),
  ];
}
