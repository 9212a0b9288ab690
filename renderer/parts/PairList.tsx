import { plot } from '@observablehq/plot';
import { type CSSProperties, type ReactNode, useEffect, useRef } from 'react';
import { PAIR_AXIS_PX, type PairRow, type PairRowsOptions, pairRowsChart } from '../charts/pair-rows.ts';
import { PLOT_STYLE } from '../charts/plot-style.ts';
import { useSize } from '../charts/use-size.ts';
import { RowReadout } from './RowReadout.tsx';
import { Swatch } from './Swatch.tsx';
import type { TooltipContent } from './tooltip-content.ts';
import { useRowReading } from './use-row-reading.ts';
import './pair-list.css';

export interface ListedPair extends PairRow {
  id: string;
  name: string;
  /** Instead of the name as text. */
  head?: ReactNode;
  /** Beside the plot, one per column. */
  figures: readonly string[];
  /** Figures only: its values would leave the scale of the others. */
  isPlain?: boolean;
}

interface PairListProps {
  label: string;
  rows: readonly ListedPair[];
  columns: readonly string[];
  /** What the marks stand for, above the plot. */
  legend?: ReactNode;
  mark: PairRowsOptions['mark'];
  isDifference?: boolean;
  describe: (row: ListedPair) => TooltipContent;
}

/** Names, two values each on one scale, and figures; arrows read the rows. */
export function PairList({
  label,
  rows,
  columns,
  legend,
  mark,
  isDifference = false,
  describe,
}: PairListProps) {
  const reading = useRowReading(rows.length, PAIR_AXIS_PX + HEAD_PX);
  const { host, rowHeight, shown } = reading;
  const row = shown === null ? undefined : rows[shown.index];
  const content = row === undefined ? null : describe(row);
  const drawn = rows.filter(({ isPlain = false }) => !isPlain);

  return (
    <div
      ref={host}
      className="pair-list"
      style={
        {
          '--row-height': `${rowHeight}px`,
          '--rows': String(rows.length),
          '--longest-name': `${Math.ceil(Math.max(0, ...rows.map(({ name }) => name.length)) * CHARACTER_PX)}px`,
          '--figure-columns': figureWidths(columns, rows),
        } as CSSProperties
      }
      aria-label={`${label}. Arrow keys read the rows.`}
      data-chart-area
      {...reading.listProps}
    >
      <div className="pair-grid pair-head" aria-hidden="true">
        <span className="pair-head-legend">{legend}</span>
        {columns.map((column) => (
          <span key={column}>{column}</span>
        ))}
      </div>
      <ul className="pair-rows">
        {rows.map(({ id, name, head, slot, isSmall, isPlain = false, figures }, index) => (
          <li
            key={id}
            className="pair-grid pair-row"
            data-row={id}
            data-small={isSmall}
            data-plain={isPlain}
            data-current={shown?.index === index}
            onPointerEnter={() => {
              reading.point(index);
            }}
          >
            <span className="pair-name" title={name}>
              {slot !== undefined && <Swatch slot={slot} />}
              {head ?? name}
            </span>
            <span />
            {figures.map((figure, at) => (
              <span key={columns[at]} className="pair-figure" data-key={columns[at]}>
                {figure}
              </span>
            ))}
          </li>
        ))}
        <PairPlot rows={drawn} options={{ rowHeight, mark, isDifference }} />
      </ul>
      <RowReadout reading={reading} content={content} top={HEAD_PX} />
    </div>
  );
}

const HEAD_PX = 18;
const CHARACTER_PX = 6.6;

/** Each column as wide as its longest text; the plot takes what is left. */
const figureWidths = (columns: readonly string[], rows: readonly ListedPair[]): string =>
  columns
    .map((column, at) => {
      const longest = Math.max(column.length, ...rows.map(({ figures }) => figures[at]?.length ?? 0));
      return `${String(Math.ceil(longest * CHARACTER_PX))}px`;
    })
    .join(' ');

/** One plot behind the first rows, in the second column of their grid. */
function PairPlot({ rows, options }: { rows: readonly PairRow[]; options: Omit<PairRowsOptions, 'width'> }) {
  const host = useRef<HTMLDivElement>(null);
  const width = useSize(host)?.width ?? 0;
  const { rowHeight, mark, isDifference } = options;
  useEffect(() => {
    if (host.current === null || width === 0) return;
    const drawn = pairRowsChart(rows, { width, rowHeight, mark, isDifference });
    host.current.replaceChildren(plot({ ...drawn, style: PLOT_STYLE }));
  }, [rows, width, rowHeight, mark, isDifference]);
  return (
    <li className="pair-grid pair-plot" aria-hidden="true">
      <span />
      <div ref={host} className="chart-surface pair-surface" />
    </li>
  );
}
