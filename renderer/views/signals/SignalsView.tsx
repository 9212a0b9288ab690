import { useEffect, useMemo, useState } from 'react';
import { formatCount, formatRate } from '../../../shared/format/numbers.ts';
import { ViewPage } from '../../app/ViewPage.tsx';
import { DataTable, type DataColumn } from '../../parts/DataTable.tsx';
import { IntervalList } from '../../parts/IntervalList.tsx';
import { intervalText } from '../../parts/interval-text.ts';
import { KeyFigures } from '../../parts/KeyFigures.tsx';
import { LinesByDateTile, type TileLine } from '../../parts/LinesByDateTile.tsx';
import { Tile } from '../../parts/Tile.tsx';
import type { TooltipContent } from '../../parts/tooltip-content.ts';
import { useAddress } from '../../state/address-store.ts';
import { hasFilters } from '../../state/question-parts.ts';
import type { ComparedColumn } from '../../state/trend-columns.ts';
import type { ViewProps } from '../../state/use-view-base.ts';
import { AnswersTile } from './AnswersTile.tsx';
import { type GoalRow, liftAt, pairLift, type SignalCounts } from './columns.ts';
import { EmptySignals } from './EmptySignals.tsx';
import { PenaltyTile } from './PenaltyTile.tsx';
import { type Signals, useSignals } from './use-signals.ts';
import { BAND_PENALTY, describeSignals, liftText, penaltyText, signalFigures } from './words.ts';
import './signals-view.css';

/** Whether people leave more confident than they came, and what becomes of those who never say. */
export function SignalsView(props: ViewProps) {
  const found = useSignals(props);
  const { base, signals, questions } = found;
  const go = useAddress((state) => state.go);
  const settled = base.address.signals.penalty;
  const [penalty, setPenalty] = useState(settled);
  useEffect(() => {
    setPenalty(settled);
  }, [settled]);
  const finding = signals && describeSignals(signals, { penalty, hasFilters: hasFilters(base.address) });
  return (
    <ViewPage
      base={base}
      title="Signals"
      finding={finding}
      isFound={questions.overTime.state.fetching === null}
      matched={
        signals !== null && (
          <>
            <strong>{formatCount(signals.total.starts)}</strong> starts
          </>
        )
      }
    >
      <KeyFigures figures={signalFigures(signals, penalty)} questions={[questions.overTime]} />
      <div className="signal-tiles">
        <LiftTile found={found} penalty={penalty} />
        <PenaltyTile
          found={found}
          penalty={penalty}
          onMove={setPenalty}
          onRest={(next) => {
            setPenalty(next);
            if (next !== settled) go({ signals: { penalty: next } });
          }}
        />
        <AnswersTile found={found} />
        <GoalsTile found={found} />
        <CompletenessTile found={found} />
      </div>
    </ViewPage>
  );
}

function LiftTile({ found, penalty }: { found: Signals; penalty: number }) {
  const { base, bucket, signals, questions } = found;
  const lines = useMemo((): TileLine[] => {
    const buckets = signals?.buckets ?? [];
    const at = (each: number) => buckets.map((counts) => liftAt(counts, each));
    return [
      { key: 'pairs', name: 'Pairs', label: 'Finished pairs', column: columnOf(buckets, pairLift) },
      {
        key: 'all',
        name: `At ${penaltyText(penalty)}`,
        label: `All starts at ${penaltyText(penalty)}*`,
        stroke: 'var(--series-2)',
        column: columnOf(buckets, (counts) => liftAt(counts, penalty)),
        band: { low: at(BAND_PENALTY), high: at(0) },
      },
    ];
  }, [signals, penalty]);
  return (
    <LinesByDateTile
      id="signal-lift"
      title="Confidence lift"
      subtitle={`after − before on a scale of 1 to 10, ${bucket === 'day' ? 'daily' : 'weekly'}; band: abandoned starts at 0 to ${penaltyText(BAND_PENALTY)}`}
      summary={`${liftText(signals && pairLift(signals.total))} of finished pairs, ${liftText(signals && liftAt(signals.total, penalty))} of all starts.`}
      questions={[questions.overTime]}
      lateEffect="Ends of the hatched time may still come; until then their starts count as abandoned."
      empty={signals?.total.starts === 0 ? <EmptySignals base={base} /> : null}
      columns={signals?.columns ?? null}
      lines={lines}
      bucket={bucket}
      today={base.calendar.today}
      startsAtZero={false}
      text={liftText}
      axisText={axisText}
      endPx={104}
      leftPx={40}
    />
  );
}

const axisText = (lift: number): string => liftText(lift, 1);

const columnOf = (
  buckets: readonly SignalCounts[],
  read: (counts: SignalCounts) => number | null,
): ComparedColumn => ({
  values: buckets.map(read),
  low: [],
  high: [],
  numerator: [],
  denominator: [],
  total: null,
  totalLow: null,
  totalHigh: null,
  totalNumerator: null,
  totalDenominator: null,
  previous: null,
});

function GoalsTile({ found }: { found: Signals }) {
  const { base, goals, signals, questions } = found;
  const rows = goals ?? [];
  const drawn = rows.slice(0, MOST_GOALS);
  const total = signals?.total;
  const overall = total === undefined || total.starts === 0 ? null : total.abandoned / total.starts;
  return (
    <Tile
      id="signal-goals"
      title="Abandonment"
      subtitle={`starts without an end by goal, 95% interval; dotted: all, ${formatRate(overall)}${rows.length > drawn.length ? `; ${rows.length - drawn.length} rarer ones in the table` : ''}`}
      summary={rows.map(({ name, value }) => `${name} ${formatRate(value)}`).join(', ')}
      questions={[questions.goals]}
      lateEffect="Ends of the last hours may be missing."
      empty={goals?.length === 0 ? <EmptySignals base={base} /> : null}
      chart={
        <IntervalList
          label="Abandonment by goal"
          rows={drawn}
          reference={overall}
          hasValues
          describe={(index) => describeGoal(drawn[index])}
        />
      }
      table={<DataTable caption="Abandonment by goal" columns={GOALS} rows={rows} rowKey={({ id }) => id} />}
    />
  );
}

const MOST_GOALS = 8; // more do not fit; all are in the table

function describeGoal(row: GoalRow | undefined): TooltipContent {
  if (row === undefined) return { title: '', rows: [] };
  return {
    title: row.name,
    rows: [
      {
        label: 'Abandoned',
        value: formatRate(row.value),
        isStrong: true,
        detail: `${formatCount(row.abandoned)} of ${formatCount(row.n)}`,
      },
      { label: '95% interval', value: intervalText(row) },
      { label: 'Goal completion', value: formatRate(row.completion) },
    ],
  };
}

const GOALS: DataColumn<GoalRow>[] = [
  { key: 'goal', label: 'Goal', isHead: true, text: ({ name }) => name },
  { key: 'rate', label: 'Abandonment', isNumber: true, text: ({ value }) => formatRate(value) },
  { key: 'interval', label: '95% interval', isNumber: true, text: intervalText },
  { key: 'abandoned', label: 'Abandoned', isNumber: true, text: ({ abandoned }) => formatCount(abandoned) },
  { key: 'n', label: 'Starts', isNumber: true, text: ({ n }) => formatCount(n) },
  {
    key: 'completion',
    label: 'Goal completion',
    isNumber: true,
    text: ({ completion }) => formatRate(completion),
  },
];

interface Stage {
  name: string;
  count: number | null;
}

/** What arrived of the signals that people sent: starts and ends as they pair within the dates. */
function CompletenessTile({ found }: { found: Signals }) {
  const { base, signals, paired, ends, questions } = found;
  const total = signals?.total ?? null;
  const stages: Stage[] = [
    { name: 'Starts', count: total?.starts ?? null },
    {
      name: 'Starts with an end, at any time',
      count: total === null ? null : total.starts - total.abandoned,
    },
    { name: 'Starts without an end', count: total?.abandoned ?? null },
    { name: 'Ends in these dates', count: ends },
    {
      name: 'Ends without a start before them in these dates',
      count: ends === null || paired === null ? null : ends - paired,
    },
  ];
  const table = (
    <DataTable caption="Signals that arrived" columns={STAGES} rows={stages} rowKey={({ name }) => name} />
  );
  return (
    <Tile
      id="signal-completeness"
      title="What arrived"
      subtitle="lossy by design: the app drops signals on error"
      summary={stages.map(({ name, count }) => `${name}: ${formatCount(count ?? 0)}`).join(', ')}
      questions={[questions.overTime, questions.ends, questions.paired]}
      lateEffect="Ends of the last hours may be missing."
      empty={total?.starts === 0 ? <EmptySignals base={base} /> : null}
      chart={
        <>
          {table}
          <p className="signal-note">
            Some starts only look abandoned. Ends without a start keep their score and stay out of the lift.
          </p>
        </>
      }
      table={table}
    />
  );
}

const STAGES: DataColumn<Stage>[] = [
  { key: 'stage', label: 'Stage', isHead: true, text: ({ name }) => name },
  {
    key: 'count',
    label: 'Signals',
    isNumber: true,
    text: ({ count }) => (count === null ? '–' : formatCount(count)),
  },
];
