import { useCallback, useMemo, useState } from 'react';
import { formatDate } from '../../../shared/format/calendar.ts';
import { formatCount, formatPoints, formatRate } from '../../../shared/format/numbers.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { retentionCurvesChart, type RetentionLine } from '../../charts/retention-curves.ts';
import { useQuestion } from '../../link/use-question.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { IntervalList, type ListedRate } from '../../parts/IntervalList.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { MenuButton } from '../../parts/MenuButton.tsx';
import { Panel } from '../../parts/Panel.tsx';
import { formatPValue } from '../../parts/p-value.ts';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { useAddress } from '../../state/address-store.ts';
import { breakdownChoices, breakdownLabel, breakdownValueName } from '../../state/breakdowns.ts';
import { differenceOf } from '../../state/difference.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { capitalise, uncapitalise } from '../../state/event-names.ts';
import { type BreakdownChoice, formatBreakdown, parseBreakdown } from '../../state/funnels-address.ts';
import { SaveCohortButton } from '../../cohorts/SaveCohortButton.tsx';
import { type CohortRow, type RetentionCell, retentionGroups } from './columns.ts';
import { rowMark } from './people-offers.ts';
import { cohortGroupsQuestion } from './questions.ts';
import { type Cohorts, retentionIn } from './use-cohorts.ts';
import { cohortName, columnName, columnSpan, inColumn } from './words.ts';

/** What is known of one cohort: how it keeps its people, beside all cohorts, and who they are. */
export function CohortPanel({ cohorts, start }: { cohorts: Cohorts; start: string }) {
  const { state, table, calendar } = cohorts;
  const go = useAddress((store) => store.go);
  const open = (chosen: string | null) => {
    go({ cohorts: { ...state, chosen } });
  };
  const rows = table?.rows ?? [];
  const at = rows.findIndex((row) => row.start === start);
  const row = rows[at];
  const stepTo = (index: number) => {
    const other = rows[index];
    return other === undefined || at < 0
      ? null
      : () => {
          open(other.start);
        };
  };
  return (
    <Panel
      title={capitalise(cohortName(start, state.interval, calendar.today))}
      previousLabel="Cohort before"
      nextLabel="Next cohort"
      onPrevious={stepTo(at - 1)}
      onNext={stepTo(at + 1)}
      onClose={() => {
        open(null);
        document.querySelector<HTMLElement>(`[data-cohort="${start}"] .retention-start button`)?.focus();
      }}
    >
      {row === undefined ? (
        <div className="panel-lead">
          <p>{table === null ? 'Reading…' : 'No cohort of these dates begins on that day.'}</p>
        </div>
      ) : (
        <>
          <Lead cohorts={cohorts} row={row} />
          <CohortCurveTile cohorts={cohorts} row={row} />
          <CohortGroupsTile cohorts={cohorts} row={row} />
          <div className="panel-foot">
            <SaveCohortButton tile="retention" mark={rowMark(row.start)} />
          </div>
        </>
      )}
    </Panel>
  );
}

function Lead({ cohorts, row }: { cohorts: Cohorts; row: CohortRow }) {
  const { state, table } = cohorts;
  const name = columnName(state, state.column);
  const cell = row.cells[state.column];
  if (cell === undefined) {
    return (
      <div className="panel-lead">
        <div className="panel-figure">
          <strong>{formatCount(row.size)}</strong>
          <span>people</span>
        </div>
        <p>This cohort has not reached {name} yet.</p>
      </div>
    );
  }
  return (
    <div className="panel-lead">
      <div className="panel-figure">
        <strong>{formatRate(cell.value)}</strong>
        <span>
          {intervalText(cell)} at 95%, n {formatCount(row.size)}
        </span>
      </div>
      <p>
        {formatCount(cell.count)} of {formatCount(row.size)} people came back {inColumn(state, state.column)}
        {cell.isPartial
          ? ' so far; it is not over'
          : againstOthers(row, cell, table?.rows ?? [], state.column)}
        .
      </p>
    </div>
  );
}

/** ", 3.1 pp more than the other cohorts (p 0.012)". */
function againstOthers(
  row: CohortRow,
  cell: RetentionCell,
  rows: readonly CohortRow[],
  column: number,
): string {
  const others = rows.filter((each) => each !== row && each.cells[column]?.isPartial === false);
  const count = others.reduce((sum, { cells }) => sum + (cells[column]?.count ?? 0), 0);
  const n = others.reduce((sum, { size }) => sum + size, 0);
  const difference = differenceOf({ count: cell.count, n: row.size }, { count, n });
  if (difference === null) return '';
  return `, ${formatPoints(difference.points)} against the other cohorts (p ${formatPValue(difference.pValue)})`;
}

function CohortCurveTile({ cohorts, row }: { cohorts: Cohorts; row: CohortRow }) {
  const { state, totals, questions, calendar } = cohorts;
  const name = formatDate(row.start, calendar.today);
  const lines = useMemo(() => curveLines(row, totals ?? [], name), [row, totals, name]);
  const columns = Math.max(0, ...lines.map(({ points }) => points.length));
  const names = useMemo(
    () =>
      Array.from({ length: columns }, (_, column) =>
        column === 0 ? `${capitalise(state.interval)} 0` : columnSpan(state, column),
      ),
    [columns, state],
  );
  const keys = useMemo(() => names.map((_, column) => columnName(state, column)), [names, state]);
  const draw = useCallback(
    (size: ChartSize) =>
      retentionCurvesChart(lines, {
        ...size,
        columns: names,
        marked: state.column,
        smallSample: SMALL_SAMPLE,
      }),
    [lines, names, state.column],
  );
  const describe = useCallback(
    (column: number): TooltipContent => ({
      title: capitalise(keys[column] ?? ''),
      rows: lines.flatMap(({ name: who, points }) => {
        const point = points[column];
        return point === undefined
          ? []
          : [{ label: who, value: formatRate(point.value), detail: intervalText(point) }];
      }),
    }),
    [lines, keys],
  );
  return (
    <Tile
      id="cohort-curve"
      title="Its curve"
      subtitle="% retained, 95% interval, beside all cohorts"
      summary={`${name} has ${formatCount(row.cells.length)} periods so far.`}
      questions={[questions.main]}
      lateEffect="Returns of the last hours are missing from its last period."
      empty={null}
      chart={<Chart label="Curve of the cohort" draw={draw} dates={keys} describe={describe} />}
      table={
        <DataTable
          caption={`Retention of the cohort of ${name}`}
          columns={[
            {
              key: 'column',
              label: 'Period',
              isHead: true,
              text: (column: number) => capitalise(keys[column] ?? ''),
            },
            ...lines.flatMap(({ name: who, points }): DataColumn<number>[] => [
              {
                key: who === ALL ? 'all' : 'own',
                label: who,
                isNumber: true,
                text: (column) => formatRate(points[column]?.value ?? null),
              },
            ]),
          ]}
          rows={keys.map((_, column) => column)}
          rowKey={String}
        />
      }
    />
  );
}

const ALL = 'All';

function curveLines(
  row: CohortRow,
  totals: readonly {
    value: number | null;
    low: number | null;
    high: number | null;
    n: number;
    isPartial: boolean;
  }[],
  name: string,
): RetentionLine[] {
  return [
    { name: ALL, series: 1, points: totals, previous: null },
    {
      name,
      series: 2,
      points: row.cells.map(({ value, low, high, isPartial }) => ({
        value,
        low,
        high,
        n: row.size,
        isPartial,
      })),
      previous: null,
    },
  ];
}

const DEFAULT_BREAKDOWN: BreakdownChoice = { source: 'user', property: 'acquisition_channel' };

function CohortGroupsTile({ cohorts, row }: { cohorts: Cohorts; row: CohortRow }) {
  const { asked, state, environment } = cohorts;
  const [breakdown, setBreakdown] = useState(DEFAULT_BREAKDOWN);
  const question = useQuestion('cohorts.groups', cohortGroupsQuestion(asked, breakdown));
  const answer = retentionIn(question);
  const name = columnName(state, state.column);
  const rows = useMemo(
    () =>
      (answer === null ? [] : retentionGroups(answer)).flatMap(({ value, table }): ListedRate[] => {
        const own = table.rows.find(({ start }) => start === row.start);
        const cell = own?.cells[state.column];
        if (own === undefined || own.size === 0 || cell === undefined) return [];
        return [
          {
            id: JSON.stringify(value),
            name: breakdownValueName(value, breakdown, environment),
            value: cell.value,
            low: cell.low,
            high: cell.high,
            n: own.size,
            isSmall: own.size < SMALL_SAMPLE,
          },
        ];
      }),
    [answer, row.start, state.column, breakdown, environment],
  );
  const reference = row.cells[state.column]?.value ?? null;
  const describe = useCallback((index: number) => describeGroup(rows[index], reference), [rows, reference]);
  const label = breakdownLabel(breakdown);
  if (row.cells[state.column] === undefined) return null;
  return (
    <Tile
      id="cohort-groups"
      title="Who came back"
      subtitle={`% in ${name}, 95% interval; dotted: all of it`}
      summary={rows.map((each) => `${each.name} ${formatRate(each.value)}`).join(', ') || 'Not read yet.'}
      questions={[question]}
      lateEffect="Returns of the last hours are missing."
      legend={
        <MenuButton
          label="Breakdown"
          value={label}
          align="end"
          choices={breakdownChoices([state.anchor, state.return]).map((choice) => ({
            id: formatBreakdown(choice),
            label: breakdownLabel(choice),
          }))}
          chosen={formatBreakdown(breakdown)}
          onChoose={(id) => {
            setBreakdown(parseBreakdown(id) ?? DEFAULT_BREAKDOWN);
          }}
        />
      }
      empty={
        answer !== null && rows.length === 0 ? (
          <p className="panel-note">Nobody of this cohort has this property.</p>
        ) : null
      }
      chart={
        <IntervalList
          label={`${capitalise(name)} by ${uncapitalise(label)}`}
          rows={rows}
          reference={reference}
          hasValues={false}
          describe={describe}
        />
      }
      table={
        <DataTable
          caption={`${capitalise(name)} by ${uncapitalise(label)}`}
          columns={GROUP_COLUMNS}
          rows={rows}
          rowKey={({ id }) => id}
        />
      }
    />
  );
}

function describeGroup(row: ListedRate | undefined, reference: number | null): TooltipContent {
  if (row === undefined) return { title: '', rows: [] };
  return {
    title: row.name,
    rows: [
      { label: 'Came back', value: formatRate(row.value), isStrong: true },
      { label: '95% interval', value: intervalText(row) },
      { label: 'People', value: formatCount(row.n) },
      { label: 'All of the cohort', value: formatRate(reference) },
    ],
    ...(row.isSmall ? { note: `Small sample, n ${formatCount(row.n)}` } : {}),
  };
}

const GROUP_COLUMNS: DataColumn<ListedRate>[] = [
  { key: 'name', label: 'Value', isHead: true, text: ({ name }) => name },
  { key: 'rate', label: '% back', isNumber: true, text: ({ value }) => formatRate(value) },
  { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
  { key: 'n', label: 'People', isNumber: true, text: ({ n }) => formatCount(n) },
];
