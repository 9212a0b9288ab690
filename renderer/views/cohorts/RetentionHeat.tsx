import { type CSSProperties, type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { formatDate } from '../../../shared/format/calendar.ts';
import {
  formatCompact,
  formatCount,
  formatPercentNumber,
  formatRate,
} from '../../../shared/format/numbers.ts';
import { intervalText } from '../../parts/interval-text.ts';
import { noteMark, rateMark } from '../../notes/note-mark.ts';
import { Tooltip } from '../../parts/Tooltip.tsx';
import { type TooltipContent, tooltipInWords } from '../../parts/tooltip-content.ts';
import { useAddress } from '../../state/address-store.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { capitalise } from '../../state/event-names.ts';
import { peopleMark } from '../../cohorts/people-offers.ts';
import type { CohortRow, RetentionCell, RetentionTable } from './columns.ts';
import { cellMark, rowMark } from './people-offers.ts';
import { SEQ_BINS, type SeqScale, seqBin, seqScale } from './seq-scale.ts';
import type { Cohorts } from './use-cohorts.ts';
import { cohortName, columnName, columnSpan } from './words.ts';
import './retention-heat.css';

interface Place {
  row: number;
  column: number;
  byKey: boolean;
}

interface RetentionHeatProps {
  cohorts: Cohorts;
  table: RetentionTable;
  /** Two stand side by side. */
  isTight: boolean;
}

/** Cohorts by period: how many came back, darker for more; a cell chooses its cohort and its column. */
export function RetentionHeat({ cohorts, table, isTight }: RetentionHeatProps) {
  const { state, calendar } = cohorts;
  const go = useAddress((store) => store.go);
  const host = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const scale = useMemo(() => seqScale(ratesOf(table)), [table]);
  const row = place === null ? undefined : table.rows[place.row];
  const cell = place === null ? undefined : row?.cells[place.column];
  const content =
    row === undefined || cell === undefined || place === null
      ? null
      : describeCell(cohorts, row, cell, place.column);
  const spot = place === null ? null : spotOf(host.current, place);

  const choose = (start: string, column: number) => {
    const isAgain = state.chosen === start && (column === 0 || column === state.column);
    go({
      cohorts: {
        ...state,
        chosen: isAgain ? null : start,
        column: column === 0 ? state.column : column,
      },
    });
  };

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== host.current) return;
    const next = placeAfter(event.key, place, table);
    if (event.key === 'Escape' && place !== null) setPlace(null);
    else if (event.key === 'Enter' && row !== undefined && place !== null) choose(row.start, place.column);
    else if (next === null) return;
    else setPlace(next);
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={host}
      className="retention"
      style={{ '--rows': String(table.rows.length), '--columns': String(table.columns) } as CSSProperties}
      role="group"
      aria-label="Retention. Arrow keys read the cells, Enter opens the cohort."
      tabIndex={0}
      data-chart-area
      data-tight={isTight || table.columns > TIGHT_FROM}
      data-long={table.rows.length > LONG_FROM}
      onKeyDown={onKeyDown}
      onPointerLeave={() => {
        setPlace(null);
      }}
      onBlur={() => {
        setPlace(null);
      }}
    >
      <div className="retention-scroll">
        <table className="retention-table">
          <thead>
            <tr>
              <th scope="col" className="retention-start">
                {headOf(cohorts)}
              </th>
              <th scope="col" className="retention-n">
                n
              </th>
              {Array.from({ length: table.columns }, (_, column) => (
                <th
                  key={column}
                  scope="col"
                  className="retention-column"
                  data-chosen={column === state.column}
                >
                  {column === 0 ? (
                    `${capitalise(state.interval)} 0`
                  ) : (
                    <button
                      type="button"
                      aria-pressed={column === state.column}
                      title={`Look at ${columnName(state, column)}`}
                      onClick={() => {
                        go({ cohorts: { ...state, column } });
                      }}
                    >
                      {columnSpan(state, column)}
                    </button>
                  )}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((each, index) => (
              <tr
                key={each.start}
                data-cohort={each.start}
                {...peopleMark(each.size === 0 ? null : rowMark(each.start))}
                {...noteMark({
                  anchor: { kind: 'retention_row', cohort: each.start },
                  label: formatDate(each.start, calendar.today),
                  value: null,
                  interval: null,
                  n: each.size,
                })}
                data-chosen={each.start === state.chosen}
                data-small={each.cells.length > 0 && each.size < SMALL_SAMPLE}
              >
                <th scope="row" className="retention-start">
                  <button
                    type="button"
                    aria-pressed={each.start === state.chosen}
                    onClick={() => {
                      choose(each.start, 0);
                    }}
                  >
                    {formatDate(each.start, calendar.today)}
                  </button>
                </th>
                <td className="retention-n">{each.cells.length === 0 ? '' : formatCompact(each.size)}</td>
                {each.cells.map((one, column) => (
                  <HeatCell
                    key={column}
                    cell={one}
                    size={each.size}
                    scale={scale}
                    column={column}
                    figure={state.figure}
                    place={`${index}-${column}`}
                    cohort={each.start}
                    isCurrent={place?.row === index && place.column === column}
                    onChoose={() => {
                      choose(each.start, column);
                    }}
                    onEnter={() => {
                      setPlace({ row: index, column, byKey: false });
                    }}
                  />
                ))}
                {each.cells.length < table.columns && <td colSpan={table.columns - each.cells.length} />}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {table.rows.some(({ cells }) => cells.length > 0) && (
        <HeatKey scale={scale} cohorts={cohorts} table={table} />
      )}
      {content !== null && spot !== null && <Tooltip anchor={host} x={spot.x} y={spot.y} content={content} />}
      <div className="visually-hidden" aria-live="polite">
        {place?.byKey === true && content !== null ? tooltipInWords(content) : ''}
      </div>
    </div>
  );
}

const LONG_FROM = 14; // more rows scroll, and leave no corner for the key
const TIGHT_FROM = 13; // more columns leave no room for the half interval beside the figure

const headOf = ({ state }: Cohorts): string =>
  `${state.type === 'recurring' ? 'In' : 'First'} ${state.interval}`;

const ratesOf = ({ rows }: RetentionTable): number[] =>
  rows.flatMap(({ cells }) => cells.slice(1).flatMap(({ value }) => (value === null ? [] : [value])));

interface HeatCellProps {
  cell: RetentionCell;
  size: number;
  scale: SeqScale;
  column: number;
  figure: 'percent' | 'count';
  place: string;
  cohort: string;
  isCurrent: boolean;
  onChoose: () => void;
  onEnter: () => void;
}

function HeatCell({
  cell,
  size,
  scale,
  column,
  figure,
  place,
  cohort,
  isCurrent,
  onChoose,
  onEnter,
}: HeatCellProps) {
  const { value, low, high, count, isPartial } = cell;
  const isSmall = size < SMALL_SAMPLE;
  const bin = value === null ? null : column === 0 ? SEQ_BINS - 1 : seqBin(scale, value);
  const half =
    figure === 'percent' && column > 0 && isSmall && low !== null && high !== null
      ? ` ±${Math.round((high - low) * 50)}`
      : '';
  return (
    <td
      className="retention-cell"
      data-seq={bin ?? 'none'}
      data-partial={isPartial}
      data-small={isSmall}
      data-current={isCurrent}
      data-cell={place}
      {...peopleMark(cell.count === 0 ? null : cellMark(cohort, column))}
      {...rateMark({ kind: 'retention_cell', cohort, period: column }, `${cohort}, ${column}`, cell, size)}
      onClick={onChoose}
      onPointerEnter={onEnter}
    >
      <span>
        {figure === 'count' ? formatCompact(count) : formatPercentNumber(value)}
        {half !== '' && <span className="retention-half">{half}</span>}
      </span>
    </td>
  );
}

/** What the shades and edges mean, in the empty corner of the triangle. */
function HeatKey({ scale, cohorts, table }: { scale: SeqScale; cohorts: Cohorts; table: RetentionTable }) {
  const { state } = cohorts;
  const isSmall = table.rows.some(({ size }) => size < SMALL_SAMPLE);
  const isPartial = table.rows.some(({ cells }) => cells.some((cell) => cell.isPartial));
  return (
    <div className="retention-key" aria-hidden="true">
      <span className="retention-key-title">% coming back</span>
      <span className="retention-ramp">
        {Array.from({ length: SEQ_BINS }, (_, bin) => (
          <span key={bin} data-seq={bin}>
            <span>{formatPercentNumber(scale.low + bin * scale.step)}</span>
          </span>
        ))}
      </span>
      <span className="retention-key-marks">
        {isPartial && (
          <span>
            <i data-mark="partial" />
            {capitalise(state.interval)} not over
          </span>
        )}
        {isSmall && (
          <span>
            <i data-mark="small" />n below {SMALL_SAMPLE}
          </span>
        )}
      </span>
    </div>
  );
}

function describeCell(
  { state, calendar, totals }: Cohorts,
  { start, size }: CohortRow,
  cell: RetentionCell,
  column: number,
): TooltipContent {
  const total = totals?.[column];
  const notes = [
    ...(cell.isPartial ? [`${capitalise(columnName(state, column))} is not over`] : []),
    ...(size < SMALL_SAMPLE ? [`Small sample, n ${formatCount(size)}`] : []),
  ];
  return {
    title: `${capitalise(cohortName(start, state.interval, calendar.today))}, ${columnName(state, column)}`,
    rows: [
      { label: 'Came back', value: formatRate(cell.value), isStrong: true },
      { label: '95% interval', value: intervalText(cell) },
      { label: 'People', value: `${formatCount(cell.count)} of ${formatCount(size)}` },
      ...(total === undefined || column === 0
        ? []
        : [{ label: 'All cohorts', value: formatRate(total.value), detail: `n ${formatCount(total.n)}` }]),
    ],
    ...(notes.length === 0 ? {} : { note: notes.join('. ') }),
  };
}

function placeAfter(key: string, place: Place | null, { rows }: RetentionTable): Place | null {
  if (rows.length === 0 || !key.startsWith('Arrow')) return null;
  if (place === null) return { row: 0, column: 0, byKey: true };
  const row = clamp(place.row + (key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0), rows.length);
  const wanted = place.column + (key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0);
  return { row, column: clamp(wanted, rows[row]?.cells.length ?? 1), byKey: true };
}

const clamp = (index: number, count: number): number => Math.max(0, Math.min(Math.max(0, count - 1), index));

function spotOf(host: HTMLElement | null, { row, column }: Place): { x: number; y: number } | null {
  const found = host?.querySelector(`[data-cell="${row}-${column}"]`)?.getBoundingClientRect();
  const box = host?.getBoundingClientRect();
  if (found === undefined || box === undefined) return null;
  return { x: found.left + found.width / 2 - box.left, y: found.bottom + 6 - box.top };
}
