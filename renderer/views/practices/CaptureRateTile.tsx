import { useCallback, useMemo } from 'react';
import { addDays, daysBetween, formatDate, formatWeekdayDate } from '../../../shared/format/calendar.ts';
import { formatCount, formatPoints, formatRate } from '../../../shared/format/numbers.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { rateByDateChart } from '../../charts/rate-by-date.ts';
import { intervalText } from '../../parts/interval-text.ts';
import type { PointFigure } from '../../notes/point-selection.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { firstOpenBucket } from '../../state/open-bucket.ts';
import type { CaptureBucket } from './columns.ts';
import { EmptySessions } from './EmptySessions.tsx';
import { isFailing } from './finding.ts';
import type { Practices } from './use-practices.ts';

export function CaptureRateTile({ practices }: { practices: Practices }) {
  const { capture, questions, thresholdRatio, bucket, calendar, releases, address, span } = practices;
  const question = questions.captureRate;
  const answer = question.state.good?.answer ?? null;
  const buckets = useMemo(
    () => capture?.buckets ?? placeholderBuckets(span.from, span.to, bucket),
    [capture, span, bucket],
  );
  const dates = useMemo(() => buckets.map(({ date }) => date), [buckets]);
  const rates = useMemo(() => buckets.map((each) => ({ ...each, n: each.completed })), [buckets]);
  const watermark = useMemo(() => {
    if (answer === null || answer.fresh || answer.kind !== 'trend') return null;
    return firstOpenBucket(answer.result.buckets, answer.completeTo);
  }, [answer]);
  const previousLabel = capture?.hasPrevious === true ? previousInWords(practices) : null;

  const draw = useCallback(
    (size: ChartSize, id: string) =>
      rateByDateChart(rates, {
        ...size,
        id,
        today: calendar.today,
        bucket,
        thresholdRatio,
        smallSample: SMALL_SAMPLE,
        releases,
        previousLabel,
        watermarkIndex: watermark,
      }),
    [rates, calendar.today, bucket, thresholdRatio, releases, previousLabel, watermark],
  );
  const describe = useCallback(
    (index: number) => describeBucket(buckets[index], practices),
    [buckets, practices],
  );
  const valueAt = useCallback((index: number) => buckets[index]?.value ?? null, [buckets]);
  const figureAt = useCallback((index: number) => figureOf(buckets[index]), [buckets]);
  const hasFailing =
    thresholdRatio !== null && buckets.some((each) => isFailing(each, thresholdRatio, SMALL_SAMPLE));

  return (
    <Tile
      id="capture-rate"
      title="Capture rate"
      subtitle={`${address.filters.state.length > 0 ? 'sessions with these states' : 'sessions with a reaction'} ÷ completed sessions, ${bucket === 'day' ? 'daily' : 'weekly'}`}
      summary={summaryOf(practices)}
      questions={[question]}
      lateEffect="Reactions still to come would raise the capture rate of the hatched days. They are not judged and not compared."
      legend={hasFailing ? <span className="tile-legend">Below threshold</span> : undefined}
      empty={
        capture !== null && capture.total.completed === 0 ? (
          <EmptySessions practices={practices} what="sessions" />
        ) : null
      }
      chart={
        <Chart
          label="Capture rate"
          draw={draw}
          dates={dates}
          valueAt={valueAt}
          describe={describe}
          figureAt={figureAt}
        />
      }
      table={
        <DataTable
          caption="Capture rate by day"
          columns={tableColumns(practices)}
          rows={capture?.buckets ?? []}
          rowKey={({ date }) => date}
          noteOf={({ date, value, low, high, completed }) => ({
            anchor: { kind: 'range', from: date, to: date },
            label: formatDate(date, calendar.today),
            ...figureOf({ value, low, high, completed }),
          })}
        />
      }
    />
  );
}

function figureOf(
  bucket: Pick<CaptureBucket, 'value' | 'low' | 'high' | 'completed'> | undefined,
): PointFigure {
  const { value = null, low = null, high = null, completed = null } = bucket ?? {};
  return { value, interval: low === null || high === null ? null : [low, high], n: completed };
}

/** Grid and axes are known before the numbers are. */
function placeholderBuckets(from: string, to: string, bucket: 'day' | 'week'): CaptureBucket[] {
  const step = bucket === 'day' ? 1 : 7;
  const count = Math.floor(daysBetween(from, to) / step) + 1;
  return Array.from({ length: count }, (_, index) => ({
    date: addDays(from, index * step),
    isPartial: true,
    value: null,
    low: null,
    high: null,
    captured: 0,
    completed: 0,
    reactions: 0,
    previous: null,
  }));
}

function previousInWords({ address, span }: Practices): string {
  const days = daysBetween(span.from, span.to) + 1;
  if (address.compare === 'previous') return `Previous ${days} d`;
  return address.compare === 'none' ? '' : `${address.compare.shiftDays} d earlier`;
}

function describeBucket(
  bucket: CaptureBucket | undefined,
  { calendar, thresholdRatio, bucket: unit, releases }: Practices,
): TooltipContent {
  if (bucket === undefined) return { title: '', rows: [] };
  const { date, value, low, high, captured, completed, reactions, previous, isPartial } = bucket;
  const half = low === null || high === null ? undefined : `±${((high - low) * 50).toFixed(1)}`;
  const until = unit === 'day' ? date : addDays(date, 6);
  const released = releases.filter((release) => release.date >= date && release.date <= until);
  const notes = [
    ...(isPartial ? ['Still filling'] : []),
    ...(completed < SMALL_SAMPLE && completed > 0 ? [`Small sample, n ${formatCount(completed)}`] : []),
    ...(thresholdRatio !== null && isFailing(bucket, thresholdRatio, SMALL_SAMPLE)
      ? [`Below ${formatRate(thresholdRatio, 0)}*`]
      : []),
  ];
  return {
    title: unit === 'day' ? formatWeekdayDate(date) : `Week of ${formatDate(date, calendar.today)}`,
    rows: [
      {
        label: 'Capture rate',
        value: formatRate(value),
        isStrong: true,
        ...(half === undefined ? {} : { detail: half }),
      },
      { label: 'Captured', value: `${formatCount(captured)} of ${formatCount(completed)}` },
      { label: 'Reactions', value: formatCount(reactions) },
      ...(released.length === 0
        ? []
        : [{ label: 'Release', value: released.map(({ version }) => version).join(', ') }]),
      ...(previous === null
        ? []
        : [
            {
              label: formatDate(previous.date, calendar.today),
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

function tableColumns({ capture, thresholdRatio, bucket }: Practices): DataColumn<CaptureBucket>[] {
  const compared: DataColumn<CaptureBucket>[] = [
    { key: 'previous-date', label: 'Compared', text: ({ previous }) => previous?.date ?? '' },
    {
      key: 'previous-rate',
      label: 'Rate then',
      isNumber: true,
      text: ({ previous }) => formatRate(previous?.value ?? null),
    },
  ];
  return [
    { key: 'date', label: bucket === 'day' ? 'Day' : 'Week of', isHead: true, text: ({ date }) => date },
    { key: 'rate', label: 'Capture rate', isNumber: true, text: ({ value }) => formatRate(value) },
    { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
    {
      key: 'captured',
      label: 'Captured sessions',
      isNumber: true,
      text: ({ captured }) => formatCount(captured),
    },
    {
      key: 'completed',
      label: 'Completed sessions',
      isNumber: true,
      text: ({ completed }) => formatCount(completed),
    },
    { key: 'reactions', label: 'Reactions', isNumber: true, text: ({ reactions }) => formatCount(reactions) },
    ...(capture?.hasPrevious === true ? compared : []),
    {
      key: 'mark',
      label: 'Mark',
      text: (row) =>
        row.isPartial
          ? 'Still filling'
          : thresholdRatio !== null && isFailing(row, thresholdRatio, SMALL_SAMPLE)
            ? `Below ${formatRate(thresholdRatio, 0)}*`
            : row.completed < SMALL_SAMPLE
              ? 'Small sample'
              : '',
    },
  ];
}

function summaryOf({ capture, finding, questions }: Practices): string {
  if (capture === null) return 'Not read yet.';
  const lastComplete = capture.buckets.findLast(({ isPartial, value }) => !isPartial && value !== null);
  const latest =
    lastComplete === undefined
      ? ''
      : ` Latest complete bucket ${lastComplete.date}: ${formatRate(lastComplete.value)}.`;
  const fresh = questions.captureRate.state.good?.answer.fresh === false ? ' Freshness degraded.' : '';
  return `${formatRate(capture.total.value)} over all.${latest} ${finding?.lead ?? ''}${fresh}`;
}
