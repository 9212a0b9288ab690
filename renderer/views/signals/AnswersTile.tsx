import { useCallback, useMemo } from 'react';
import { formatDate } from '../../../shared/format/calendar.ts';
import { formatCount, formatPercentNumber, formatRate } from '../../../shared/format/numbers.ts';
import { type AnswerKind, answerStackChart } from '../../charts/answer-stack.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { dateTicks } from '../../charts/ticks.ts';
import { bucketTitle } from '../../parts/date-words.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { goalCompletion, type SignalCounts } from './columns.ts';
import { EmptySignals } from './EmptySignals.tsx';
import type { Signals } from './use-signals.ts';

interface Kind {
  key: string;
  name: string;
  fill: string;
  isNone?: boolean;
  of: (counts: SignalCounts) => number;
}

const KINDS: readonly Kind[] = [
  { key: 'yes', name: 'Yes', fill: 'var(--data)', of: ({ answers }) => answers.yes },
  { key: 'partly', name: 'Partly', fill: 'var(--data-compare)', of: ({ answers }) => answers.partly },
  { key: 'no', name: 'No', fill: 'var(--data-muted)', of: ({ answers }) => answers.no },
  { key: 'unanswered', name: 'Not said', fill: 'var(--line-2)', of: ({ unanswered }) => unanswered },
  {
    key: 'abandoned',
    name: 'No end',
    fill: 'var(--surface)',
    isNone: true,
    of: ({ abandoned }) => abandoned,
  },
];

const shareOf = (counts: SignalCounts, { of }: Kind): number | null =>
  counts.starts === 0 ? null : of(counts) / counts.starts;

/** How starts ended, by the answer whether the goal was met. */
export function AnswersTile({ found }: { found: Signals }) {
  const { base, bucket, signals, questions } = found;
  const kinds = useMemo(
    () => KINDS.filter((kind) => kind.key !== 'unanswered' || (signals?.total.unanswered ?? 0) > 0),
    [signals],
  );
  const today = base.calendar.today;
  const draw = useCallback(
    (size: ChartSize, id: string) => {
      const dates = signals?.columns.dates ?? [];
      const named = kinds.map((kind): AnswerKind => ({
        ...kind,
        share: signals === null ? '' : `${formatPercentNumber(shareOf(signals.total, kind))}%`,
      }));
      return answerStackChart(
        (signals?.buckets ?? []).map((counts, index) => ({
          shares: kinds.map((kind) => shareOf(counts, kind) ?? 0),
          isPartial: signals?.columns.isPartial[index] ?? false,
        })),
        {
          ...size,
          id,
          kinds: named,
          ticks: dateTicks(dates, bucket, (size.width - 138) / Math.max(1, dates.length)),
          tickText: (index) => formatDate(dates[index] ?? today, today),
        },
      );
    },
    [signals, kinds, bucket, today],
  );
  const describe = useCallback((index: number) => describeBucket(found, kinds, index), [found, kinds]);
  const rows = (signals?.columns.dates ?? []).map((_, index) => index);
  return (
    <Tile
      id="signal-answers"
      title="Goal completion"
      subtitle="% of starts by answer; completion is yes + ½* partly"
      summary={`${formatRate(signals && goalCompletion(signals.total))} over all.`}
      questions={[questions.overTime]}
      lateEffect="Ends of the hatched time may still come."
      empty={signals?.total.starts === 0 ? <EmptySignals base={base} /> : null}
      chart={
        <Chart
          label="Goal completion"
          draw={draw}
          dates={signals?.columns.dates ?? NO_DATES}
          xAt={middleOf}
          describe={describe}
        />
      }
      table={
        <DataTable
          caption="How starts ended"
          columns={tableColumns(found, kinds)}
          rows={rows}
          rowKey={String}
        />
      }
    />
  );
}

const NO_DATES: readonly string[] = [];
const middleOf = (index: number): number => index + 0.5;

function describeBucket(
  { signals, bucket, base }: Signals,
  kinds: readonly Kind[],
  index: number,
): TooltipContent {
  const counts = signals?.buckets[index];
  const date = signals?.columns.dates[index];
  if (counts === undefined || date === undefined) return { title: '', rows: [] };
  return {
    title: bucketTitle(date, bucket, base.calendar.today),
    rows: [
      { label: 'Goal completion', value: formatRate(goalCompletion(counts)), isStrong: true },
      ...kinds.map((kind) => ({
        label: kind.name,
        value: formatRate(shareOf(counts, kind)),
        detail: formatCount(kind.of(counts)),
      })),
      { label: 'Starts', value: formatCount(counts.starts) },
    ],
  };
}

const tableColumns = ({ signals, bucket }: Signals, kinds: readonly Kind[]): DataColumn<number>[] => {
  const at = (index: number): SignalCounts | undefined => signals?.buckets[index];
  const numberOf = (read: (counts: SignalCounts) => string) => (index: number) => {
    const counts = at(index);
    return counts === undefined ? '' : read(counts);
  };
  return [
    {
      key: 'date',
      label: bucket === 'day' ? 'Day' : 'Week of',
      isHead: true,
      text: (index) => signals?.columns.dates[index] ?? '',
    },
    { key: 'starts', label: 'Starts', isNumber: true, text: numberOf(({ starts }) => formatCount(starts)) },
    ...kinds.map((kind) => ({
      key: kind.key,
      label: kind.name,
      isNumber: true,
      text: numberOf((counts) => formatCount(kind.of(counts))),
    })),
    {
      key: 'completion',
      label: 'Completion',
      isNumber: true,
      text: numberOf((counts) => formatRate(goalCompletion(counts))),
    },
    {
      key: 'abandonment',
      label: 'Abandonment',
      isNumber: true,
      text: numberOf(({ abandoned, starts }) => formatRate(starts === 0 ? null : abandoned / starts)),
    },
  ];
};
