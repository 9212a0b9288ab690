import { type CSSProperties, type KeyboardEvent, type ReactNode, useRef, useState } from 'react';
import {
  formatCount,
  formatPercentNumber,
  formatPoints,
  formatRate,
  formatSignedPercentNumber,
} from '../../../shared/format/numbers.ts';
import { differenceAxis, type RateAxis } from '../../charts/ticks.ts';
import { Icon } from '../../parts/Icon.tsx';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { rowAfter } from '../../parts/row-after.ts';
import { SubjectLink } from '../../parts/SubjectLink.tsx';
import { Tile } from '../../parts/Tile.tsx';
import { Tooltip } from '../../parts/Tooltip.tsx';
import { type TooltipContent, tooltipInWords } from '../../parts/tooltip-content.ts';
import { formatAddress, inView, pageOf } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { rateMark } from '../../notes/note-mark.ts';
import { Sparkline } from '../features/Sparkline.tsx';
import { type StatesGroup, type StatesGroups, strongestOf } from '../practices/columns.ts';
import { nextSort } from '../practices/sort-groups.ts';
import { isClear, type ListedMaster } from './columns.ts';
import { ImpactMark, ImpactScale } from './ImpactMark.tsx';
import { EmptyMasters } from './EmptyMasters.tsx';
import type { Masters } from './use-masters.ts';
import '../practices/heat-table.css';

interface MastersListTileProps {
  masters: Masters;
  rows: readonly ListedMaster[] | null;
  nameOf: (id: string | null) => string;
}

const TINT_PER_SHARE = 125; // as in the states by practice

/** One list: capture, what was expected, the difference, twelve weeks, seven states. */
export function MastersListTile({ masters, rows, nameOf }: MastersListTileProps) {
  const { questions, states } = masters;
  return (
    <Tile
      id="masters-list"
      title="Capture against expected"
      subtitle={`expected is the practice mix at the rates of all sessions, 95% interval; state cells are % of reactions${comparableInWords(rows)}`}
      summary={summaryOf(rows, nameOf)}
      questions={[
        questions.impact,
        questions.states,
        questions.pairs,
        questions.course,
        questions.fresh,
        questions.returning,
      ]}
      lateEffect="Reactions of the last hours are missing on both sides of the difference."
      empty={rows?.length === 0 ? <EmptyMasters masters={masters} /> : null}
      chart={<MastersTable masters={masters} rows={rows ?? []} nameOf={nameOf} />}
      table={
        <DataTable
          caption="Masters"
          columns={tableColumns(states, nameOf)}
          rows={rows ?? []}
          rowKey={({ id }) => id ?? ''}
        />
      }
    />
  );
}

/** A practice that one master alone teaches says nothing about that master. */
function comparableInWords(rows: readonly ListedMaster[] | null): string {
  const known = rows?.filter(({ comparable }) => comparable !== null) ?? [];
  const n = known.reduce((sum, { group }) => sum + group.completed, 0);
  if (n === 0) return '';
  const share =
    known.reduce((sum, { comparable, group }) => sum + (comparable ?? 0) * group.completed, 0) / n;
  return share > 0.9995 ? '' : `; ${formatRate(share, 0)} of n comparable`;
}

function MastersTable({
  masters,
  rows,
  nameOf,
}: Omit<MastersListTileProps, 'rows'> & { rows: readonly ListedMaster[] }) {
  const { states, fresh, returning } = masters;
  const address = useAddress((state) => state.address);
  const go = useAddress((state) => state.go);
  const host = useRef<HTMLDivElement>(null);
  const [shown, setShown] = useState<{ index: number; byKey: boolean } | null>(null);
  const row = shown === null ? undefined : rows[shown.index];
  const content = row === undefined ? null : describeRow(row, nameOf(row.id));
  const axis = axisOf(rows);
  const spot = shown === null ? null : spotOf(host.current, shown.index);
  const open = (id: string | null) => {
    if (id !== null) go(pageOf(address, 'master', id));
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== host.current) return;
    const next = rowAfter(event.key, shown?.index ?? null, rows.length);
    if (event.key === 'Escape' && shown !== null) setShown(null);
    else if (event.key === 'Enter' && row !== undefined) open(row.id);
    else if (next === null) return;
    else setShown({ index: next, byKey: true });
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={host}
      className="heat masters-heat"
      style={{ '--rows': String(Math.max(1, rows.length)) } as CSSProperties}
      role="group"
      aria-label="Masters. Up and down arrow keys read the rows, Enter opens a master."
      tabIndex={0}
      data-chart-area
      onKeyDown={onKeyDown}
      onBlur={() => {
        setShown(null);
      }}
      onPointerLeave={() => {
        setShown(null);
      }}
    >
      <table className="heat-table masters-table">
        <ListHead axis={axis} states={states} />
        <tbody>
          {masters.rows === null &&
            masters.base.environment.masters.map(({ id, name }) => (
              <tr key={id}>
                <th scope="row" className="masters-name">
                  {name}
                </th>
                <td colSpan={8} />
              </tr>
            ))}
          {rows.map((each, index) => (
            <ListRow
              key={each.id ?? ''}
              row={each}
              name={nameOf(each.id)}
              axis={axis}
              isCurrent={shown?.index === index}
              onEnter={() => {
                setShown({ index, byKey: false });
              }}
              onOpen={() => {
                open(each.id);
              }}
            />
          ))}
        </tbody>
        {states !== null && (
          <tfoot>
            <AllRow total={states.total} newShare={fresh && returning && wholeShare(fresh, returning)} />
          </tfoot>
        )}
      </table>
      {content !== null && spot !== null && <Tooltip anchor={host} x={spot.x} y={spot.y} content={content} />}
      <div className="visually-hidden" aria-live="polite">
        {shown?.byKey === true && content !== null ? tooltipInWords(content) : ''}
      </div>
    </div>
  );
}

const wholeShare = (fresh: StatesGroups, returning: StatesGroups) => ({
  count: fresh.total.completed,
  n: fresh.total.completed + returning.total.completed,
});

function axisOf(rows: readonly ListedMaster[]): RateAxis {
  const judged = rows.filter(({ isSmall }) => !isSmall);
  const ends = (judged.length > 0 ? judged : rows).flatMap(({ impact: { low, high } }) => [
    low ?? 0,
    high ?? 0,
  ]);
  return differenceAxis(Math.max(0.01, ...ends.map(Math.abs)));
}

function ListHead({ axis, states }: { axis: RateAxis; states: StatesGroups | null }) {
  const sort = useAddress(({ address }) => address.sort);
  const go = useAddress((state) => state.go);
  const head = (key: string, label: string, className: string, slot?: number): ReactNode => (
    <th
      key={key}
      scope="col"
      className={className}
      data-slot={slot}
      aria-sort={sort.key === key ? (sort.descending ? 'descending' : 'ascending') : 'none'}
    >
      <button
        type="button"
        className="heat-sort"
        title={`Sort by ${label.toLowerCase()}`}
        onClick={() => {
          go({ sort: nextSort(sort, key) });
        }}
      >
        {label}
        {sort.key === key && slot === undefined && <Icon name="chevron-down" />}
      </button>
    </th>
  );
  return (
    <thead>
      <tr>
        {head('practice', 'Master', 'masters-name')}
        <th scope="col" className="masters-number">
          Practices
        </th>
        {head('n', 'Sessions', 'masters-number')}
        <th scope="col" className="masters-number">
          New
        </th>
        {head('capture', 'Capture', 'masters-number')}
        <th scope="col" className="masters-number">
          Expected
        </th>
        {head('difference', 'pp', 'masters-number')}
        <td className="masters-plot">
          <ImpactScale axis={axis} />
        </td>
        <th scope="col" className="masters-course">
          12 weeks
        </th>
        {(states?.names ?? []).map(({ id, label, slot }) => head(`state:${id}`, label, 'heat-state', slot))}
      </tr>
    </thead>
  );
}

interface ListRowProps {
  row: ListedMaster;
  name: string;
  axis: RateAxis;
  isCurrent: boolean;
  onEnter: () => void;
  onOpen: () => void;
}

function ListRow({ row, name, axis, isCurrent, onEnter, onOpen }: ListRowProps) {
  const { id, group, impact, expected, practices, newShare, course, isSmall } = row;
  const address = useAddress((state) => state.address);
  const strongest = strongestOf(group);
  const toPractices = (state: string): string =>
    formatAddress({
      ...inView(address, 'practices'),
      filters: { ...address.filters, master: id === null ? [] : [id], state: [state] },
    });
  return (
    <tr
      data-row={id ?? ''}
      data-small={isSmall}
      data-current={isCurrent}
      {...(id === null ? {} : rateMark({ kind: 'master', id }, name, impact, group.completed))}
      onPointerEnter={onEnter}
      onDoubleClick={onOpen}
    >
      <th scope="row" className="masters-name">
        {id === null ? (
          <span className="heat-none">{name}</span>
        ) : (
          <SubjectLink kind="master" id={id} name={name} />
        )}
      </th>
      <td className="masters-number">{practices === null ? '' : formatCount(practices)}</td>
      <td className="masters-number heat-n">
        {isSmall ? `n ${formatCount(group.completed)}` : formatCount(group.completed)}
      </td>
      <td className="masters-number">{shareText(newShare)}</td>
      <td className="masters-number masters-strong">{formatRate(group.rate.value)}</td>
      <td className="masters-number">{formatRate(expected)}</td>
      <td className="masters-number masters-strong">
        {impact.value === null ? '–' : formatSignedPercentNumber(impact.value, 1)}
      </td>
      <td className="masters-plot">
        <ImpactMark impact={impact} axis={axis} isSmall={isSmall} isClear={isClear(row)} />
      </td>
      <td className="masters-course">
        <Sparkline values={course.slice(course.findIndex((value) => value !== null))} />
      </td>
      {group.states.map((state) => (
        <td
          key={state.name.id}
          className="heat-cell"
          data-slot={state.name.slot}
          data-strongest={state === strongest}
          data-none={group.n === 0}
          style={
            {
              '--tint': `${Math.min(100, (state.share.value ?? 0) * TINT_PER_SHARE).toFixed(1)}%`,
            } as CSSProperties
          }
        >
          {id === null ? (
            cellText(state.share.value)
          ) : (
            <a
              className="masters-cell"
              href={toPractices(state.name.id)}
              title={`Practices with ${name} and ${state.name.label}`}
            >
              {cellText(state.share.value)}
            </a>
          )}
          {isSmall && state.share.low !== null && state.share.high !== null && (
            <span className="heat-interval"> ±{Math.round((state.share.high - state.share.low) * 50)}</span>
          )}
        </td>
      ))}
    </tr>
  );
}

const cellText = (share: number | null): string => formatPercentNumber(share);

const shareText = (share: { count: number; n: number } | null): string =>
  share === null ? '' : formatRate(share.n === 0 ? null : share.count / share.n, 0);

interface AllRowProps {
  total: StatesGroup;
  newShare: ListedMaster['newShare'];
}

function AllRow({ total, newShare }: AllRowProps) {
  return (
    <tr className="heat-total">
      <th scope="row" className="masters-name">
        All sessions
      </th>
      <td />
      <td className="masters-number">{formatCount(total.completed)}</td>
      <td className="masters-number">{shareText(newShare)}</td>
      <td className="masters-number">{formatRate(total.rate.value)}</td>
      <td className="masters-number">{formatRate(total.rate.value)}</td>
      <td className="masters-number" />
      <td className="masters-plot" />
      <td className="masters-course" />
      {total.states.map(({ name, share }) => (
        <td key={name.id} className="heat-total-cell">
          {formatPercentNumber(share.value)}
        </td>
      ))}
    </tr>
  );
}

const impactInterval = ({ low, high }: { low: number | null; high: number | null }): string =>
  low === null || high === null ? '–' : `${formatPoints(low).replace(' pp', '')} to ${formatPoints(high)}`;

function describeRow(row: ListedMaster, name: string): TooltipContent {
  const { group, impact, expected, comparable, isSmall } = row;
  const notes = [
    ...(isSmall ? [`Small sample, n ${formatCount(group.completed)}`] : []),
    ...(comparable === null || comparable > 0.9995
      ? []
      : [`${formatRate(comparable, 0)} of n in practices that others teach as well`]),
  ];
  return {
    title: name,
    rows: [
      {
        label: 'Difference',
        value: formatPoints(impact.value),
        detail: impactInterval(impact),
        isStrong: true,
      },
      { label: 'Capture rate', value: formatRate(group.rate.value), detail: intervalText(group.rate) },
      { label: 'Captured', value: `${formatCount(group.captured)} of ${formatCount(group.completed)}` },
      { label: 'Expected', value: formatRate(expected) },
    ],
    ...(notes.length === 0 ? {} : { note: notes.join('. ') }),
  };
}

function spotOf(host: HTMLElement | null, index: number): { x: number; y: number } | null {
  const found = host?.querySelectorAll('tbody tr')[index]?.getBoundingClientRect();
  const box = host?.getBoundingClientRect();
  if (found === undefined || box === undefined) return null;
  return { x: box.width / 2, y: found.bottom + 4 - box.top };
}

function summaryOf(rows: readonly ListedMaster[] | null, nameOf: (id: string | null) => string): string {
  if (rows === null) return 'Not read yet.';
  const words = rows.map(
    (row) =>
      `${nameOf(row.id)} ${formatPoints(row.impact.value)}${isClear(row) ? '' : ', not beyond chance'}${row.isSmall ? `, small sample` : ''}`,
  );
  return `Difference from expected: ${words.join('; ')}.`;
}

function tableColumns(
  states: StatesGroups | null,
  nameOf: (id: string | null) => string,
): DataColumn<ListedMaster>[] {
  return [
    { key: 'name', label: 'Master', isHead: true, text: ({ id }) => nameOf(id) },
    {
      key: 'practices',
      label: 'Practices',
      isNumber: true,
      text: ({ practices }) => (practices === null ? '–' : formatCount(practices)),
    },
    {
      key: 'completed',
      label: 'Completed sessions',
      isNumber: true,
      text: ({ group }) => formatCount(group.completed),
    },
    {
      key: 'captured',
      label: 'Captured sessions',
      isNumber: true,
      text: ({ group }) => formatCount(group.captured),
    },
    {
      key: 'new',
      label: 'By new people',
      isNumber: true,
      text: ({ newShare }) =>
        newShare === null ? '–' : `${formatCount(newShare.count)} of ${formatCount(newShare.n)}`,
    },
    { key: 'rate', label: 'Capture rate', isNumber: true, text: ({ group }) => formatRate(group.rate.value) },
    { key: 'expected', label: 'Expected', isNumber: true, text: ({ expected }) => formatRate(expected) },
    { key: 'impact', label: 'Difference', isNumber: true, text: ({ impact }) => formatPoints(impact.value) },
    { key: 'interval', label: '95% interval', isNumber: true, text: ({ impact }) => impactInterval(impact) },
    { key: 'n', label: 'Reactions', isNumber: true, text: ({ group }) => formatCount(group.n) },
    ...(states?.names ?? []).map(({ id, label }): DataColumn<ListedMaster> => ({
      key: id,
      label,
      isNumber: true,
      text: ({ group }) => formatCount(group.states.find(({ name }) => name.id === id)?.count ?? 0),
    })),
    {
      key: 'mark',
      label: 'Mark',
      text: ({ isSmall, group }) =>
        isSmall ? `Small sample, below ${formatCount(SMALL_SAMPLE)}` : group.n === 0 ? 'No reactions' : '',
    },
  ];
}
