import { useCallback, useMemo } from 'react';
import { formatCount, formatPoints, formatRate } from '../../../shared/format/numbers.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { retentionCurvesChart, type RetentionLine } from '../../charts/retention-curves.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { formatPValue } from '../../parts/p-value.ts';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent, TooltipRow } from '../../parts/tooltip-content.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { type Difference, differenceOf } from '../../state/difference.ts';
import { capitalise } from '../../state/event-names.ts';
import { cohortLabel } from '../../state/saved-cohorts-store.ts';
import type { CohortsFinding } from './finding.ts';
import type { ColumnTotal } from './columns.ts';
import type { Against, Cohorts } from './use-cohorts.ts';
import { columnName, columnSpan, inColumn } from './words.ts';

interface ComparedTileProps {
  cohorts: Cohorts;
  against: Against;
}

/** All cohorts of a column together, of two sets of people. */
export function ComparedTile({ cohorts, against }: ComparedTileProps) {
  const { state, totals, questions, address } = cohorts;
  const [own, other] = [cohortLabel(address.cohort), cohortLabel(against.choice)];
  const sides = useMemo(
    () => ({ own: totals ?? NOTHING, other: against.totals ?? NOTHING }),
    [totals, against.totals],
  );
  const lines = useMemo((): RetentionLine[] => {
    return [
      { name: own, series: 1, points: sides.own, previous: null },
      { name: other, series: 2, points: sides.other, previous: null },
    ];
  }, [sides, own, other]);
  const columns = Math.max(sides.own.length, sides.other.length);
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
      retentionCurvesChart(lines.map(shortened), {
        ...size,
        columns: names,
        marked: state.column,
        smallSample: SMALL_SAMPLE,
      }),
    [lines, names, state.column],
  );
  const describe = useCallback(
    (column: number) => describeColumn(lines, column, keys[column] ?? ''),
    [lines, keys],
  );
  return (
    <Tile
      id="retention-compared"
      title={`${capitalise(columnName(state, state.column))}: ${summaryAt(lines, state.column)}`}
      subtitle="% back, 95% interval; all cohorts of these dates"
      summary={`${capitalise(inColumn(state, state.column))}: ${own} ${rateWithN(sides.own[state.column])}, ${other} ${rateWithN(sides.other[state.column])}, ${differenceInWords(differenceAt(lines, state.column))}.`}
      questions={[questions.main, against.question]}
      lateEffect="Returns of the last hours are missing from both."
      empty={null}
      chart={<Chart label={`${own} and ${other}`} draw={draw} dates={keys} describe={describe} />}
      table={
        <DataTable
          caption={`Retention of ${own} and ${other}`}
          columns={comparedColumns(lines, keys)}
          rows={keys.map((_, column) => column)}
          rowKey={String}
        />
      }
    />
  );
}

/** Room beside the ends of the curves; the whole name stands above the cells. */
const shortened = (line: RetentionLine): RetentionLine =>
  line.name.length > LONGEST_NAME ? { ...line, name: `${line.name.slice(0, LONGEST_NAME - 1)}…` } : line;
const LONGEST_NAME = 11;

/** What the two are in the chosen column. */
export function comparedFinding(
  { totals, state, address }: Cohorts,
  against: Against,
): CohortsFinding | null {
  const [own, other] = [totals?.[state.column], against.totals?.[state.column]];
  const names = [cohortLabel(address.cohort), cohortLabel(against.choice)];
  if (totals === null || against.totals === null) return null;
  const difference = differenceBetween(own, other);
  return {
    lead: `${capitalise(inColumn(state, state.column))} ${formatRate(own?.value ?? null)} of ${names[0] ?? ''} come back, ${formatRate(other?.value ?? null)} of ${names[1] ?? ''}.`,
    rest: ` ${capitalise(differenceInWords(difference))}.`,
    change: null,
  };
}

const NOTHING: readonly ColumnTotal[] = [];

const rateWithN = (point: { value: number | null; n: number } | undefined): string =>
  point === undefined ? 'not known' : `${formatRate(point.value)} of ${formatCount(point.n)}`;

interface Counted {
  value: number | null;
  n: number;
}

/** Of the first against the second; people who are in both are taken as apart. */
function differenceAt([own, other]: readonly RetentionLine[], column: number): Difference | null {
  return differenceBetween(own?.points[column], other?.points[column]);
}

function differenceBetween(a: Counted | undefined, b: Counted | undefined): Difference | null {
  if (a?.value == null || b?.value == null) return null;
  return differenceOf(
    { count: Math.round(a.value * a.n), n: a.n },
    { count: Math.round(b.value * b.n), n: b.n },
  );
}

function summaryAt(lines: readonly RetentionLine[], column: number): string {
  const [a, b] = lines.map(({ points }) => formatRate(points[column]?.value ?? null));
  return `${a ?? ''} and ${b ?? ''}`;
}

const differenceInWords = (difference: Difference | null): string =>
  difference === null
    ? 'no difference can be told'
    : `${formatPoints(difference.points)}, p ${formatPValue(difference.pValue)}`;

function describeColumn(lines: readonly RetentionLine[], column: number, name: string): TooltipContent {
  const difference = differenceAt(lines, column);
  return {
    title: capitalise(name),
    rows: [
      ...lines.flatMap(({ name: who, points }): TooltipRow[] => {
        const point = points[column];
        if (point === undefined) return [];
        return [
          { label: who, value: formatRate(point.value), isStrong: true, detail: `n ${formatCount(point.n)}` },
          { label: `${who}, interval`, value: intervalText(point) },
        ];
      }),
      ...(difference === null || column === 0
        ? []
        : [
            {
              label: 'Difference',
              value: formatPoints(difference.points),
              detail: `p ${formatPValue(difference.pValue)}`,
            },
          ]),
    ],
    note: 'p takes the two as apart; people who are in both make it too cautious',
  };
}

function comparedColumns(lines: readonly RetentionLine[], keys: readonly string[]): DataColumn<number>[] {
  return [
    { key: 'column', label: 'Period', isHead: true, text: (column) => capitalise(keys[column] ?? '') },
    ...lines.flatMap(({ name, points }, index): DataColumn<number>[] => {
      const side = index === 0 ? 'own' : 'other';
      return [
        {
          key: `${side}-rate`,
          label: name,
          isNumber: true,
          text: (column) =>
            `${formatRate(points[column]?.value ?? null)}${points[column]?.isPartial === true ? ' so far' : ''}`,
        },
        {
          key: `${side}-interval`,
          label: '95% interval',
          isNumber: true,
          text: (column) => intervalText(points[column] ?? { low: null, high: null }),
        },
        {
          key: `${side}-n`,
          label: 'n',
          isNumber: true,
          text: (column) => formatCount(points[column]?.n ?? 0),
        },
      ];
    }),
    {
      key: 'difference',
      label: 'Difference',
      isNumber: true,
      text: (column) => formatPoints(differenceAt(lines, column)?.points ?? null),
    },
    {
      key: 'p',
      label: 'p',
      isNumber: true,
      text: (column) => formatPValue(differenceAt(lines, column)?.pValue ?? null),
    },
  ];
}
