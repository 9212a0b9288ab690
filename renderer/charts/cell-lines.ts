import * as Plot from '@observablehq/plot';
import { formatDate } from '../../shared/format/calendar.ts';
import {
  formatPercentNumber,
  formatPoints,
  formatRate,
  formatSignedPercentNumber,
} from '../../shared/format/numbers.ts';
import { HALO } from './halo.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { differenceAxis, type RateAxis, rateAxis } from './ticks.ts';

export interface LineCell {
  name: string;
  /** Under the name, warning: "n 182". */
  note?: string;
  /** Colour slot of a reaction state; without one ink. */
  slot?: number;
  values: readonly (number | null)[];
  low?: readonly (number | null)[];
  high?: readonly (number | null)[];
  /** Dotted; null: none. */
  reference: readonly (number | null)[] | null;
  /** Buckets where a level begins: marked by a diamond. */
  changes?: readonly number[];
}

export interface CellLinesOptions {
  width: number;
  height: number;
  dates: readonly string[];
  /** Of every cell: still filling. */
  isPartial: readonly boolean[];
  today: string;
  /** Values are differences about zero. */
  isDifference: boolean;
  /** Shares begin at zero; rates need not. */
  startsAtZero: boolean;
  /** Straight from bucket to bucket, or level until the next change. */
  isStepped: boolean;
  /** Default: `WIDE_CELL_GAP`. */
  gap?: number;
}

const MARGINS = { left: 40, right: 2, top: 38, bottom: 20 } as const;
/** Room between two cells as a share of a cell's length: for the value at its end. */
export const WIDE_CELL_GAP = 0.5;
export const NARROW_CELL_GAP = 0.9; // at 92 px from cell to cell: 43 px, for "−11.2" in bold
const TICK_HEIGHT_PX = 30;

const cellLength = (points: number): number => Math.max(1, points - 1);

/** Where a point of a cell stands on the x scale. */
export const cellPlace = (cell: number, point: number, points: number, gap = WIDE_CELL_GAP): number =>
  cell * cellLength(points) * (1 + gap) + point;

/** The frame of the chart, with where a point of a cell stands in it. */
interface CellFrame extends Frame {
  xOf: (cell: number, point: number) => number;
}

/** Small multiples in one row on one scale: a line per cell, what it is held against dotted. */
export function cellLinesChart(cells: readonly LineCell[], options: CellLinesOptions): Plot.PlotOptions {
  const { width, height, dates, isDifference, gap = WIDE_CELL_GAP } = options;
  const axis = axisOf(cells, options);
  const top = axis.ticks.at(-1);
  const points = dates.length;
  const placeOf = (cell: number, point: number): number => cellPlace(cell, point, points, gap);
  const end = placeOf(Math.max(0, cells.length - 1), cellLength(points));
  const inCells = (frame: Frame): CellFrame => ({
    ...frame,
    xOf: (cell, point) => frame.x(placeOf(cell, point)),
  });
  return {
    width,
    height,
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: [0, end + cellLength(points) * gap], axis: null },
    y: { domain: axis.domain, axis: null },
    marks: [
      Plot.axisY(axis.ticks, {
        tickSize: 0,
        tickPadding: 8,
        label: null,
        fill: 'var(--ink-3)',
        tickFormat: (tick: number) =>
          isDifference
            ? formatSignedPercentNumber(tick) + (tick === top ? ' pp' : '')
            : formatPercentNumber(tick) + (tick === top ? '%' : ''),
      }),
      pixelMark((frame) => cells.flatMap((_, index) => grid(inCells(frame), index, axis, options))),
      pixelMark((plain) => {
        const frame = inCells(plain);
        return cells.flatMap((cell, index) => [
          ...band(frame, cell, index),
          ...referenceLine(frame, cell, index),
          ...line(frame, cell, index, options),
          ...changeMarks(frame, cell, index),
          ...endLabel(frame, cell, index, options),
          ...heading(frame, cell, index),
        ]);
      }),
    ],
  };
}

function axisOf(
  cells: readonly LineCell[],
  { height, isDifference, startsAtZero }: CellLinesOptions,
): RateAxis {
  const all = cells.flatMap(({ note, values, low = [], high = [], reference }) => [
    ...values,
    ...(reference ?? []),
    ...(note === undefined && isDifference ? [...low, ...high] : []),
  ]);
  const known = all.filter((value) => value !== null);
  if (isDifference) return differenceAxis(Math.max(0.01, ...known.map(Math.abs)));
  const most = Math.max(3, Math.floor((height - MARGINS.top - MARGINS.bottom) / TICK_HEIGHT_PX) + 1);
  return rateAxis(startsAtZero ? [...known, 0] : known, most);
}

function grid(
  { xOf, y, bottom, make }: CellFrame,
  cell: number,
  { ticks }: RateAxis,
  { dates, today, isDifference }: CellLinesOptions,
): Node[] {
  const points = dates.length;
  const [from, to] = [xOf(cell, 0), xOf(cell, cellLength(points))];
  const rules = ticks.map((tick) =>
    make('line', {
      x1: from,
      x2: to,
      y1: y(tick),
      y2: y(tick),
      stroke: isDifference && tick === 0 ? 'var(--line-3)' : 'var(--line)',
    }),
  );
  const text = (at: number, anchor: string, date: string | undefined): Node =>
    make(
      'text',
      { x: at, y: bottom + 14, 'text-anchor': anchor, fill: 'var(--ink-3)' },
      date === undefined ? '' : formatDate(date.slice(0, 10), today),
    );
  const names = [text(from, 'start', dates[0])];
  if (to - from > TWO_DATES_PX && points > 1) names.push(text(to, 'end', dates.at(-1)));
  return [...rules, ...names];
}

const TWO_DATES_PX = 84;

const insideY = ({ y, top, bottom }: Frame, value: number): number =>
  Math.max(top, Math.min(bottom, y(value)));

/** Runs of neighbouring points that have a value. */
function runsOf(values: readonly (number | null)[]): { index: number; value: number }[][] {
  const runs: { index: number; value: number }[][] = [];
  values.forEach((value, index) => {
    if (value === null) return;
    const run = runs.at(-1);
    if (run?.at(-1)?.index === index - 1) run.push({ index, value });
    else runs.push([{ index, value }]);
  });
  return runs;
}

function band(frame: CellFrame, { low = [], high = [] }: LineCell, cell: number): Node[] {
  const at = (index: number): string => frame.xOf(cell, index).toFixed(2);
  return runsOf(low).map((run) => {
    const upper = run.map(({ index }) => `${at(index)},${insideY(frame, high[index] ?? 0).toFixed(2)}`);
    const lower = run
      .toReversed()
      .map(({ index, value }) => `${at(index)},${insideY(frame, value).toFixed(2)}`);
    return frame.make('path', {
      d: `M${[...upper, ...lower].join('L')}Z`,
      fill: 'var(--data-interval)',
    });
  });
}

function pathOf(frame: CellFrame, cell: number, values: readonly (number | null)[]): string {
  return runsOf(values)
    .map((run) =>
      run
        .map(
          ({ index, value }, position) =>
            `${position === 0 ? 'M' : 'L'}${frame.xOf(cell, index).toFixed(2)},${insideY(frame, value).toFixed(2)}`,
        )
        .join(''),
    )
    .join('');
}

function referenceLine(frame: CellFrame, { reference }: LineCell, cell: number): Node[] {
  if (reference === null) return [];
  return [
    frame.make('path', {
      d: pathOf(frame, cell, reference),
      fill: 'none',
      stroke: 'var(--data-compare)',
      'stroke-width': 1.25,
      'stroke-dasharray': '2 3',
    }),
  ];
}

const strokeOf = ({ slot }: LineCell): string =>
  slot === undefined ? 'var(--data)' : `var(--state-${slot})`;

function line(
  frame: CellFrame,
  cell: LineCell,
  place: number,
  { isPartial, isStepped }: CellLinesOptions,
): Node[] {
  const style = { fill: 'none', stroke: strokeOf(cell), 'stroke-width': 1.75, 'stroke-linejoin': 'round' };
  if (isStepped) return [frame.make('path', { d: stepsOf(frame, place, cell.values), ...style })];
  const firstPartial = isPartial.indexOf(true);
  const complete = cell.values.map((value, index) => (isPartial[index] === true ? null : value));
  const nodes = [frame.make('path', { d: pathOf(frame, place, complete), ...style })];
  if (firstPartial < 0) return nodes;
  const open = cell.values.map((value, index) => (index >= firstPartial - 1 ? value : null));
  nodes.push(
    frame.make('path', {
      ...style,
      d: pathOf(frame, place, open),
      'stroke-width': 1.5,
      'stroke-dasharray': '1.5 2.5',
    }),
  );
  return nodes;
}

/** Level until the next value, then straight up or down. */
function stepsOf(frame: CellFrame, cell: number, values: readonly (number | null)[]): string {
  return runsOf(values)
    .map((run) =>
      run
        .map(({ index, value }, position) => {
          const at = frame.xOf(cell, index).toFixed(2);
          const y = insideY(frame, value).toFixed(2);
          return position === 0 ? `M${at},${y}` : `H${at}V${y}`;
        })
        .join(''),
    )
    .join('');
}

function changeMarks(frame: CellFrame, { changes = [], values }: LineCell, cell: number): Node[] {
  return changes.flatMap((index) => {
    const value = values[index];
    if (value == null) return [];
    return [diamond(frame, frame.xOf(cell, index), insideY(frame, value))];
  });
}

/** The voice of the detector (DESIGN, Three voices). */
export const diamond = ({ make }: Pick<Frame, 'make'>, x: number, y: number): Node =>
  make('path', {
    d: `M${x},${y - 5.5}L${x + 5.5},${y}L${x},${y + 5.5}L${x - 5.5},${y}Z`,
    fill: 'var(--surface)',
    stroke: 'var(--threshold)',
    'stroke-width': 1.5,
  });

function endLabel(frame: CellFrame, cell: LineCell, place: number, options: CellLinesOptions): Node[] {
  const { isPartial, isDifference } = options;
  const index = cell.values.findLastIndex((value) => value !== null);
  const value = cell.values[index];
  if (value == null) return [];
  const at = frame.xOf(place, index);
  const y = insideY(frame, value);
  const text = isDifference ? formatPoints(value).replace(' pp', '') : formatRate(value, 0);
  return [
    frame.make('circle', {
      cx: at,
      cy: y,
      r: 3,
      fill: isPartial[index] === true ? 'var(--surface)' : strokeOf(cell),
      stroke: strokeOf(cell),
      'stroke-width': 1.5,
    }),
    frame.make('text', { x: at + 7, y: y + 4, fill: 'var(--ink)', 'font-weight': 600, ...HALO }, text),
  ];
}

function heading({ xOf, top, make }: CellFrame, { name, note, slot }: LineCell, cell: number): Node[] {
  const at = xOf(cell, 0);
  const room = xOf(cell + 1, 0) - at - 10;
  const most = Math.max(4, Math.floor((room - (slot === undefined ? 0 : 15)) / HEAD_CHARACTER_PX));
  const text = name.length > most ? `${name.slice(0, most - 1)}…` : name;
  const y = top - 24;
  return [
    ...(slot === undefined
      ? []
      : [make('rect', { x: at, y: y - 8, width: 9, height: 9, rx: 1, fill: `var(--state-${slot})` })]),
    make(
      'text',
      { x: at + (slot === undefined ? 0 : 15), y, fill: 'var(--ink)', 'font-weight': 600, 'font-size': 12 },
      text,
    ),
    ...(note === undefined ? [] : [make('text', { x: at, y: y + 14, fill: 'var(--warn)' }, note)]),
  ];
}

const HEAD_CHARACTER_PX = 6.6;
