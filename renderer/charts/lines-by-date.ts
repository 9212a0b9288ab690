import * as Plot from '@observablehq/plot';
import { HALO } from './halo.ts';
import { hatchPattern } from './hatch.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { spreadLabels } from './spread-labels.ts';
import { numberAxis } from './ticks.ts';

/** One number per bucket; null where it is not defined. */
export interface DatedLine {
  /** Named at its end. */
  name: string;
  /** A `var(--…)`. */
  stroke: string;
  width?: number;
  values: readonly (number | null)[];
  /** The compared period, dotted; null: none. */
  previous: readonly (number | null)[] | null;
  /** Range around the line. */
  band?: { low: readonly (number | null)[]; high: readonly (number | null)[] };
}

export interface LinesByDateOptions {
  width: number;
  height: number;
  /** Unique on the page; patterns are found by it. */
  id: string;
  isPartial: readonly boolean[];
  /** Where dates stand, and what they say. */
  ticks: readonly number[];
  tickText: (index: number) => string;
  /** Counts start at zero; rates and differences need not. */
  startsAtZero: boolean;
  /** Text of a value on the axis; the top one carries the unit. */
  axisText: (value: number, isTop: boolean) => string;
  /** Text of a value at the end of its line. */
  endText: (value: number) => string;
  /** Dashed, with the side that fails tinted above it. */
  target: { value: number; label: string } | null;
  watermarkIndex: number | null;
  /** Room at the end of the lines. */
  endPx: number;
  leftPx?: number;
  /** Ticks stand at round multiples of it: 60 for seconds shown as minutes; default 1. */
  tickUnit?: number;
}

const MARGINS = { top: 10, bottom: 22 } as const;
const LEFT_PX = 36;
const TICK_HEIGHT_PX = 30;
const LABEL_PX = 15;

/** Up to four lines on one scale, named at their ends; what is still filling is dotted to an open dot. */
export function linesByDateChart(lines: readonly DatedLine[], options: LinesByDateOptions): Plot.PlotOptions {
  const { width, height, isPartial, endPx, leftPx = LEFT_PX, axisText } = options;
  const count = Math.max(1, isPartial.length);
  const axis = axisOf(lines, options);
  const top = axis.ticks.at(-1);
  return {
    width,
    height,
    marginLeft: leftPx,
    marginRight: endPx,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: count === 1 ? [-0.5, 0.5] : [0, count - 1 + 0.4], axis: null },
    y: { domain: axis.domain, axis: null },
    marks: [
      pixelMark((frame) => targetBand(frame, options)),
      Plot.ruleY(axis.ticks, { stroke: 'var(--line)' }),
      ...(axis.domain[0] < 0 && axis.domain[1] > 0 ? [Plot.ruleY([0], { stroke: 'var(--line-3)' })] : []),
      Plot.axisY(axis.ticks, {
        tickSize: 0,
        tickPadding: 6,
        label: null,
        fill: 'var(--ink-3)',
        tickFormat: (tick: number) => axisText(tick, tick === top),
      }),
      Plot.axisX([...options.ticks], {
        tickSize: 4,
        tickPadding: 4,
        stroke: 'var(--line-2)',
        fill: 'var(--ink-3)',
        label: null,
        tickFormat: (index: number) => options.tickText(index),
      }),
      pixelMark((frame) => lateSpan(frame, options)),
      ...lines.flatMap((line) => [
        ...(line.band === undefined ? [] : [bandArea(line, line.band)]),
        ...(line.previous === null ? [] : [previousLine(line.previous)]),
        completeLine(line, isPartial),
        pixelMark((frame) => lonelyDots(frame, line, isPartial)),
        pixelMark((frame) => partialEnd(frame, line, isPartial)),
      ]),
      pixelMark((frame) => targetRule(frame, options)),
      pixelMark((frame) => endLabels(frame, lines, options)),
    ],
  };
}

function axisOf(lines: readonly DatedLine[], options: LinesByDateOptions) {
  const { startsAtZero, target, height, tickUnit = 1 } = options;
  const all = lines.flatMap(({ values, previous, band }) => [
    ...values,
    ...(previous ?? []),
    ...(band === undefined ? [] : [...band.low, ...band.high]),
  ]);
  const known = [...all, target?.value ?? null].filter((value) => value !== null);
  const low = known.length === 0 ? 0 : Math.min(...known);
  const high = known.length === 0 ? 1 : Math.max(...known);
  const most = Math.max(3, Math.floor((height - MARGINS.top - MARGINS.bottom) / TICK_HEIGHT_PX) + 1);
  const from = startsAtZero ? Math.min(0, low) : low;
  const axis = numberAxis(from / tickUnit, high / tickUnit, Math.min(7, most));
  const ticks = axis.ticks.map((tick) => tick * tickUnit);
  return { ticks, domain: [axis.domain[0] * tickUnit, axis.domain[1] * tickUnit] as [number, number] };
}

const atIndex = (_: unknown, index: number): number => index;

const completeLine = ({ values, stroke, width = 1.75 }: DatedLine, isPartial: readonly boolean[]) =>
  Plot.line(values, {
    x: atIndex,
    y: (value: number | null, index: number) => (isPartial[index] === true ? NaN : (value ?? NaN)),
    stroke,
    strokeWidth: width,
    strokeLinejoin: 'round',
  });

const previousLine = (previous: readonly (number | null)[]) =>
  Plot.line(previous, {
    x: atIndex,
    y: (value: number | null) => value ?? NaN,
    stroke: 'var(--data-compare)',
    strokeWidth: 1.25,
    strokeDasharray: '2 3',
  });

const bandArea = ({ stroke }: DatedLine, { low, high }: NonNullable<DatedLine['band']>) =>
  Plot.areaY(low, {
    x: atIndex,
    y1: (value: number | null) => value ?? NaN,
    y2: (_: unknown, index: number) => high[index] ?? NaN,
    fill: stroke,
    fillOpacity: 0.12,
  });

/** A value between two that are not defined has no line: it is a dot. */
function lonelyDots(
  { x, y, make }: Frame,
  { values, stroke }: DatedLine,
  isPartial: readonly boolean[],
): Node[] {
  const isDrawn = (index: number): boolean => values[index] != null && isPartial[index] !== true;
  return values.flatMap((value, index) =>
    value === null || !isDrawn(index) || isDrawn(index - 1) || isDrawn(index + 1)
      ? []
      : [make('circle', { cx: x(index), cy: y(value), r: 2.2, fill: stroke })],
  );
}

/** From the last complete bucket dotted to an open dot. */
function partialEnd(
  { x, y, make }: Frame,
  { values, stroke }: DatedLine,
  isPartial: readonly boolean[],
): Node[] {
  const first = isPartial.indexOf(true);
  if (first < 0) return [];
  const from = Math.max(0, first - 1);
  const points = values
    .slice(from)
    .flatMap((value, offset) => (value === null ? [] : [[x(from + offset), y(value)] as const]));
  const end = points.at(-1);
  if (end === undefined || values.slice(first).every((value) => value === null)) return [];
  return [
    make('path', {
      d: points.map(([px, py], index) => `${index === 0 ? 'M' : 'L'}${px},${py}`).join(''),
      fill: 'none',
      stroke,
      'stroke-width': 1.5,
      'stroke-dasharray': '1.5 2.5',
    }),
    make('circle', { cx: end[0], cy: end[1], r: 3, fill: 'var(--surface)', stroke, 'stroke-width': 1.5 }),
  ];
}

function targetBand({ left, right, top, y, make }: Frame, { target }: LinesByDateOptions): Node[] {
  if (target === null) return [];
  const height = Math.max(0, y(target.value) - top);
  const fill = { fill: 'var(--threshold)', 'fill-opacity': 0.055 };
  return [make('rect', { x: left, y: top, width: right - left, height, ...fill })];
}

function targetRule({ left, right, y, make }: Frame, { target }: LinesByDateOptions): Node[] {
  if (target === null) return [];
  const at = y(target.value);
  const line = { x1: left, x2: right, y1: at, y2: at, stroke: 'var(--threshold)' };
  return [
    make('line', { ...line, 'stroke-width': 1.25, 'stroke-dasharray': '5 3' }),
    make('text', { x: left + 4, y: at - 5, fill: 'var(--threshold)', ...HALO }, target.label),
  ];
}

function lateSpan(frame: Frame, { watermarkIndex, id, isPartial }: LinesByDateOptions): Node[] {
  if (watermarkIndex === null) return [];
  const { right, top, bottom, x, make } = frame;
  const from = isPartial.length < 2 ? frame.left : Math.max(frame.left, x(watermarkIndex - 0.5));
  return [
    hatchPattern(frame, `${id}-late`, 'var(--warn-line)', { gap: 5, width: 1 }),
    make('rect', {
      x: from,
      y: top,
      width: Math.max(0, right - from),
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

function endLabels(
  { x, y, top, bottom, make }: Frame,
  lines: readonly DatedLine[],
  { endText, isPartial }: LinesByDateOptions,
): Node[] {
  const ends = lines.flatMap(({ name, stroke, values }) => {
    const index = values.findLastIndex((value) => value !== null);
    const value = values[index];
    return value == null ? [] : [{ name, stroke, value }];
  });
  const places = spreadLabels(
    ends.map(({ value }) => y(value)),
    ends.map(() => LABEL_PX),
    top - 8,
    bottom + 6,
  );
  const left = x(Math.max(0, isPartial.length - 1)) + 10;
  return ends.map(({ name, stroke, value }, index) =>
    make(
      'text',
      { x: left, y: (places[index] ?? 0) + 4 },
      make('tspan', { fill: stroke === 'var(--data)' ? 'var(--ink)' : stroke, 'font-weight': 600 }, name),
      make('tspan', { fill: 'var(--ink)', 'font-weight': 600, dx: name === '' ? 0 : 5 }, endText(value)),
    ),
  );
}
