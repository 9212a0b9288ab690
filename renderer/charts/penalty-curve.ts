import * as Plot from '@observablehq/plot';
import { HALO } from './halo.ts';
import { type Frame, pixelMark } from './pixel-mark.ts';
import { numberAxis } from './ticks.ts';

export interface PenaltyCurveOptions {
  width: number;
  height: number;
  /** Penalties from 0 down to this. */
  lowest: number;
  /** The assumption that is drawn elsewhere as a band, from 0. */
  band: number;
  chosen: number;
  liftAt: (penalty: number) => number;
  /** Penalty with a lift of zero; null: outside. */
  zero: number | null;
  text: (lift: number) => string;
  penaltyText: (penalty: number) => string;
}

const MARGINS = { left: 40, right: 16, top: 10, bottom: 22 } as const;
const TICK_HEIGHT_PX = 36;

/** The lift of all starts over what an abandoned one counts: a straight line, with its zero and the chosen point. */
export function penaltyCurveChart(options: PenaltyCurveOptions): Plot.PlotOptions {
  const { width, height, lowest, band, liftAt, text, penaltyText } = options;
  const ends = [liftAt(0), liftAt(lowest), 0];
  const most = Math.max(
    3,
    Math.min(6, Math.floor((height - MARGINS.top - MARGINS.bottom) / TICK_HEIGHT_PX) + 1),
  );
  const axis = numberAxis(Math.min(...ends), Math.max(...ends), most);
  const line = [0, lowest].map((penalty) => ({ penalty: -penalty, lift: liftAt(penalty) }));
  return {
    width,
    height,
    marginLeft: MARGINS.left,
    marginRight: MARGINS.right,
    marginTop: MARGINS.top,
    marginBottom: MARGINS.bottom,
    x: { domain: [0, -lowest], axis: null },
    y: { domain: axis.domain, axis: null },
    marks: [
      pixelMark(({ x, top, bottom, make }) => [
        make('rect', {
          x: x(0),
          y: top,
          width: x(-band) - x(0),
          height: bottom - top,
          fill: 'var(--series-2)',
          'fill-opacity': 0.1,
        }),
      ]),
      Plot.ruleY(axis.ticks, { stroke: 'var(--line)' }),
      Plot.ruleY([0], { stroke: 'var(--line-3)' }),
      Plot.axisY(axis.ticks, {
        tickSize: 0,
        tickPadding: 6,
        label: null,
        fill: 'var(--ink-3)',
        tickFormat: (tick: number) => text(tick),
      }),
      Plot.axisX(
        Array.from({ length: -lowest + 1 }, (_, index) => index),
        {
          tickSize: 4,
          stroke: 'var(--line-2)',
          fill: 'var(--ink-3)',
          label: null,
          tickFormat: (tick: number) => penaltyText(-tick),
        },
      ),
      Plot.line(line, { x: 'penalty', y: 'lift', stroke: 'var(--data)', strokeWidth: 1.75 }),
      pixelMark((frame) => zeroMark(frame, options)),
      pixelMark((frame) => chosenMark(frame, options)),
    ],
  };
}

function zeroMark({ x, y, make }: Frame, { zero, lowest, penaltyText }: PenaltyCurveOptions): Node[] {
  if (zero === null || zero > 0 || zero < lowest) return [];
  const at = {
    cx: x(-zero),
    cy: y(0),
    r: 3.2,
    fill: 'var(--surface)',
    stroke: 'var(--data)',
    'stroke-width': 1.5,
  };
  return [
    make('circle', at),
    make(
      'text',
      { x: x(-zero) - 6, y: y(0) + 15, 'text-anchor': 'end', fill: 'var(--ink-2)', ...HALO },
      `Zero at ${penaltyText(zero)}`,
    ),
  ];
}

function chosenMark(
  frame: Frame,
  { chosen, liftAt, text, penaltyText, lowest }: PenaltyCurveOptions,
): Node[] {
  const { x, y, top, bottom, make } = frame;
  const at = x(-chosen);
  const isRight = chosen < lowest / 2;
  return [
    make('line', { x1: at, x2: at, y1: top, y2: bottom, stroke: 'var(--focus)', 'stroke-width': 1.5 }),
    make('circle', { cx: at, cy: y(liftAt(chosen)), r: 4, fill: 'var(--focus)' }),
    make(
      'text',
      {
        x: isRight ? at - 8 : at + 8,
        y: y(liftAt(chosen)) - 8,
        'text-anchor': isRight ? 'end' : 'start',
        fill: 'var(--focus)',
        'font-weight': 600,
        ...HALO,
      },
      `${text(liftAt(chosen))} at ${penaltyText(chosen)}`,
    ),
  ];
}
