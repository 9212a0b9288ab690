import { useCallback, useMemo } from 'react';
import { formatSpanInWords } from '../../../shared/format/calendar.ts';
import { formatCount, formatRate } from '../../../shared/format/numbers.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { cohortShiftChart, type ShiftPoint } from '../../charts/cohort-shift.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { useAddress } from '../../state/address-store.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { capitalise } from '../../state/event-names.ts';
import { MenuButton } from '../../parts/MenuButton.tsx';
import { EmptyCohorts } from './EmptyCohorts.tsx';
import type { Cohorts } from './use-cohorts.ts';
import { cohortName, columnName, columnSpan } from './words.ts';

/** One column over the cohorts: day N over time, week 4 over time. */
export function ShiftTile({ cohorts }: { cohorts: Cohorts }) {
  const { state, table, totals, questions, calendar, finding } = cohorts;
  const { column, chosen } = state;
  const points = useMemo(() => pointsOf(cohorts), [table, column, chosen]);
  const change = finding?.change ?? null;
  const mean = change === null ? (totals?.[column]?.value ?? null) : change.before;
  const changeFrom = change?.from ?? null;
  const { today } = calendar;
  const draw = useCallback(
    (size: ChartSize) =>
      cohortShiftChart(points, { ...size, today, mean, changeFrom, smallSample: SMALL_SAMPLE }),
    [points, today, mean, changeFrom],
  );
  const starts = useMemo(() => points.map(({ start }) => start), [points]);
  const describe = useCallback((index: number) => describePoint(points[index], cohorts), [points, cohorts]);
  const name = columnName(state, column);
  const reference =
    change === null ? 'all cohorts' : `mean before ${formatSpanInWords(change.from, change.from, 'short')}`;
  return (
    <Tile
      id="retention-shift"
      title={`${capitalise(name)} by cohort`}
      subtitle={`% retained, 95% interval; dotted: ${reference}`}
      summary={summaryOf(points, mean)}
      questions={[questions.main]}
      lateEffect="Returns of the last hours are missing from cohorts whose period is not over."
      legend={<ColumnMenu cohorts={cohorts} />}
      empty={table?.rows.every(({ size }) => size === 0) === true ? <EmptyCohorts cohorts={cohorts} /> : null}
      chart={<Chart label={`${capitalise(name)} by cohort`} draw={draw} dates={starts} describe={describe} />}
      table={
        <DataTable
          caption={`${capitalise(name)} by cohort`}
          columns={shiftColumns(cohorts)}
          rows={points}
          rowKey={({ start }) => start}
          anchorOf={({ start }) => ({ kind: 'retention_row', cohort: start })}
        />
      }
    />
  );
}

function ColumnMenu({ cohorts: { state, table } }: { cohorts: Cohorts }) {
  const go = useAddress((store) => store.go);
  const columns = Array.from({ length: Math.max(0, (table?.columns ?? 1) - 1) }, (_, index) => index + 1);
  return (
    <MenuButton
      label="Period"
      value={columnName(state, state.column)}
      align="end"
      choices={columns.map((column) => ({
        id: String(column),
        label: capitalise(columnName(state, column)),
      }))}
      chosen={String(state.column)}
      onChoose={(column) => {
        go({ cohorts: { ...state, column: Number(column) } });
      }}
    />
  );
}

function pointsOf({ table, state }: Cohorts): ShiftPoint[] {
  return (table?.rows ?? []).flatMap(({ start, size, cells }): ShiftPoint[] => {
    const cell = cells[state.column];
    if (cell === undefined) return [];
    const { value, low, high, isPartial } = cell;
    return [{ start, value, low, high, n: size, isPartial, isChosen: start === state.chosen }];
  });
}

function describePoint(point: ShiftPoint | undefined, { state, calendar, totals }: Cohorts): TooltipContent {
  if (point === undefined) return { title: '', rows: [] };
  const total = totals?.[state.column];
  const notes = [
    ...(point.isPartial ? [`${capitalise(columnName(state, state.column))} is not over`] : []),
    ...(point.n < SMALL_SAMPLE ? [`Small sample, n ${formatCount(point.n)}`] : []),
  ];
  return {
    title: capitalise(cohortName(point.start, state.interval, calendar.today)),
    rows: [
      { label: capitalise(columnName(state, state.column)), value: formatRate(point.value), isStrong: true },
      { label: '95% interval', value: intervalText(point) },
      { label: 'People', value: formatCount(point.n) },
      ...(total === undefined ? [] : [{ label: 'All cohorts', value: formatRate(total.value) }]),
    ],
    ...(notes.length === 0 ? {} : { note: notes.join('. ') }),
  };
}

const shiftColumns = ({ state }: Cohorts): DataColumn<ShiftPoint>[] => [
  { key: 'start', label: capitalise(state.interval), isHead: true, text: ({ start }) => start },
  {
    key: 'rate',
    label: `${capitalise(state.interval)} ${columnSpan(state, state.column)}`,
    isNumber: true,
    text: ({ value }) => formatRate(value),
  },
  { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
  { key: 'n', label: 'People', isNumber: true, text: ({ n }) => formatCount(n) },
  {
    key: 'mark',
    label: 'Mark',
    text: ({ isPartial, n }) => (isPartial ? 'Not over' : n < SMALL_SAMPLE ? 'Small sample' : ''),
  },
];

function summaryOf(points: readonly ShiftPoint[], mean: number | null): string {
  const latest = points.findLast(({ isPartial, value }) => !isPartial && value !== null);
  if (latest === undefined) return 'No cohort has it complete.';
  return `Latest complete cohort ${latest.start}: ${formatRate(latest.value)}. Dotted: ${formatRate(mean)}.`;
}
