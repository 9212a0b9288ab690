import { useCallback, useMemo } from 'react';
import { formatDate, formatWeekdayDate } from '../../../../shared/format/calendar.ts';
import { formatCount, formatPoints, formatRate } from '../../../../shared/format/numbers.ts';
import { Chart, type ChartSize } from '../../../charts/Chart.tsx';
import { rateByDateChart } from '../../../charts/rate-by-date.ts';
import { DataTable, type DataColumn } from '../../../parts/DataTable.tsx';
import { intervalText } from '../../../parts/interval-text.ts';
import { Tile } from '../../../parts/Tile.tsx';
import type { TooltipContent } from '../../../parts/tooltip-content.ts';
import { SMALL_SAMPLE } from '../../../state/display-settings.ts';
import { capitalise } from '../../../state/event-names.ts';
import { isSameDefinition } from '../../../state/funnel-definition.ts';
import type { FunnelBucket } from '../columns.ts';
import { bucketsOf, releasesWithin } from '../use-funnel.ts';
import type { Builder } from './use-builder.ts';

interface ComparedBucket extends Omit<FunnelBucket, 'previous'> {
  /** The base on the same day. */
  previous: { value: number | null; entered: number; converted: number } | null;
}

/** The whole way by day: the draft as a line, the base dotted. */
export function ConversionTile({ builder }: { builder: Builder }) {
  const { questions, workspace, bucket, calendar, environment, units, draft, span } = builder;
  const { now, zone } = workspace;
  const isChanged = !isSameDefinition(builder.base, draft);
  const [draftGood, baseGood] = [questions.draftTrend.state.good, questions.baseTrend.state.good];
  const buckets = useMemo(
    () => joined(bucketsOf(questions.draftTrend, now), bucketsOf(questions.baseTrend, now)),
    [draftGood, baseGood, now],
  );
  const dates = useMemo(() => buckets.map(({ date }) => date), [buckets]);
  const { today } = calendar;
  const releases = useMemo(() => releasesWithin(environment, span, zone), [environment, span, zone]);
  const draw = useCallback(
    (size: ChartSize, id: string) =>
      rateByDateChart(buckets, {
        ...size,
        id,
        today,
        bucket,
        thresholdRatio: null,
        smallSample: SMALL_SAMPLE,
        releases,
        previousLabel: isChanged ? 'Before the edit' : null,
        watermarkIndex: null,
      }),
    [buckets, today, bucket, releases, isChanged],
  );
  const valueAt = useCallback((index: number) => buckets[index]?.value ?? null, [buckets]);
  const describe = useCallback(
    (index: number) => describeBucket(buckets[index], builder),
    [buckets, builder],
  );
  return (
    <Tile
      id="funnel-conversion"
      title={`Conversion by ${bucket}`}
      subtitle={`%, by ${bucket} of step 1`}
      summary={summaryOf(buckets)}
      questions={[questions.draftTrend, questions.baseTrend]}
      lateEffect="Events still to come would raise the conversion of the last days."
      empty={
        draft.steps.length < 2 ? (
          <div className="tile-block">
            <h3>One step has no conversion</h3>
            <p>Add a second step to see how many get there.</p>
          </div>
        ) : null
      }
      chart={<Chart label="Conversion" draw={draw} dates={dates} valueAt={valueAt} describe={describe} />}
      table={
        <DataTable
          caption={`Conversion by ${bucket}`}
          columns={conversionColumns(units.many)}
          rows={buckets}
          rowKey={({ date }) => date}
        />
      }
    />
  );
}

function joined(draft: FunnelBucket[] | null, base: FunnelBucket[] | null): ComparedBucket[] {
  return (draft ?? []).map((bucket) => {
    const before = base?.find(({ date }) => date === bucket.date);
    return {
      ...bucket,
      previous:
        before === undefined
          ? null
          : { value: before.value, entered: before.entered, converted: before.converted },
    };
  });
}

function describeBucket(
  bucket: ComparedBucket | undefined,
  { bucket: unit, calendar }: Builder,
): TooltipContent {
  if (bucket === undefined) return { title: '', rows: [] };
  const { date, value, entered, converted, previous, isPartial } = bucket;
  return {
    title: unit === 'day' ? formatWeekdayDate(date) : `Week of ${formatDate(date, calendar.today)}`,
    rows: [
      { label: 'This version', value: formatRate(value), isStrong: true },
      { label: '95% interval', value: intervalText(bucket) },
      { label: 'Converted', value: `${formatCount(converted)} of ${formatCount(entered)}` },
      ...(previous === null
        ? []
        : [
            {
              label: 'Before the edit',
              value: formatRate(previous.value),
              ...(value === null || previous.value === null
                ? {}
                : { detail: formatPoints(value - previous.value) }),
            },
          ]),
    ],
    ...(isPartial ? { note: 'Still open' } : {}),
  };
}

const conversionColumns = (units: string): DataColumn<ComparedBucket>[] => [
  { key: 'date', label: 'Day', isHead: true, text: ({ date }) => date },
  { key: 'rate', label: 'Conversion', isNumber: true, text: ({ value }) => formatRate(value) },
  { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
  { key: 'entered', label: capitalise(units), isNumber: true, text: ({ entered }) => formatCount(entered) },
  { key: 'converted', label: 'Converted', isNumber: true, text: ({ converted }) => formatCount(converted) },
  {
    key: 'before',
    label: 'Before the edit',
    isNumber: true,
    text: ({ previous }) => formatRate(previous?.value ?? null),
  },
  { key: 'mark', label: 'Mark', text: ({ isPartial }) => (isPartial ? 'Still open' : '') },
];

function summaryOf(buckets: readonly ComparedBucket[]): string {
  const latest = buckets.findLast(({ isPartial, value }) => !isPartial && value !== null);
  if (latest === undefined) return 'No complete day.';
  return `Latest complete ${latest.date}: ${formatRate(latest.value)}, before the edit ${formatRate(latest.previous?.value ?? null)}.`;
}
