import { useCallback, useMemo } from 'react';
import { formatDate } from '../../../shared/format/calendar.ts';
import { formatCount } from '../../../shared/format/numbers.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { activeIn, DORMANT_LABEL, LIFECYCLE_PARTS, lifecycleChart } from '../../charts/lifecycle.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { capitalise } from '../../state/event-names.ts';
import { usePeopleOffers } from '../../cohorts/people-offers.ts';
import type { LifecycleBucket } from './columns.ts';
import { EmptyCohorts } from './EmptyCohorts.tsx';
import { allLifecycleOffers, bucketMark, lifecycleOffersAt } from './people-offers.ts';
import type { Cohorts } from './use-cohorts.ts';
import { cohortName, lowerEvent } from './words.ts';

/** Who is new, still there, back again, and who stopped. */
export function LifecycleTile({ cohorts }: { cohorts: Cohorts }) {
  const { questions, state, calendar } = cohorts;
  const buckets = cohorts.buckets ?? NOTHING;
  const labelled = Math.max(
    0,
    buckets.findLastIndex(({ isPartial }) => !isPartial),
  );
  const { interval } = state;
  const { today } = calendar;
  const draw = useCallback(
    (size: ChartSize, id: string) => lifecycleChart(buckets, { ...size, id, today, interval, labelled }),
    [buckets, today, interval, labelled],
  );
  const dates = useMemo(() => buckets.map(({ date }) => date), [buckets]);
  const describe = useCallback(
    (index: number) => describeBucket(buckets[index], cohorts),
    [buckets, cohorts],
  );
  const peopleAt = useCallback(
    (index: number) => (buckets[index] === undefined ? null : bucketMark(buckets[index].date)),
    [buckets],
  );
  usePeopleOffers('lifecycle', {
    at: (key) => lifecycleOffersAt(cohorts, key),
    all: () => allLifecycleOffers(cohorts),
  });
  const at = buckets[labelled];
  return (
    <Tile
      id="lifecycle"
      title="Lifecycle"
      subtitle={`people with ${lowerEvent(state.return)} by ${interval}; below zero are people who stopped${at === undefined ? '' : `; labelled at ${formatDate(at.date, today)}`}`}
      summary={summaryOf(buckets)}
      questions={[questions.lifecycle]}
      lateEffect="Who was active in the last hours may still be missing, and look as if they had stopped."
      empty={
        buckets.length > 0 && buckets.every((bucket) => activeIn(bucket) === 0) ? (
          <EmptyCohorts cohorts={cohorts} />
        ) : null
      }
      chart={
        <Chart
          label="Lifecycle"
          draw={draw}
          dates={dates}
          xAt={middleOf}
          describe={describe}
          peopleAt={peopleAt}
        />
      }
      table={
        <DataTable
          caption={`Lifecycle by ${interval}`}
          columns={lifecycleColumns(interval)}
          rows={buckets}
          rowKey={({ date }) => date}
        />
      }
    />
  );
}

const NOTHING: LifecycleBucket[] = [];

const middleOf = (index: number): number => index + 0.5;

function describeBucket(bucket: LifecycleBucket | undefined, { state, calendar }: Cohorts): TooltipContent {
  if (bucket === undefined) return { title: '', rows: [] };
  return {
    title: capitalise(cohortName(bucket.date, state.interval, calendar.today)),
    rows: [
      { label: 'Active', value: formatCount(activeIn(bucket)), isStrong: true },
      ...LIFECYCLE_PARTS.toReversed().map(({ key, label }) => ({ label, value: formatCount(bucket[key]) })),
      { label: DORMANT_LABEL, value: formatCount(bucket.dormant) },
    ],
    ...(bucket.isPartial ? { note: `The ${state.interval} is not over; not all of them have stopped` } : {}),
  };
}

const lifecycleColumns = (interval: string): DataColumn<LifecycleBucket>[] => [
  { key: 'date', label: capitalise(interval), isHead: true, text: ({ date }) => date },
  { key: 'active', label: 'Active', isNumber: true, text: (bucket) => formatCount(activeIn(bucket)) },
  ...LIFECYCLE_PARTS.map(({ key, label }): DataColumn<LifecycleBucket> => ({
    key,
    label,
    isNumber: true,
    text: (bucket) => formatCount(bucket[key]),
  })),
  { key: 'dormant', label: DORMANT_LABEL, isNumber: true, text: ({ dormant }) => formatCount(dormant) },
  { key: 'mark', label: 'Mark', text: ({ isPartial }) => (isPartial ? 'Not over' : '') },
];

function summaryOf(buckets: readonly LifecycleBucket[]): string {
  const latest = buckets.findLast(({ isPartial }) => !isPartial);
  if (latest === undefined) return 'No complete period.';
  const parts = LIFECYCLE_PARTS.map(({ key, label }) => `${label} ${formatCount(latest[key])}`);
  return `Latest complete ${latest.date}: ${parts.join(', ')}, ${DORMANT_LABEL} ${formatCount(latest.dormant)}.`;
}
