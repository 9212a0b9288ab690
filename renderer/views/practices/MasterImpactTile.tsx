import { type CSSProperties, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { plot } from '@observablehq/plot';
import { formatCompact, formatCount, formatPoints, formatRate } from '../../../shared/format/numbers.ts';
import { IMPACT_AXIS_PX, masterImpactChart } from '../../charts/master-impact.ts';
import { PLOT_STYLE } from '../../charts/plot-style.ts';
import { useSize } from '../../charts/use-size.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { rowAfter } from '../../parts/row-after.ts';
import { Tile } from '../../parts/Tile.tsx';
import { rateMark } from '../../notes/note-mark.ts';
import { SubjectLink } from '../../parts/SubjectLink.tsx';
import { Tooltip } from '../../parts/Tooltip.tsx';
import { type TooltipContent, tooltipInWords } from '../../parts/tooltip-content.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { peopleMark, usePeopleOffers } from '../../cohorts/people-offers.ts';
import { linkedTo } from '../../state/linked-value.ts';
import { nameOf } from '../../state/names.ts';
import { useToggleFilter } from '../../state/use-toggle-filter.ts';
import type { MasterRow } from './columns.ts';
import { EmptySessions } from './EmptySessions.tsx';
import { allMasterOffers, masterMark, practiceOffersAt } from './people-offers.ts';
import type { Practices } from './use-practices.ts';
import './master-impact.css';

export function MasterImpactTile({ practices }: { practices: Practices }) {
  const { masters, questions, environment } = practices;
  const nameOfRow = ({ id }: MasterRow) => (id === null ? 'No master' : nameOf('master', id, environment));
  usePeopleOffers('master-impact', {
    at: (key) => practiceOffersAt(practices, key),
    all: () => allMasterOffers(practices),
  });
  return (
    <Tile
      id="master-impact"
      title="Master impact"
      subtitle={`capture against expected, 95% interval${skippedInWords(practices)}${comparableInWords(masters)}`}
      summary={summaryOf(masters, nameOfRow)}
      questions={[questions.masterImpact, questions.statesByMaster]}
      lateEffect="Reactions of the last hours are missing on both sides of the difference."
      empty={masters?.length === 0 ? <EmptySessions practices={practices} what="sessions" /> : null}
      chart={
        <ImpactList
          practices={practices}
          rows={masters ?? placeholderRows(practices)}
          nameOfRow={nameOfRow}
        />
      }
      table={
        <DataTable
          caption="Master impact"
          columns={tableColumns(masters, nameOfRow)}
          rows={masters ?? []}
          rowKey={({ id }) => id ?? ''}
          anchorOf={({ id }) => (id === null ? null : { kind: 'master', id })}
        />
      }
    />
  );
}

/** Who there is to be compared is known before the numbers are. */
const placeholderRows = ({ environment }: Practices): MasterRow[] =>
  environment.masters.map(({ id }) => ({
    id,
    impact: { value: null, low: null, high: null },
    comparable: null,
    completed: 0,
    captured: 0,
    mix: null,
  }));

interface ImpactListProps {
  practices: Practices;
  rows: readonly MasterRow[];
  nameOfRow: (row: MasterRow) => string;
}

const ROW_MIN_PX = 24; // what can be pressed
const ROW_MAX_PX = 28;

function ImpactList({ practices, rows, nameOfRow }: ImpactListProps) {
  const { address } = practices;
  const toggleMaster = useToggleFilter('master');
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const [shown, setShown] = useState<{ index: number; byKey: boolean } | null>(null);
  const room = (size?.height ?? 0) - IMPACT_AXIS_PX;
  const rowHeight = Math.max(ROW_MIN_PX, Math.min(ROW_MAX_PX, Math.floor(room / Math.max(1, rows.length))));
  const row = shown === null ? undefined : rows[shown.index];
  const content = row === undefined ? null : describeRow(row, nameOfRow(row));

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target !== host.current) return;
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
      className="impact"
      style={{ '--row-height': `${rowHeight}px`, '--rows': String(rows.length) } as CSSProperties}
      role="group"
      aria-label="Master impact. Arrow keys read the masters."
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
      <ul className="impact-rows">
        {rows.map((each, index) => {
          const isChosen = each.id !== null && address.filters.master.includes(each.id);
          return (
            <li
              key={each.id ?? ''}
              className="impact-grid impact-row"
              data-row={each.id ?? ''}
              {...peopleMark(each.id === null || each.completed === 0 ? null : masterMark(each.id))}
              {...(each.id === null
                ? {}
                : rateMark({ kind: 'master', id: each.id }, nameOfRow(each), each.impact, each.completed))}
              data-chosen={isChosen}
              data-current={shown?.index === index}
              data-small={each.impact.value !== null && each.completed < SMALL_SAMPLE}
              onPointerEnter={() => {
                setShown({ index, byKey: false });
              }}
            >
              {each.id === null ? (
                <span className="impact-none">{nameOfRow(each)}</span>
              ) : (
                <span className="named-subject">
                  <button
                    type="button"
                    className="impact-name"
                    {...linkedTo(['master', each.id])}
                    aria-pressed={isChosen}
                    onClick={() => {
                      toggleMaster(each.id ?? '');
                    }}
                  >
                    {nameOfRow(each)}
                  </button>
                  <SubjectLink kind="master" id={each.id} name={nameOfRow(each)} isArrow />
                </span>
              )}
              <span className="visually-hidden">{`${formatPoints(each.impact.value)}, `}</span>
              <span />
              <StateMix row={each} />
              <span className="impact-n">
                {each.impact.value === null && each.completed === 0 ? '' : formatCompact(each.completed)}
              </span>
            </li>
          );
        })}
        <ImpactPlot rows={rows} rowHeight={rowHeight} />
      </ul>
      <div className="impact-grid impact-foot" aria-hidden="true">
        <span />
        <span />
        <span>State mix</span>
        <span className="impact-n">n</span>
      </div>
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

/** One plot behind the rows, in the second column of their grid. */
function ImpactPlot({ rows, rowHeight }: { rows: readonly MasterRow[]; rowHeight: number }) {
  const host = useRef<HTMLDivElement>(null);
  const width = useSize(host)?.width ?? 0;
  useEffect(() => {
    if (host.current === null || width === 0) return;
    const options = masterImpactChart(rows, { width, rowHeight, smallSample: SMALL_SAMPLE });
    host.current.replaceChildren(plot({ ...options, style: PLOT_STYLE }));
  }, [rows, rowHeight, width]);
  return (
    <li className="impact-grid impact-plot" aria-hidden="true">
      <span />
      <div ref={host} className="chart-surface impact-surface" />
    </li>
  );
}

function StateMix({ row }: { row: MasterRow }) {
  if (row.mix === null) return <span />;
  const states = row.mix.states.filter(({ count }) => count > 0);
  if (states.length === 0) return <span className="impact-no-mix">no reactions</span>;
  return (
    <span className="impact-mix">
      {states.map(({ name, count }) => (
        <span
          key={name.id}
          data-slot={name.slot}
          {...linkedTo(['state', name.id])}
          style={{ flexGrow: count }}
        />
      ))}
    </span>
  );
}

function describeRow(
  { impact, completed, captured, comparable, mix }: MasterRow,
  name: string,
): TooltipContent {
  const rate = mix?.rate.value ?? null;
  const expected = rate === null || impact.value === null ? null : rate - impact.value;
  const notes = [
    ...(completed < SMALL_SAMPLE ? [`Small sample, n ${formatCount(completed)}`] : []),
    ...(comparable === null || comparable > 0.9995
      ? []
      : [`${formatRate(comparable, 0)} of n in practices that others teach as well`]),
  ];
  return {
    title: name,
    rows: [
      { label: 'Impact', value: formatPoints(impact.value), isStrong: true, detail: impactInterval(impact) },
      { label: 'Captured', value: `${formatCount(captured)} of ${formatCount(completed)}` },
      { label: 'Capture rate', value: formatRate(rate) },
      { label: 'Expected', value: formatRate(expected) },
      ...(mix?.states ?? []).map(({ name: state, share, count }) => ({
        label: state.label,
        slot: state.slot,
        value: formatRate(share.value),
        detail: formatCount(count),
      })),
    ],
    ...(notes.length === 0 ? {} : { note: notes.join('. ') }),
  };
}

const impactInterval = ({ low, high }: { low: number | null; high: number | null }): string =>
  low === null || high === null ? '' : `${formatPoints(low).replace(' pp', '')} to ${formatPoints(high)}`;

function tableColumns(
  masters: readonly MasterRow[] | null,
  nameOfRow: (row: MasterRow) => string,
): DataColumn<MasterRow>[] {
  const names = masters?.find(({ mix }) => mix !== null)?.mix?.states.map(({ name }) => name) ?? [];
  return [
    { key: 'name', label: 'Master', isHead: true, text: nameOfRow },
    { key: 'impact', label: 'Impact', isNumber: true, text: ({ impact }) => formatPoints(impact.value) },
    { key: 'interval', label: '95% interval', isNumber: true, text: ({ impact }) => impactInterval(impact) },
    {
      key: 'completed',
      label: 'Completed sessions',
      isNumber: true,
      text: ({ completed }) => formatCount(completed),
    },
    {
      key: 'captured',
      label: 'Captured sessions',
      isNumber: true,
      text: ({ captured }) => formatCount(captured),
    },
    {
      key: 'rate',
      label: 'Capture rate',
      isNumber: true,
      text: ({ mix }) => formatRate(mix?.rate.value ?? null),
    },
    {
      key: 'comparable',
      label: 'Comparable',
      isNumber: true,
      text: ({ comparable }) => formatRate(comparable, 0),
    },
    { key: 'n', label: 'Reactions', isNumber: true, text: ({ mix }) => formatCount(mix?.n ?? 0) },
    ...names.map(({ id, label }): DataColumn<MasterRow> => ({
      key: id,
      label,
      isNumber: true,
      text: ({ mix }) => formatCount(mix?.states.find(({ name }) => name.id === id)?.count ?? 0),
    })),
  ];
}

/** Filters that this tile sets itself, or that would leave no capture to compare. */
function skippedInWords({ address: { filters } }: Practices): string {
  const skipped = [
    ...(filters.master.length > 0 ? ['masters'] : []),
    ...(filters.state.length > 0 ? ['states'] : []),
  ];
  return skipped.length === 0 ? '' : `; all ${skipped.join(' and ')}`;
}

/** A practice that one master alone teaches says nothing about that master. */
function comparableInWords(masters: readonly MasterRow[] | null): string {
  const known = masters?.filter(({ comparable }) => comparable !== null) ?? [];
  const n = known.reduce((sum, { completed }) => sum + completed, 0);
  if (n === 0) return '';
  const share = known.reduce((sum, { comparable, completed }) => sum + (comparable ?? 0) * completed, 0) / n;
  return share > 0.9995 ? '' : `; ${formatRate(share, 0)} of n comparable`;
}

function summaryOf(masters: readonly MasterRow[] | null, nameOfRow: (row: MasterRow) => string): string {
  if (masters === null) return 'Not read yet.';
  const named = masters.filter(({ id, impact }) => id !== null && impact.value !== null);
  const [highest] = named;
  const lowest = named.at(-1);
  if (highest === undefined || lowest === undefined) return 'No master.';
  const inWords = (row: MasterRow) => `${nameOfRow(row)} ${formatPoints(row.impact.value)}`;
  return `${formatCount(named.length)} masters. Highest ${inWords(highest)}, lowest ${inWords(lowest)}.`;
}
