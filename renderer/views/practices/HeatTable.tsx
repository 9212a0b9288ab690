import { type CSSProperties, type KeyboardEvent, memo, useRef, useState } from 'react';
import {
  formatCompact,
  formatCount,
  formatPercentNumber,
  formatRate,
} from '../../../shared/format/numbers.ts';
import { Icon } from '../../parts/Icon.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { rateMark } from '../../notes/note-mark.ts';
import { peopleMark } from '../../cohorts/people-offers.ts';
import { firstRows } from '../../parts/first-rows.ts';
import { MoreRows } from '../../parts/MoreRows.tsx';
import { SubjectLink } from '../../parts/SubjectLink.tsx';
import { Tooltip } from '../../parts/Tooltip.tsx';
import { type TooltipContent, tooltipInWords } from '../../parts/tooltip-content.ts';
import { pageOf } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { CAPTURE_THRESHOLD_RATIO, SMALL_SAMPLE } from '../../state/display-settings.ts';
import { linkedTo } from '../../state/linked-value.ts';
import { type StateName, stateNames } from '../../state/state-names.ts';
import { useToggleFilter } from '../../state/use-toggle-filter.ts';
import { CaptureDot } from './CaptureDot.tsx';
import { type StatesGroup, type StatesGroups, strongestOf } from './columns.ts';
import { practiceMark, stateMark } from './people-offers.ts';
import { nextSort } from './sort-groups.ts';
import type { Practices } from './use-practices.ts';
import './heat-table.css';

interface HeatTableProps {
  practices: Practices;
  groups: StatesGroups | null;
  rows: readonly StatesGroup[];
  /** Rows that stand in the table only. */
  hidden: number;
  nameOfRow: (id: string | null) => string;
}

/** A cell under the pointer or the arrow keys; the total is the row after the last. */
interface Cell {
  row: number;
  column: number;
  byKey: boolean;
}

const TINT_PER_SHARE = 125; // per cent of the state's colour; the style sheet cuts it where the figure would fade

export function HeatTable({ practices, groups, rows, hidden, nameOfRow }: HeatTableProps) {
  const { environment, address } = practices;
  const go = useAddress((state) => state.go);
  const host = useRef<HTMLDivElement>(null);
  const [cell, setCell] = useState<Cell | null>(null);
  const names = groups?.names ?? stateNames(environment.taxonomy, []);
  const all = groups === null ? [] : [...rows, groups.total];
  const placeholders = firstRows(environment.practices, () => false);
  const shown = cell === null ? undefined : all[cell.row];
  const content =
    shown === undefined || cell === null ? null : describeCell(shown, cell.column, groups, nameOfRow);
  const place = cell === null ? null : placeOf(host.current, cell);

  const openPage = (id: string | null) => {
    if (id !== null) go(pageOf(address, 'practice', id));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== host.current) return;
    const next = cellAfter(event.key, cell, all.length, names.length);
    if (event.key === 'Escape' && cell !== null) setCell(null);
    else if (event.key === 'Enter' && shown !== undefined) openPage(shown.id);
    else if (next === null) return;
    else setCell(next);
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      ref={host}
      className="heat"
      style={
        {
          '--rows': String(Math.max(1, groups === null ? placeholders.length : rows.length)),
        } as CSSProperties
      }
      role="group"
      aria-label="States by practice. Arrow keys read the cells, Enter opens the practice."
      tabIndex={0}
      data-chart-area
      onKeyDown={onKeyDown}
      onBlur={() => {
        setCell(null);
      }}
      onPointerLeave={() => {
        setCell(null);
      }}
      onDoubleClick={() => {
        openPage(shown?.id ?? null);
      }}
    >
      <table className="heat-table">
        <HeatHead names={names} />
        <tbody>
          {groups === null &&
            placeholders.map(({ id, name }) => (
              <tr key={id}>
                <th scope="row" className="heat-name">
                  <span className="heat-none">{name}</span>
                </th>
                <td colSpan={3 + names.length} />
              </tr>
            ))}
          {rows.map((row, index) => (
            <HeatRow
              key={row.id ?? ''}
              row={row}
              name={nameOfRow(row.id)}
              index={index}
              currentColumn={cell?.row === index ? cell.column : null}
              isChosen={row.id !== null && address.filters.practice.includes(row.id)}
              chosenStates={address.filters.state}
              onCell={setCell}
            />
          ))}
        </tbody>
        {groups !== null && groups.rows.length > 0 && (
          <tfoot>
            <HeatTotal total={groups.total} index={rows.length} cell={cell} onCell={setCell} />
          </tfoot>
        )}
      </table>
      {hidden > 0 && <MoreRows id="states-by-practice" hidden={hidden} className="heat-more" />}
      {content !== null && place !== null && (
        <Tooltip anchor={host} x={place.x} y={place.y} content={content} />
      )}
      <div className="visually-hidden" aria-live="polite">
        {cell?.byKey === true && content !== null ? tooltipInWords(content) : ''}
      </div>
    </div>
  );
}

function HeatHead({ names }: { names: readonly StateName[] }) {
  const sort = useAddress(({ address }) => address.sort);
  const chosen = useAddress(({ address }) => address.filters.state);
  const go = useAddress((state) => state.go);
  const toggleState = useToggleFilter('state');
  const sortable = (key: string, label: string, className: string) => (
    <th
      scope="col"
      className={className}
      aria-sort={sort.key === key ? (sort.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        className="heat-sort"
        onClick={() => {
          go({ sort: nextSort(sort, key) });
        }}
      >
        {label}
        {sort.key === key && key !== 'n' && <Icon name="chevron-down" />}
      </button>
    </th>
  );
  return (
    <thead>
      <tr>
        {sortable('practice', 'Practice', 'heat-name')}
        {sortable('n', 'n', 'heat-n')}
        {sortable('capture', 'Capture', 'heat-rate')}
        <td className="heat-dot" />
        {names.map(({ id, label, slot }) => (
          <th key={id} scope="col" className="heat-state" data-slot={slot}>
            <button
              type="button"
              className="heat-state-head"
              aria-pressed={chosen.includes(id)}
              {...linkedTo(['state', id])}
              title={chosen.includes(id) ? `Remove the filter on ${label}` : `Filter by ${label}`}
              onClick={() => {
                toggleState(id);
              }}
            >
              {label}
            </button>
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface HeatRowProps {
  row: StatesGroup;
  name: string;
  index: number;
  /** Of the cell under the pointer or the keys; null: it lies in another row. */
  currentColumn: number | null;
  isChosen: boolean;
  chosenStates: readonly string[];
  onCell: (cell: Cell | null) => void;
}

/** Drawn anew only when its own numbers change: a view of hundreds of practices gets a dozen answers one after another. */
const HeatRow = memo(function HeatRow(props: HeatRowProps) {
  const { row, name, index, currentColumn, isChosen, chosenStates, onCell } = props;
  const togglePractice = useToggleFilter('practice');
  const isSmall = row.completed < SMALL_SAMPLE;
  const strongest = strongestOf(row);
  return (
    <tr
      data-chosen={isChosen}
      data-small={isSmall}
      data-row={row.id ?? ''}
      {...peopleMark(row.id === null ? null : practiceMark(row.id))}
      {...(row.id === null ? {} : rateMark({ kind: 'practice', id: row.id }, name, row.rate, row.completed))}
    >
      <th scope="row" className="heat-name" {...linkedTo(['practice', row.id])}>
        {row.id === null ? (
          <span className="heat-none">{name}</span>
        ) : (
          <span className="named-subject">
            <button
              type="button"
              className="heat-name-button"
              aria-pressed={isChosen}
              title={isChosen ? `Remove the filter on ${name}` : `Filter by ${name}`}
              onClick={() => {
                togglePractice(row.id ?? '');
              }}
            >
              {name}
            </button>
            <SubjectLink kind="practice" id={row.id} name={name} isArrow />
          </span>
        )}
      </th>
      <td className="heat-n">{formatCompact(row.completed)}</td>
      <RateCells row={row} isSmall={isSmall} />
      {row.states.map((state, column) => {
        const { share } = state;
        const isStrongest = state === strongest;
        const tint = Math.min(100, (share.value ?? 0) * TINT_PER_SHARE);
        return (
          <td
            key={state.name.id}
            className="heat-cell"
            data-slot={state.name.slot}
            data-cell={`${index}-${column}`}
            {...peopleMark(row.id === null || state.count === 0 ? null : stateMark(row.id, state.name.id))}
            {...linkedTo(['practice', row.id], ['state', state.name.id])}
            data-strongest={isStrongest}
            data-none={row.n === 0}
            data-current={currentColumn === column}
            data-dimmed={chosenStates.length > 0 && !chosenStates.includes(state.name.id)}
            style={{ '--tint': `${tint.toFixed(1)}%` } as CSSProperties}
            onPointerEnter={() => {
              onCell({ row: index, column, byKey: false });
            }}
          >
            {formatPercentNumber(share.value)}
            {isSmall && share.low !== null && share.high !== null && (
              <span className="heat-interval"> ±{Math.round((share.high - share.low) * 50)}</span>
            )}
          </td>
        );
      })}
    </tr>
  );
});

function RateCells({ row, isSmall }: { row: StatesGroup; isSmall: boolean }) {
  const { thresholdRatio, isBelow } = judge(row);
  return (
    <>
      <td className="heat-rate" data-below={isBelow}>
        {formatRate(row.rate.value)}
      </td>
      <td className="heat-dot">
        <CaptureDot
          ratio={row.rate.value}
          thresholdRatio={thresholdRatio}
          isBelow={isBelow}
          isOpen={isSmall}
        />
      </td>
    </>
  );
}

function judge({ rate }: StatesGroup): { thresholdRatio: number; isBelow: boolean } {
  const thresholdRatio = CAPTURE_THRESHOLD_RATIO;
  return { thresholdRatio, isBelow: rate.value !== null && rate.value < thresholdRatio };
}

interface HeatTotalProps {
  total: StatesGroup;
  index: number;
  cell: Cell | null;
  onCell: (cell: Cell | null) => void;
}

function HeatTotal({ total, index, cell, onCell }: HeatTotalProps) {
  return (
    <tr className="heat-total">
      <th scope="row" className="heat-name">
        All practices
      </th>
      <td className="heat-n">{formatCompact(total.completed)}</td>
      <RateCells row={total} isSmall={total.completed < SMALL_SAMPLE} />
      {total.states.map(({ name, share }, column) => (
        <td
          key={name.id}
          className="heat-total-cell"
          data-cell={`${index}-${column}`}
          data-current={cell?.row === index && cell.column === column}
          onPointerEnter={() => {
            onCell({ row: index, column, byKey: false });
          }}
        >
          {formatPercentNumber(share.value)}
        </td>
      ))}
    </tr>
  );
}

function describeCell(
  row: StatesGroup,
  column: number,
  groups: StatesGroups | null,
  nameOfRow: (id: string | null) => string,
): TooltipContent | null {
  const state = row.states[column];
  if (state === undefined || groups === null) return null;
  const elsewhere = groups.total.states[column]?.share.value ?? null;
  const isTotal = row === groups.total;
  return {
    title: isTotal ? 'All practices' : nameOfRow(row.id),
    rows: [
      {
        label: state.name.label,
        slot: state.name.slot,
        value: formatRate(state.share.value),
        isStrong: true,
      },
      { label: '95% interval', value: intervalText(state.share) },
      { label: 'Reactions', value: `${formatCount(state.count)} of ${formatCount(row.n)}` },
      ...(isTotal ? [] : [{ label: 'All practices', value: formatRate(elsewhere) }]),
      { label: 'Capture rate', value: formatRate(row.rate.value), detail: intervalText(row.rate) },
      { label: 'Captured', value: `${formatCount(row.captured)} of ${formatCount(row.completed)}` },
    ],
    ...(row.completed < SMALL_SAMPLE ? { note: `Small sample, n ${formatCount(row.completed)}` } : {}),
  };
}

function cellAfter(key: string, cell: Cell | null, rows: number, columns: number): Cell | null {
  if (rows === 0 || columns === 0 || !key.startsWith('Arrow')) return null;
  if (cell === null) return { row: 0, column: 0, byKey: true };
  const row = cell.row + (key === 'ArrowDown' ? 1 : key === 'ArrowUp' ? -1 : 0);
  const column = cell.column + (key === 'ArrowRight' ? 1 : key === 'ArrowLeft' ? -1 : 0);
  return { row: clamp(row, rows), column: clamp(column, columns), byKey: true };
}

const clamp = (index: number, count: number): number => Math.max(0, Math.min(count - 1, index));

function placeOf(host: HTMLElement | null, { row, column }: Cell): { x: number; y: number } | null {
  const found = host?.querySelector(`[data-cell="${row}-${column}"]`)?.getBoundingClientRect();
  const box = host?.getBoundingClientRect();
  if (found === undefined || box === undefined) return null;
  return { x: found.left + found.width / 2 - box.left, y: found.bottom + 6 - box.top };
}
