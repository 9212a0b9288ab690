import { type ReactNode, useCallback, useMemo } from 'react';
import { formatCount, formatPoints, formatRate } from '../../shared/format/numbers.ts';
import { Chart, type ChartSize } from '../charts/Chart.tsx';
import { type RateBucket, rateByDateChart } from '../charts/rate-by-date.ts';
import type { Question } from '../link/use-question.ts';
import type { TileId } from '../state/address.ts';
import { SMALL_SAMPLE } from '../state/display-settings.ts';
import type { ComparedColumn, TrendColumns } from '../state/trend-columns.ts';
import { bucketTitle } from './date-words.ts';
import { DataTable, type DataColumn } from './DataTable.tsx';
import { intervalText } from './interval-text.ts';
import { Tile } from './Tile.tsx';
import type { TooltipContent } from './tooltip-content.ts';

interface RateByDateTileProps {
  id: TileId;
  title: string;
  subtitle: string;
  questions: readonly Question[];
  lateEffect: string;
  empty: ReactNode | null;
  columns: TrendColumns | null;
  column: ComparedColumn | null;
  /** "Follow-ups", "Prompts": the two sides of the rate. */
  numeratorName: string;
  denominatorName: string;
  bucket: 'day' | 'week';
  today: string;
  /** Name of the dotted line; empty without a comparison. */
  compared: string;
}

interface DatedRate extends RateBucket {
  numerator: number;
  then: string | null;
  previous: { value: number | null } | null;
}

/** A rate over time with its sides, its interval and what it is compared with. */
export function RateByDateTile(props: RateByDateTileProps) {
  const { id, title, columns, column, bucket, today, compared } = props;
  const rates = useMemo(() => ratesOf(columns, column), [columns, column]);
  const dates = useMemo(() => rates.map(({ date }) => date), [rates]);
  const draw = useCallback(
    (size: ChartSize, chartId: string) =>
      rateByDateChart(rates, {
        ...size,
        id: chartId,
        today,
        bucket,
        thresholdRatio: null,
        smallSample: SMALL_SAMPLE,
        releases: [],
        previousLabel: null,
        watermarkIndex: columns?.watermarkIndex ?? null,
        endPx: 84,
      }),
    [rates, today, bucket, columns],
  );
  const describe = useCallback((index: number) => describeRate(rates[index], props), [rates, props]);
  const valueAt = useCallback((index: number) => rates[index]?.value ?? null, [rates]);
  const last = rates.findLast(({ isPartial, value }) => !isPartial && value !== null);
  return (
    <Tile
      id={id}
      title={title}
      subtitle={`${props.subtitle}${column?.previous == null ? '' : `; dotted: ${compared}`}`}
      summary={`${formatRate(column?.total ?? null)} over all.${last === undefined ? '' : ` Latest complete ${bucket} ${last.date}: ${formatRate(last.value)}.`}`}
      questions={props.questions}
      lateEffect={props.lateEffect}
      empty={props.empty}
      chart={<Chart label={title} draw={draw} dates={dates} valueAt={valueAt} describe={describe} />}
      table={
        <DataTable
          caption={`${title} by ${bucket}`}
          columns={tableColumns(props)}
          rows={rates}
          rowKey={({ date }) => date}
        />
      }
    />
  );
}

function ratesOf(columns: TrendColumns | null, column: ComparedColumn | null): DatedRate[] {
  return (columns?.dates ?? []).map((date, index) => ({
    date,
    isPartial: columns?.isPartial[index] ?? false,
    value: column?.values[index] ?? null,
    low: column?.low[index] ?? null,
    high: column?.high[index] ?? null,
    n: column?.denominator[index] ?? 0,
    numerator: column?.numerator[index] ?? 0,
    then: columns?.previousDates[index] ?? null,
    previous: column?.previous == null ? null : { value: column.previous.values[index] ?? null },
  }));
}

function describeRate(rate: DatedRate | undefined, props: RateByDateTileProps): TooltipContent {
  if (rate === undefined) return { title: '', rows: [] };
  const { bucket, today, title, numeratorName, denominatorName } = props;
  const { value, previous, then, isPartial, n } = rate;
  const notes = [
    ...(isPartial ? ['Still filling'] : []),
    ...(n > 0 && n < SMALL_SAMPLE ? [`Small sample, n ${formatCount(n)}`] : []),
  ];
  return {
    title: bucketTitle(rate.date, bucket, today),
    rows: [
      { label: title, value: formatRate(value), isStrong: true },
      { label: '95% interval', value: intervalText(rate) },
      {
        label: numeratorName,
        value: `${formatCount(rate.numerator)} of ${formatCount(n)} ${denominatorName}`,
      },
      ...(previous === null || then === null
        ? []
        : [
            {
              label: bucketTitle(then, bucket, today),
              value: formatRate(previous.value),
              ...(value === null || previous.value === null || isPartial
                ? {}
                : { detail: formatPoints(value - previous.value) }),
            },
          ]),
    ],
    ...(notes.length === 0 ? {} : { note: notes.join('. ') }),
  };
}

const tableColumns = ({
  bucket,
  title,
  column,
  numeratorName,
  denominatorName,
}: RateByDateTileProps): DataColumn<DatedRate>[] => [
  { key: 'date', label: bucket === 'day' ? 'Day' : 'Week of', isHead: true, text: ({ date }) => date },
  { key: 'rate', label: title, isNumber: true, text: ({ value }) => formatRate(value) },
  { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
  { key: 'numerator', label: numeratorName, isNumber: true, text: ({ numerator }) => formatCount(numerator) },
  { key: 'n', label: denominatorName, isNumber: true, text: ({ n }) => formatCount(n) },
  ...(column?.previous == null
    ? []
    : [
        {
          key: 'previous',
          label: 'Then',
          isNumber: true,
          text: ({ previous }: DatedRate) => formatRate(previous?.value ?? null),
        },
      ]),
  {
    key: 'mark',
    label: 'Mark',
    text: ({ isPartial, n }) => (isPartial ? 'Still filling' : n < SMALL_SAMPLE ? 'Small sample' : ''),
  },
];
