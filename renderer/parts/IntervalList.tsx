import { plot } from '@observablehq/plot';
import { type CSSProperties, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { formatCompact, formatRate } from '../../shared/format/numbers.ts';
import { INTERVAL_AXIS_PX, type IntervalRow, intervalRowsChart } from '../charts/interval-rows.ts';
import { PLOT_STYLE } from '../charts/plot-style.ts';
import { useSize } from '../charts/use-size.ts';
import { rateMark } from '../notes/note-mark.ts';
import { rowAfter } from './row-after.ts';
import { Swatch } from './Swatch.tsx';
import { Tooltip } from './Tooltip.tsx';
import { type TooltipContent, tooltipInWords } from './tooltip-content.ts';
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

const ROW_MIN_PX = 24; // what can be pressed
const ROW_MAX_PX = 30;

/** Names, rates with intervals on one scale, and n; arrows read the rows. */
export function IntervalList({
  label,
  rows,
  reference,
  hasValues,
  describe,
  attributesOf,
}: IntervalListProps) {
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const [shown, setShown] = useState<{ index: number; byKey: boolean } | null>(null);
  const room = (size?.height ?? 0) - INTERVAL_AXIS_PX;
  const rowHeight = Math.max(ROW_MIN_PX, Math.min(ROW_MAX_PX, Math.floor(room / Math.max(1, rows.length))));
  const content = shown === null || rows[shown.index] === undefined ? null : describe(shown.index);

  const onKeyDown = (event: KeyboardEvent) => {
    const next = rowAfter(event.key, shown?.index ?? null, rows.length);
    if (event.key === 'Escape' && shown !== null) setShown(null);
    else if (next === null) return;
    else setShown({ index: next, byKey: true });
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={host}
      className="interval-list"
      style={{ '--row-height': `${rowHeight}px`, '--rows': String(rows.length) } as CSSProperties}
      data-values={hasValues}
      role="group"
      aria-label={`${label}. Arrow keys read the rows.`}
      tabIndex={0}
      data-chart-area
      onKeyDown={onKeyDown}
      onPointerLeave={() => {
        setShown(null);
      }}
      onBlur={() => {
        setShown(null);
      }}
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
              setShown({ index, byKey: false });
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
      {content !== null && shown !== null && (
        <Tooltip
          anchor={host}
          x={(size?.width ?? 0) / 2}
          y={(shown.index + 1) * rowHeight + 4}
          content={content}
        />
      )}
      <div className="visually-hidden" aria-live="polite">
        {shown?.byKey === true && content !== null ? tooltipInWords(content) : ''}
      </div>
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
