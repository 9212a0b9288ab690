import { type ReactNode, useCallback, useMemo } from 'react';
import type { ExportRow } from '../../../shared/export/export-table.ts';
import { addDays, daysBetween, formatDate } from '../../../shared/format/calendar.ts';
import { formatCount, formatPoints, formatRate } from '../../../shared/format/numbers.ts';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { rateByDateChart } from '../../charts/rate-by-date.ts';
import { BUCKET_HEADS, BUCKET_WORDS, type Bucket, bucketTitle } from '../../parts/date-words.ts';
import { intervalText } from '../../parts/interval-text.ts';
import type { Question } from '../../link/use-question.ts';
import type { PointFigure } from '../../notes/point-selection.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import type { TileId } from '../../state/address.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { firstOpenBucket } from '../../state/open-bucket.ts';
import type { CaptureBucket } from './columns.ts';
import { BucketControl } from './BucketControl.tsx';
import { isFailing } from './finding.ts';
import { HISTORY } from './questions.ts';
import type { Practices } from './use-practices.ts';

/** What the tile draws; a page of one practice or master has the same. */
export type CaptureTileData = Pick<
  Practices,
  | 'drawnCapture'
  | 'drawnBucket'
  | 'expected'
  | 'thresholdRatio'
  | 'calendar'
  | 'releases'
  | 'address'
  | 'span'
> & {
  finding: { lead: string } | null;
  questions: Record<'captureDrawn' | 'captureHistory', Question>;
};

interface CaptureRateTileProps {
  id?: TileId;
  practices: CaptureTileData;
  /** Where nothing was completed. */
  empty: ReactNode;
  /** Every bucket carries its interval. */
  hasIntervals?: boolean;
}

export function CaptureRateTile(props: CaptureRateTileProps) {
  const { id = 'capture-rate', practices, empty, hasIntervals = false } = props;
  const { drawnCapture: capture, questions, thresholdRatio, calendar, address, span } = practices;
  const { drawnBucket: bucket, expected, releases } = practices;
  const question = questions.captureDrawn;
  const answer = question.state.good?.answer ?? null;
  const buckets = useMemo(
    () => capture?.buckets ?? placeholderBuckets(span.from, span.to, bucket),
    [capture, span, bucket],
  );
  const dates = useMemo(() => buckets.map(({ date }) => date), [buckets]);
  const rates = useMemo(
    () => buckets.map((each) => ({ ...each, n: each.completed, expected: expected.get(each.date) })),
    [buckets, expected],
  );
  const watermark = useMemo(() => {
    if (answer === null || answer.fresh || answer.kind !== 'trend') return null;
    return firstOpenBucket(answer.result.buckets, answer.completeTo);
  }, [answer]);
  const previousLabel = capture?.hasPrevious === true ? previousInWords(practices) : null;

  const draw = useCallback(
    (size: ChartSize, chartId: string) =>
      rateByDateChart(rates, {
        ...size,
        id: chartId,
        hasIntervals,
        today: calendar.today,
        bucket,
        thresholdRatio,
        smallSample: SMALL_SAMPLE,
        releases,
        previousLabel,
        watermarkIndex: watermark,
      }),
    [rates, calendar.today, bucket, thresholdRatio, releases, previousLabel, watermark, hasIntervals],
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
      id={id}
      title="Capture rate"
      subtitle={`${address.filters.state.length > 0 ? 'sessions with these states' : 'sessions with a reaction'} ÷ completed sessions, ${BUCKET_WORDS[bucket]}${expected.size === 0 ? '' : '; grey: expected'}`}
      summary={summaryOf(practices)}
      questions={expected.size === 0 ? [question] : [question, questions.captureHistory]}
      draws={isDrawn}
      lateEffect="Reactions still to come would raise the capture rate of the hatched days. They are not judged and not compared."
      legend={
        <>
          {hasFailing && <span className="tile-legend">Below threshold</span>}
          <BucketControl span={span} />
        </>
      }
      empty={capture !== null && capture.total.completed === 0 ? empty : null}
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
          caption={`Capture rate by ${bucket}`}
          columns={tableColumns(practices)}
          rows={capture?.buckets ?? []}
          rowKey={({ date }) => date}
          noteOf={({ date, value, low, high, completed }) =>
            bucket === 'hour'
              ? null
              : {
                  anchor: { kind: 'range', from: date, to: date },
                  label: formatDate(date, calendar.today),
                  ...figureOf({ value, low, high, completed }),
                }
          }
        />
      }
    />
  );
}

const isDrawn = ({ keys }: ExportRow): boolean => !keys.includes(HISTORY);

function figureOf(
  bucket: Pick<CaptureBucket, 'value' | 'low' | 'high' | 'completed'> | undefined,
): PointFigure {
  const { value = null, low = null, high = null, completed = null } = bucket ?? {};
  return { value, interval: low === null || high === null ? null : [low, high], n: completed };
}

const NOTHING_EXPECTED = { low: null, high: null };

/** Grid and axes are known before the numbers are. */
function placeholderBuckets(from: string, to: string, bucket: Bucket): CaptureBucket[] {
  const step = bucket === 'week' ? 7 : 1;
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

function previousInWords({ address, span }: CaptureTileData): string {
  const days = daysBetween(span.from, span.to) + 1;
  if (address.compare === 'previous') return `Previous ${days} d`;
  return address.compare === 'none' ? '' : `${address.compare.shiftDays} d earlier`;
}

function describeBucket(
  bucket: CaptureBucket | undefined,
  { calendar, thresholdRatio, drawnBucket: unit, expected, releases }: CaptureTileData,
): TooltipContent {
  if (bucket === undefined) return { title: '', rows: [] };
  const { date, value, low, high, captured, completed, reactions, previous, isPartial } = bucket;
  const range = expected.get(date);
  const half = low === null || high === null ? undefined : `±${((high - low) * 50).toFixed(1)}`;
  const until = unit === 'week' ? addDays(date, 6) : unit === 'day' ? date : `${date.slice(0, 14)}59`;
  const released = releases.filter((release) => release.date >= date && release.date <= until);
  const notes = [
    ...(isPartial ? ['Still filling'] : []),
    ...(completed < SMALL_SAMPLE && completed > 0 ? [`Small sample, n ${formatCount(completed)}`] : []),
    ...(thresholdRatio !== null && isFailing(bucket, thresholdRatio, SMALL_SAMPLE)
      ? [`Below ${formatRate(thresholdRatio, 0)}*`]
      : []),
  ];
  return {
    title: bucketTitle(date, unit, calendar.today),
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
      ...(range === undefined ? [] : [{ label: 'Expected', value: intervalText(range) }]),
      ...(previous === null
        ? []
        : [
            {
              label: bucketTitle(previous.date, unit, calendar.today),
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

function tableColumns(practices: CaptureTileData): DataColumn<CaptureBucket>[] {
  const { drawnCapture: capture, thresholdRatio, drawnBucket: bucket, expected } = practices;
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
    { key: 'date', label: BUCKET_HEADS[bucket], isHead: true, text: ({ date }) => date },
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
    ...(expected.size === 0
      ? []
      : [
          {
            key: 'expected',
            label: 'Expected',
            isNumber: true,
            text: ({ date }: CaptureBucket) => intervalText(expected.get(date) ?? NOTHING_EXPECTED),
          },
        ]),
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

function summaryOf({ drawnCapture: capture, finding, questions }: CaptureTileData): string {
  if (capture === null) return 'Not read yet.';
  const lastComplete = capture.buckets.findLast(({ isPartial, value }) => !isPartial && value !== null);
  const latest =
    lastComplete === undefined
      ? ''
      : ` Latest complete bucket ${lastComplete.date}: ${formatRate(lastComplete.value)}.`;
  const fresh = questions.captureDrawn.state.good?.answer.fresh === false ? ' Freshness degraded.' : '';
  return `${formatRate(capture.total.value)} over all.${latest} ${finding?.lead ?? ''}${fresh}`;
}
