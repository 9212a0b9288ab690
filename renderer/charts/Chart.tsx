import { type PlotOptions, plot } from '@observablehq/plot';
import { type KeyboardEvent, type PointerEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import { type TooltipContent, tooltipInWords } from '../parts/tooltip-content.ts';
import { NoteLane } from '../notes/NoteLane.tsx';
import { type ChartSeries, SeriesEnds } from '../notes/SeriesEnds.tsx';
import type { PointFigure } from '../notes/point-selection.ts';
import { useChartNotes } from '../notes/use-chart-notes.ts';
import { Tooltip } from '../parts/Tooltip.tsx';
import { AlertMarks } from '../views/alerts/marks/AlertMarks.tsx';
import { useInterface } from '../state/interface-store.ts';
import { useSelection } from '../state/selection-store.ts';
import { PLOT_STYLE } from './plot-style.ts';
import { peopleMark } from '../cohorts/people-offers.ts';
import { useBrush } from './use-brush.ts';
import { type Size, useSize } from './use-size.ts';
import './chart.css';

export type ChartSize = Size;

interface ChartProps {
  /** Name of the interactive area. */
  label: string;
  draw: (size: ChartSize, id: string) => PlotOptions;
  /** Names of the points in reading order: dates along a time axis, whose like other charts mark too. */
  dates: readonly string[];
  /** Where a point stands on the x scale; default: at its index. */
  xAt?: (index: number) => number;
  /** Value that gets a dot at the pointer; null for none. */
  valueAt?: (index: number) => number | null;
  describe: (index: number) => TooltipContent;
  /** The number of a point with its interval, to be kept with a note on it; default: `valueAt`. */
  figureAt?: (index: number) => PointFigure;
  /** Several that can be annotated each by itself, in the order in which ↑ ↓ read them. */
  series?: readonly ChartSeries[];
  /** Which mark of people a point is; null: none. */
  peopleAt?: (index: number) => string | null;
  /** Where a point leads: by double click, or by Enter. */
  onOpen?: (index: number) => void;
}

const NO_SERIES: readonly ChartSeries[] = [];

interface Scales {
  x: (value: number) => number;
  y: (value: number) => number;
  top: number;
  bottom: number;
  right: number;
}

/** The one component that mounts a plot: it measures, draws, and reads the plot out by pointer and by ← →. */
export function Chart(props: ChartProps) {
  const {
    label,
    draw,
    dates,
    xAt = atIndex,
    valueAt,
    describe,
    figureAt,
    series = NO_SERIES,
    peopleAt,
    onOpen,
  } = props;
  const id = useId().replaceAll(/[^a-zA-Z0-9]/g, '');
  const host = useRef<HTMLDivElement>(null);
  const surface = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const [scales, setScales] = useState<Scales | null>(null);
  const [own, setOwn] = useState<{ index: number; byKey: boolean } | null>(null);
  const [read, setRead] = useState<number | null>(null);
  const hoverDate = useInterface((state) => state.hoverDate);
  const hover = useInterface((state) => state.hover);
  const selected = useSelection(({ span }) => (span === null ? -1 : dates.indexOf(span.from)));
  const brush = useBrush(dates);
  const pointFigure = figureAt ?? ((index: number) => ({ value: valueAt?.(index) ?? null, ...NO_INTERVAL }));
  const notes = useChartNotes(dates, pointFigure);
  const { laneHeight } = notes;

  useLayoutEffect(() => {
    if (size === null || size.width === 0 || size.height === 0 || surface.current === null) return;
    const options = draw({ ...size, height: Math.max(0, size.height - laneHeight) }, id);
    const drawn = plot({ ...options, style: PLOT_STYLE });
    surface.current.replaceChildren(drawn);
    const x = drawn.scale('x');
    const y = drawn.scale('y');
    setScales({
      x: (value) => Number(x?.apply(value)),
      y: (value) => laneHeight + Number(y?.apply(value)),
      top: laneHeight + (options.marginTop ?? 0),
      bottom: size.height - (options.marginBottom ?? 0),
      right: size.width - (options.marginRight ?? 0),
    });
  }, [draw, size, id, laneHeight]);

  const shown = own?.index ?? (hoverDate === null ? -1 : dates.indexOf(hoverDate));
  const isShown = scales !== null && shown >= 0 && shown < dates.length;
  const show = (index: number, byKey: boolean) => {
    setOwn({ index, byKey });
    hover(dates[index] ?? null);
  };
  const hide = () => {
    setOwn(null);
    setRead(null);
    hover(null);
  };
  const indexUnder = ({ clientX }: PointerEvent): number | null => {
    const box = host.current?.getBoundingClientRect();
    if (box === undefined || scales === null) return null;
    return nearest(clientX - box.left, dates.length, (each) => scales.x(xAt(each)));
  };
  const onPointer = (event: PointerEvent) => {
    const index = indexUnder(event);
    if (index === null) return;
    show(index, false);
    brush.onPointerMove(index);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const readNext = seriesAfter(event.key, read, series.length);
    if (readNext !== undefined) {
      setRead(readNext);
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    const next = indexAfter(event.key, own?.index ?? null, dates.length);
    if (event.key === 'Escape' && brush.cancel()) hide();
    else if (event.key === 'Escape' && own !== null) hide();
    else if (event.key === 'Enter' && brush.apply(own?.index ?? null)) hide();
    else if (event.key === 'Enter' && onOpen !== undefined && own !== null) onOpen(own.index);
    else if (next === null) return;
    else {
      if (event.shiftKey) brush.extend(own?.index ?? next, next);
      else brush.cancel();
      notes.step(own?.index ?? null, next, event.shiftKey);
      show(next, true);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  const value = isShown ? (valueAt?.(shown) ?? null) : null;
  return (
    <div
      ref={host}
      className="chart"
      role="application"
      aria-roledescription="chart"
      aria-label={`${label}. Left and right arrow keys read the points.`}
      tabIndex={0}
      data-chart-area
      {...peopleMark(own === null ? null : (peopleAt?.(own.index) ?? null))}
      onPointerMove={onPointer}
      onPointerDown={(event) => {
        brush.onPointerDown(event, indexUnder(event));
      }}
      onPointerUp={brush.onPointerUp}
      onPointerCancel={() => {
        brush.cancel();
      }}
      onPointerLeave={hide}
      onClick={({ shiftKey }) => {
        if (own !== null) notes.press(own.index, shiftKey);
      }}
      onDoubleClick={() => {
        if (own !== null) onOpen?.(own.index);
      }}
      onKeyDown={onKeyDown}
      onBlur={hide}
    >
      <div ref={surface} className="chart-surface" aria-hidden="true" style={{ top: laneHeight }} />
      {scales !== null && (brush.range !== null || selected >= 0) && (
        <svg className="chart-overlay chart-selection" aria-hidden="true">
          {brush.range !== null && (
            <rect
              {...bandBetween(
                brush.range.map((index) => scales.x(xAt(index))),
                scales,
              )}
            />
          )}
          {selected >= 0 && (
            <line
              x1={scales.x(xAt(selected))}
              x2={scales.x(xAt(selected))}
              y1={scales.top}
              y2={scales.bottom}
            />
          )}
        </svg>
      )}
      {isShown && (
        <svg className="chart-overlay" aria-hidden="true">
          <line x1={scales.x(xAt(shown))} x2={scales.x(xAt(shown))} y1={scales.top} y2={scales.bottom} />
          {value !== null && <circle cx={scales.x(xAt(shown))} cy={scales.y(value)} r={3.6} />}
        </svg>
      )}
      {scales !== null && (
        <AlertMarks
          dates={dates}
          xOf={(index) => scales.x(xAt(index))}
          yOf={scales.y}
          valueAt={(index) => valueAt?.(index) ?? null}
          top={scales.top}
          bottom={scales.bottom}
        />
      )}
      {scales !== null && (
        <SeriesEnds
          series={series}
          yOf={scales.y}
          right={scales.right}
          top={scales.top}
          bottom={scales.bottom}
          current={read}
        />
      )}
      {scales !== null && notes.hasPlaces && (
        <NoteLane
          dates={dates}
          xOf={(index) => scales.x(xAt(index))}
          yOf={scales.y}
          top={scales.top}
          bottom={scales.bottom}
          shown={own?.index ?? -1}
          isShownByKey={own?.byKey === true && read === null}
          figureAt={pointFigure}
        />
      )}
      {isShown && own !== null && (
        <Tooltip anchor={host} x={scales.x(xAt(shown))} y={scales.top + 24} content={describe(shown)} />
      )}
      <div className="visually-hidden" aria-live="polite">
        {read !== null
          ? (series[read]?.name ?? '')
          : own?.byKey === true && isShown
            ? tooltipInWords(describe(own.index))
            : ''}
      </div>
    </div>
  );
}

const bandBetween = (ends: readonly number[], { top, bottom }: Scales) => ({
  x: Math.min(...ends),
  y: top,
  width: Math.max(...ends) - Math.min(...ends),
  height: bottom - top,
});

const atIndex = (index: number): number => index;

const NO_INTERVAL = { interval: null, n: null } as const;

function nearest(px: number, count: number, at: (index: number) => number): number | null {
  let best: number | null = null;
  let distance = Infinity;
  for (let index = 0; index < count; index += 1) {
    const next = Math.abs(at(index) - px);
    if (next >= distance) continue;
    best = index;
    distance = next;
  }
  return best;
}

/** null: from the last one out again; undefined: no key of series. */
function seriesAfter(key: string, at: number | null, count: number): number | null | undefined {
  if (count === 0 || (key !== 'ArrowUp' && key !== 'ArrowDown')) return undefined;
  const next = (at ?? (key === 'ArrowDown' ? -1 : count)) + (key === 'ArrowDown' ? 1 : -1);
  return next < 0 || next >= count ? null : next;
}

function indexAfter(key: string, at: number | null, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowLeft') return at === null ? count - 1 : Math.max(0, at - 1);
  if (key === 'ArrowRight') return at === null ? 0 : Math.min(count - 1, at + 1);
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  return null;
}
