import type { ExportRow } from '../../../shared/export/export-table.ts';
import { useCallback, useMemo, useRef, useState } from 'react';
import { addDays, daysBetween, formatDate } from '../../../shared/format/calendar.ts';
import { formatDuration } from '../../../shared/format/durations.ts';
import { toLocalDate } from '../../../shared/format/local-time.ts';
import { formatCount, formatRate } from '../../../shared/format/numbers.ts';
import type { Answer } from '../../../shared/query/answer.ts';
import { FreshnessPopover, formatMomentNear } from '../../app/FreshnessPopover.tsx';
import { Chart, type ChartSize } from '../../charts/Chart.tsx';
import { reactionStatesChart } from '../../charts/reaction-states.ts';
import type { ChartSeries } from '../../notes/SeriesEnds.tsx';
import { BUCKET_HEADS, BUCKET_WORDS, type Bucket, bucketTitle } from '../../parts/date-words.ts';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { usePeopleOffers } from '../../cohorts/people-offers.ts';
import { stateNames } from '../../state/state-names.ts';
import type { StateBuckets } from './columns.ts';
import { EmptySessions } from './EmptySessions.tsx';
import { dayMark, practiceOffersAt } from './people-offers.ts';
import type { Practices } from './use-practices.ts';

const LATE_EFFECT =
  'Reactions of the hatched bars are still arriving; their shares may move. They are not compared.';

/** The answer has a row per practice too; drawn are all together. */
const isOfAllPractices = ({ keys }: ExportRow): boolean => keys[0] === 'all' && keys.length === 4;

export function ReactionStatesTile({ practices }: { practices: Practices }) {
  const { drawnStates: states, drawnBucket: bucket, questions, calendar, span, environment } = practices;
  const question = questions.statesDrawn;
  const answer = question.state.good?.answer ?? null;
  const isLate = answer?.fresh === false;
  const columns = useMemo(
    () => states ?? placeholder(span.from, span.to, bucket, environment.taxonomy),
    [states, span, bucket, environment.taxonomy],
  );
  const labelledIndex = useMemo(() => lastComplete(columns), [columns]);
  const draw = useCallback(
    (size: ChartSize, id: string) =>
      reactionStatesChart(columns, { ...size, id, today: calendar.today, bucket, labelledIndex, isLate }),
    [columns, calendar.today, bucket, labelledIndex, isLate],
  );
  const describe = useCallback(
    (index: number) => describeBucket(columns, index, practices),
    [columns, practices],
  );
  const series = useMemo(() => seriesAt(columns, labelledIndex), [columns, labelledIndex]);
  const peopleAt = useCallback(
    (index: number) => (columns.dates[index] === undefined ? null : dayMark(columns.dates[index])),
    [columns],
  );
  usePeopleOffers('reaction-states', {
    at: (key) => practiceOffersAt(practices, key),
    all: () => columns.dates.flatMap((date) => practiceOffersAt(practices, dayMark(date))),
  });
  const labelled = columns.dates[labelledIndex];
  return (
    <Tile
      id="reaction-states"
      draws={isOfAllPractices}
      title="Reaction states"
      subtitle={`% of reactions, ${BUCKET_WORDS[bucket]}${labelled === undefined ? '' : `, labelled at ${formatDate(labelled.slice(0, 10), calendar.today)}${labelled.slice(10)}`}${practices.address.filters.state.length > 0 ? '; all states' : ''}`}
      summary={summaryOf(columns, labelledIndex, isLate)}
      questions={[question]}
      lateEffect={LATE_EFFECT}
      line={answer !== null && isLate ? <LateLine answer={answer} practices={practices} /> : undefined}
      empty={states?.total === 0 ? <EmptySessions practices={practices} what="reactions" /> : null}
      chart={
        <Chart
          label="Reaction states"
          draw={draw}
          dates={columns.dates}
          xAt={middleOf}
          describe={describe}
          series={series}
          peopleAt={peopleAt}
        />
      }
      table={
        <DataTable
          caption={`Reactions by ${bucket} and state`}
          columns={tableColumns(columns, bucket)}
          rows={columns.dates.map((_, index) => index)}
          rowKey={(index) => columns.dates[index] ?? ''}
        />
      }
    />
  );
}

/** The states where they are named, top to bottom. */
function seriesAt({ states }: StateBuckets, index: number): ChartSeries[] {
  let below = 0;
  const named = states.map(({ id, label, shares }) => {
    const value = shares[index] ?? null;
    const at = value === null ? null : below + value / 2;
    below += value ?? 0;
    return { id, name: label, value, at };
  });
  return named.toReversed();
}

const middleOf = (index: number): number => index + 0.5;

/** "Complete to 12:22, 2 h 10 min ago. Today is still filling." */
function LateLine({ answer, practices }: { answer: Answer; practices: Practices }) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isDetailed, setDetailed] = useState(false);
  const { workspace } = practices;
  const { now, zone } = workspace;
  return (
    <div className="tile-line tile-line-warn">
      <span>{lateInWords(answer, now, zone)}</span>
      <button
        ref={anchor}
        type="button"
        className="tile-line-action"
        aria-haspopup="dialog"
        aria-expanded={isDetailed}
        onClick={() => {
          setDetailed(!isDetailed);
        }}
      >
        Details
      </button>
      {isDetailed && (
        <FreshnessPopover
          anchor={anchor}
          zone={zone}
          now={now}
          affected={LATE_EFFECT}
          sources={answer.lateSources.map((source) => ({ ...source, freshnessTargetMs: source.targetMs }))}
          onClose={() => {
            setDetailed(false);
          }}
        />
      )}
    </div>
  );
}

export function lateInWords({ completeTo }: Pick<Answer, 'completeTo'>, now: string, zone: string): string {
  if (completeTo === null) return 'No event has arrived yet.';
  const ago = formatDuration(Date.parse(now) - Date.parse(completeTo));
  const isToday = toLocalDate(completeTo, zone) === toLocalDate(now, zone);
  const filling = isToday ? 'Today is still filling.' : 'Days since then are still filling.';
  return `Complete to ${formatMomentNear(completeTo, now, zone)}, ${ago} ago. ${filling}`;
}

function lastComplete({ dates, isOpen, n }: StateBuckets): number {
  const index = dates.findLastIndex((_, each) => isOpen[each] === false && (n[each] ?? 0) > 0);
  return index >= 0 ? index : dates.length - 1;
}

function placeholder(
  from: string,
  to: string,
  bucket: Bucket,
  taxonomy: Practices['environment']['taxonomy'],
): StateBuckets {
  const step = bucket === 'week' ? 7 : 1;
  const dates = Array.from({ length: Math.floor(daysBetween(from, to) / step) + 1 }, (_, index) =>
    addDays(from, index * step),
  );
  return {
    dates,
    isOpen: dates.map(() => false),
    n: dates.map(() => 0),
    total: 0,
    previousTotal: null,
    openFrom: null,
    states: stateNames(taxonomy, []).map((name) => ({
      ...name,
      counts: [],
      shares: [],
      total: 0,
      previousTotal: null,
    })),
  };
}

function describeBucket(
  columns: StateBuckets,
  index: number,
  { calendar, drawnBucket: bucket, address }: Practices,
): TooltipContent {
  const date = columns.dates[index] ?? '';
  const chosen = address.filters.state;
  return {
    title: bucketTitle(date, bucket, calendar.today),
    rows: columns.states.toReversed().map(({ id, label, slot, counts, shares }) => ({
      label,
      slot,
      value: formatRate(shares[index] ?? null),
      detail: formatCount(counts[index] ?? 0),
      isStrong: chosen.includes(id),
    })),
    note: `${formatCount(columns.n[index] ?? 0)} reactions${columns.isOpen[index] === true ? ', still filling' : ''}`,
  };
}

function tableColumns({ dates, n, states }: StateBuckets, bucket: Bucket): DataColumn<number>[] {
  return [
    {
      key: 'date',
      label: BUCKET_HEADS[bucket],
      isHead: true,
      text: (index) => dates[index] ?? '',
    },
    { key: 'n', label: 'Reactions', isNumber: true, text: (index) => formatCount(n[index] ?? 0) },
    ...states.flatMap(({ id, label, counts, shares }): DataColumn<number>[] => [
      { key: id, label, isNumber: true, text: (index) => formatCount(counts[index] ?? 0) },
      { key: `${id}-share`, label: '%', isNumber: true, text: (index) => formatRate(shares[index] ?? null) },
    ]),
  ];
}

function summaryOf(columns: StateBuckets, index: number, isLate: boolean): string {
  const shares = columns.states.map(
    ({ label, shares: all }) => `${label} ${formatRate(all[index] ?? null, 0)}`,
  );
  return `Shares at ${columns.dates[index] ?? 'no day'}: ${shares.join(', ')}.${isLate ? ' Freshness degraded.' : ''}`;
}
