import * as Plot from '@observablehq/plot';
import { formatCompact, formatPercentNumber, formatPoints, formatRate } from '../../shared/format/numbers.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { spreadLabels } from './spread-labels.ts';

export interface CurvePoint {
  value: number | null;
  low: number | null;
  high: number | null;
  n: number;
  isPartial: boolean;
}

export interface RetentionLine {
  name: string;
  /** Colour token of a named series, 1..4. */
  series: 1 | 2 | 3 | 4;
  points: readonly CurvePoint[];
  /** The compared period, dotted; null without. */
  previous: readonly CurvePoint[] | null;
}

export interface RetentionCurvesOptions {
  width: number;
  height: number;
  /** Name of each column; the first carries its unit. */
  columns: readonly string[];
  /** The column that is looked at. */
  marked: number | null;
  smallSample: number;
}

const MARGINS = { left: 36, right: 104, top: 10, bottom: 22 } as const;
const TICKS = [0, 0.25, 0.5, 0.75, 1];
const TICK_ROOM_PX = 30;
const LABEL_PX = 30;

/** Shares that came back, column by column, each line with its interval as a band. */
export function retentionCurvesChart(
  lines: readonly RetentionLine[],
  options: RetentionCurvesOptions,
): Plot.PlotOptions {
  const { width, height, columns, marked } = options;
  const last = Math.max(1, columns.length - 1);
  const pxPerColumn = (width - MARGINS.left - MARGINS.right) / last;
  const every = Math.max(1, Math.ceil(TICK_ROOM_PX / pxPerColumn));
  const ticks = columns.map((_, index) => index).filter((index) => index % every === 0);
  return {
    width,
    height,
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: [0, last], axis: null },
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
      ...(marked === null || marked >= columns.length
        ? []
        : [Plot.ruleX([marked], { stroke: 'var(--line-2)' })]),
      Plot.axisX(ticks, {
        tickSize: 4,
        tickPadding: 4,
        stroke: 'var(--line-2)',
        fill: 'var(--ink-3)',
        label: null,
        tickFormat: (index: number) => columns[index] ?? '',
      }),
      pixelMark((frame) => lines.flatMap((line) => band(frame, line))),
      pixelMark((frame) => lines.flatMap((line) => previousPath(frame, line))),
      pixelMark((frame) => lines.flatMap((line) => paths(frame, line, options.smallSample))),
      pixelMark((frame) => endLabels(frame, lines, options)),
    ],
  };
}

const colourOf = ({ series }: RetentionLine): string => `var(--series-${series})`;

function band({ x, y, make }: Frame, line: RetentionLine): Node[] {
  const known = line.points.flatMap(({ low, high }, index) =>
    low === null || high === null ? [] : [{ index, low, high }],
  );
  if (known.length === 0) return [];
  const upper = known.map(({ index, high }) => `${x(index).toFixed(2)},${y(high).toFixed(2)}`);
  const lower = known.toReversed().map(({ index, low }) => `${x(index).toFixed(2)},${y(low).toFixed(2)}`);
  return [
    make('path', { d: `M${[...upper, ...lower].join('L')}Z`, fill: colourOf(line), 'fill-opacity': 0.12 }),
  ];
}

function pathOf({ x, y }: Frame, points: readonly { index: number; value: number }[]): string {
  return points
    .map(({ index, value }, at) => `${at === 0 ? 'M' : 'L'}${x(index).toFixed(2)},${y(value).toFixed(2)}`)
    .join('');
}

const definedOf = (points: readonly CurvePoint[]) =>
  points.flatMap(({ value, isPartial, n }, index) =>
    value === null ? [] : [{ index, value, isPartial, n }],
  );

function previousPath(frame: Frame, line: RetentionLine): Node[] {
  if (line.previous === null) return [];
  const points = definedOf(line.previous.slice(0, line.points.length));
  return [
    frame.make('path', {
      d: pathOf(frame, points),
      fill: 'none',
      stroke: colourOf(line),
      'stroke-width': 1.25,
      'stroke-dasharray': '2 3',
    }),
  ];
}

/** Solid over complete columns, dotted to open dots where no cohort is complete. */
function paths(frame: Frame, line: RetentionLine, smallSample: number): Node[] {
  const points = definedOf(line.points);
  const complete = points.filter(({ isPartial }) => !isPartial);
  const joint = complete.at(-1)?.index ?? null;
  const open = points.filter(({ index, isPartial }) => isPartial || index === joint);
  const { x, y, make } = frame;
  const stroke = colourOf(line);
  const hollow = points.filter(({ isPartial, n }) => isPartial || n < smallSample);
  return [
    make('path', {
      d: pathOf(frame, complete),
      fill: 'none',
      stroke,
      'stroke-width': 1.75,
      'stroke-linejoin': 'round',
    }),
    ...(open.length < 2
      ? []
      : [
          make('path', {
            d: pathOf(frame, open),
            fill: 'none',
            stroke,
            'stroke-width': 1.75,
            'stroke-dasharray': '1.5 2.5',
          }),
        ]),
    ...hollow
      .filter(({ index }) => index > 0)
      .map(({ index, value }) =>
        make('circle', {
          cx: x(index),
          cy: y(value),
          r: 2.6,
          fill: 'var(--surface)',
          stroke,
          'stroke-width': 1.25,
        }),
      ),
  ];
}

/** The last complete column; what is not over is compared with nothing. */
function endLabels(
  { x, y, top, bottom, make }: Frame,
  lines: readonly RetentionLine[],
  { columns }: RetentionCurvesOptions,
): Node[] {
  const ends = lines.flatMap((line) => {
    const points = definedOf(line.points);
    const end = points.findLast(({ index, isPartial }) => !isPartial && index > 0) ?? points.at(-1);
    return end === undefined ? [] : [{ line, end }];
  });
  const places = spreadLabels(
    ends.map(({ end }) => y(end.value) + 6),
    ends.map(() => LABEL_PX),
    top - 8,
    bottom + 8,
  );
  const left = x(Math.max(1, columns.length - 1)) + 10;
  return ends.flatMap(({ line, end }, index) => {
    const at = (places[index] ?? 0) - 6;
    const before = end.isPartial ? null : (line.previous?.[end.index]?.value ?? null);
    const change = before === null ? '' : `${formatPoints(end.value - before)}, `;
    return [
      make(
        'text',
        { x: left, y: at + 3, fill: colourOf(line), 'font-weight': 600, 'font-size': 12 },
        `${line.name} ${formatRate(end.value, 0)}`,
      ),
      make('text', { x: left, y: at + 17, fill: 'var(--ink-3)' }, `${change}n ${formatCompact(end.n)}`),
    ];
  });
}
