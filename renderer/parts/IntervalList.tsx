import { plot } from '@observablehq/plot';
import { type CSSProperties, useEffect, useRef } from 'react';
import { formatCompact, formatRate } from '../../shared/format/numbers.ts';
import { INTERVAL_AXIS_PX, type IntervalRow, intervalRowsChart } from '../charts/interval-rows.ts';
import { PLOT_STYLE } from '../charts/plot-style.ts';
import { useSize } from '../charts/use-size.ts';
import { rateMark } from '../notes/note-mark.ts';
import { RowReadout } from './RowReadout.tsx';
import { Swatch } from './Swatch.tsx';
import type { TooltipContent } from './tooltip-content.ts';
import { useRowReading } from './use-row-reading.ts';
import './interval-list.css';

export interface ListedRate extends IntervalRow {
  id: string;
  name: string;
  n: number;
}

interface IntervalListProps {
  label: string;
  rows: readonly ListedRate[];
  reference: number | null;
  /** The value as text beside its dot. */
  hasValues: boolean;
  describe: (index: number) => TooltipContent;
  /** Further attributes of a row: which mark it is, which value it stands for. */
  attributesOf?: (id: string) => Record<`data-${string}`, string | undefined>;
}

/** Names, rates with intervals on one scale, and n; arrows read the rows. */
export function IntervalList({
  label,
  rows,
  reference,
  hasValues,
  describe,
  attributesOf,
}: IntervalListProps) {
  const reading = useRowReading(rows.length, INTERVAL_AXIS_PX);
  const { host, rowHeight, shown } = reading;
  const content = shown === null || rows[shown.index] === undefined ? null : describe(shown.index);

  return (
    <div
      ref={host}
      className="interval-list"
      style={{ '--row-height': `${rowHeight}px`, '--rows': String(rows.length) } as CSSProperties}
      data-values={hasValues}
      aria-label={`${label}. Arrow keys read the rows.`}
      data-chart-area
      {...reading.listProps}
    >
      <ul className="interval-rows">
        {rows.map(({ id, name, slot, isNone, value, low, high, n, isSmall }, index) => (
          <li
            key={id}
            className="interval-grid interval-row"
            data-row={id}
            {...rateMark({ kind: 'series', value: id }, name, { value, low, high }, n)}
            {...attributesOf?.(id)}
            data-small={isSmall}
            data-current={shown?.index === index}
            onPointerEnter={() => {
              reading.point(index);
            }}
          >
            <span className="interval-name" title={name}>
              {slot !== undefined && <Swatch slot={slot} />}
              {isNone === true && <span className="swatch-none" aria-hidden="true" />}
              {name}
            </span>
            <span />
            {hasValues && (
              <span className="interval-value">
                {formatRate(value)}
                {isSmall && low !== null && high !== null && (
                  <span className="interval-half"> ±{Math.round((high - low) * 50)}</span>
                )}
              </span>
            )}
            <span className="interval-n">{isSmall ? `n ${formatCompact(n)}` : formatCompact(n)}</span>
          </li>
        ))}
        <IntervalPlot rows={rows} rowHeight={rowHeight} reference={reference} />
      </ul>
      <RowReadout reading={reading} content={content} />
    </div>
  );
}

interface IntervalPlotProps {
  rows: readonly ListedRate[];
  rowHeight: number;
  reference: number | null;
}

/** One plot behind the rows, in the second column of their grid. */
function IntervalPlot({ rows, rowHeight, reference }: IntervalPlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const width = useSize(host)?.width ?? 0;
  useEffect(() => {
    if (host.current === null || width === 0) return;
    const options = intervalRowsChart(rows, { width, rowHeight, reference });
    host.current.replaceChildren(plot({ ...options, style: PLOT_STYLE }));
  }, [rows, rowHeight, width, reference]);
  return (
    <li className="interval-grid interval-plot" aria-hidden="true">
      <span />
      <div ref={host} className="chart-surface interval-surface" />
    </li>
  );
}
