import { type CSSProperties, type KeyboardEvent, useMemo, useRef, useState } from 'react';
import { formatCount, formatPercentNumber, formatRate } from '../../../shared/format/numbers.ts';
import { DataTable } from '../../parts/DataTable.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { SubjectLink } from '../../parts/SubjectLink.tsx';
import { Tile } from '../../parts/Tile.tsx';
import { Tooltip } from '../../parts/Tooltip.tsx';
import { type TooltipContent, tooltipInWords } from '../../parts/tooltip-content.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { nameOf } from '../../state/names.ts';
import { type StatesGroup, strongestOf } from './columns.ts';
import { EmptySessions } from './EmptySessions.tsx';
import { groupColumns } from './StatesByPracticeTile.tsx';
import { SortMenu } from './SortMenu.tsx';
import { sortGroups } from './sort-groups.ts';
import type { Practices } from './use-practices.ts';
import './top-states.css';

/** All seven states of each practice as small multiples on one scale. */
export function TopStatesTile({ practices }: { practices: Practices }) {
  const { byPractice, questions, environment, address } = practices;
  const nameOfRow = useMemo(
    () => (id: string | null) => (id === null ? '(none)' : nameOf('practice', id, environment)),
    [environment],
  );
  const rows = useMemo(
    () => (byPractice === null ? [] : sortGroups(byPractice.rows, address.sort, nameOfRow)),
    [byPractice, address.sort, nameOfRow],
  );
  return (
    <Tile
      id="top-states"
      title="Top states by practice"
      subtitle="% of reactions, one scale; strongest state named, line is all practices; hatched: n below 200*"
      summary={summaryOf(rows, nameOfRow)}
      questions={[questions.statesByPractice]}
      lateEffect="Reactions of the last hours are missing from n and the shares."
      legend={<SortMenu names={byPractice?.names ?? []} />}
      empty={byPractice?.rows.length === 0 ? <EmptySessions practices={practices} what="reactions" /> : null}
      chart={<Multiples rows={rows} total={byPractice?.total ?? null} nameOfRow={nameOfRow} />}
      table={
        <DataTable
          caption="States by practice"
          columns={groupColumns('Practice', byPractice, (row) =>
            row === byPractice?.total ? 'All practices' : nameOfRow(row.id),
          )}
          rows={rows}
          rowKey={({ id }) => id ?? ''}
          {...(byPractice === null ? {} : { total: byPractice.total })}
        />
      }
    />
  );
}

interface MultiplesProps {
  rows: readonly StatesGroup[];
  total: StatesGroup | null;
  nameOfRow: (id: string | null) => string;
}

interface Place {
  cell: number;
  state: number;
  byKey: boolean;
}

function Multiples({ rows, total, nameOfRow }: MultiplesProps) {
  const host = useRef<HTMLDivElement>(null);
  const [place, setPlace] = useState<Place | null>(null);
  const scale = scaleOf(rows);
  const row = place === null ? undefined : rows[place.cell];
  const content =
    row === undefined || place === null ? null : describeBar(row, place.state, total, nameOfRow(row.id));
  const spot = place === null ? null : spotOf(host.current, place);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== host.current) return;
    const next = placeAfter(event.key, place, rows);
    if (event.key === 'Escape' && place !== null) setPlace(null);
    else if (event.key === 'Enter' && place !== null) openPage(host.current, place.cell);
    else if (next === null) return;
    else setPlace(next);
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={host}
      className="multiples"
      role="group"
      aria-label="Top states by practice. Arrow keys read the states, Enter opens the practice."
      tabIndex={0}
      data-chart-area
      onKeyDown={onKeyDown}
      onPointerLeave={() => {
        setPlace(null);
      }}
      onBlur={() => {
        setPlace(null);
      }}
    >
      <ul>
        {rows.map((each, cell) => (
          <Multiple
            key={each.id ?? ''}
            row={each}
            total={total}
            name={nameOfRow(each.id)}
            cell={cell}
            scale={scale}
            place={place}
            onPlace={setPlace}
          />
        ))}
      </ul>
      {content !== null && spot !== null && <Tooltip anchor={host} x={spot.x} y={spot.y} content={content} />}
      <div className="visually-hidden" aria-live="polite">
        {place?.byKey === true && content !== null ? tooltipInWords(content) : ''}
      </div>
    </div>
  );
}

interface MultipleProps {
  row: StatesGroup;
  total: StatesGroup | null;
  name: string;
  cell: number;
  /** The share that fills the height. */
  scale: number;
  place: Place | null;
  onPlace: (place: Place) => void;
}

function Multiple({ row, total, name, cell, scale, place, onPlace }: MultipleProps) {
  const isSmall = row.n < SMALL_SAMPLE;
  const strongest = strongestOf(row);
  const heightOf = (share: number | null): string => `${((100 * (share ?? 0)) / scale).toFixed(1)}%`;
  return (
    <li className="multiple" data-row={row.id ?? ''} data-small={isSmall}>
      <div className="multiple-head">
        {row.id === null ? name : <SubjectLink kind="practice" id={row.id} name={name} />}
        <span className="multiple-n">{`n ${formatCount(row.n)}`}</span>
      </div>
      <div className="multiple-bars">
        {row.states.map(({ name: state, share }, index) => (
          <span
            key={state.id}
            className="multiple-bar"
            data-slot={state.slot}
            data-cell={`${String(cell)}-${String(index)}`}
            data-current={place?.cell === cell && place.state === index}
            style={
              {
                '--share': heightOf(share.value),
                '--reference': heightOf(total?.states[index]?.share.value ?? null),
              } as CSSProperties
            }
            onPointerEnter={() => {
              onPlace({ cell, state: index, byKey: false });
            }}
          >
            <span className="multiple-fill" />
            <span className="multiple-reference" />
          </span>
        ))}
      </div>
      <div className="multiple-top">
        {strongest === null
          ? 'No reactions'
          : `${strongest.name.label} ${formatRate(strongest.share.value, 0)}${isSmall ? halfOf(strongest.share) : ''}`}
      </div>
      <span className="visually-hidden">
        {row.states
          .map(({ name: state, share }) => `${state.label} ${formatPercentNumber(share.value)}%`)
          .join(', ')}
        {isSmall ? '; small sample' : ''}
      </span>
    </li>
  );
}

const halfOf = ({ low, high }: { low: number | null; high: number | null }): string =>
  low === null || high === null ? '' : ` ±${String(Math.round((high - low) * 50))}`;

/** The largest share of a practice with enough reactions; small ones may be cut at the top. */
function scaleOf(rows: readonly StatesGroup[]): number {
  const judged = rows.filter(({ n }) => n >= SMALL_SAMPLE);
  const shares = (judged.length > 0 ? judged : rows).flatMap(({ states }) =>
    states.map(({ share }) => share.value ?? 0),
  );
  return Math.max(0.05, ...shares);
}

function describeBar(
  row: StatesGroup,
  index: number,
  total: StatesGroup | null,
  name: string,
): TooltipContent | null {
  const state = row.states[index];
  if (state === undefined) return null;
  return {
    title: name,
    rows: [
      {
        label: state.name.label,
        slot: state.name.slot,
        value: formatRate(state.share.value),
        isStrong: true,
      },
      { label: '95% interval', value: intervalText(state.share) },
      { label: 'Reactions', value: `${formatCount(state.count)} of ${formatCount(row.n)}` },
      { label: 'All practices', value: formatRate(total?.states[index]?.share.value ?? null) },
    ],
    ...(row.n < SMALL_SAMPLE ? { note: `Small sample, n ${formatCount(row.n)}` } : {}),
  };
}

function placeAfter(key: string, place: Place | null, rows: readonly StatesGroup[]): Place | null {
  const states = rows[0]?.states.length ?? 0;
  if (rows.length === 0 || states === 0 || !key.startsWith('Arrow')) return null;
  if (place === null) return { cell: 0, state: 0, byKey: true };
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -states, ArrowDown: states }[key] ?? 0;
  const at = place.cell * states + place.state + step;
  if (at < 0 || at >= rows.length * states) return { ...place, byKey: true };
  return { cell: Math.floor(at / states), state: at % states, byKey: true };
}

function openPage(host: HTMLElement | null, cell: number): void {
  host?.querySelectorAll('.multiple')[cell]?.querySelector('a')?.click();
}

function spotOf(host: HTMLElement | null, { cell, state }: Place): { x: number; y: number } | null {
  const found = host
    ?.querySelector(`[data-cell="${String(cell)}-${String(state)}"]`)
    ?.getBoundingClientRect();
  const box = host?.getBoundingClientRect();
  if (found === undefined || box === undefined) return null;
  return { x: found.left + found.width / 2 - box.left, y: found.bottom + 6 - box.top };
}

function summaryOf(rows: readonly StatesGroup[], nameOfRow: (id: string | null) => string): string {
  if (rows.length === 0) return 'No practices.';
  const tops = rows.map((row) => {
    const top = strongestOf(row);
    const words = top === null ? 'no reactions' : `${top.name.label} ${formatRate(top.share.value, 0)}`;
    return `${nameOfRow(row.id)} ${words}${row.n < SMALL_SAMPLE ? `, small sample, n ${formatCount(row.n)}` : ''}`;
  });
  return `Strongest state: ${tops.join('; ')}.`;
}
