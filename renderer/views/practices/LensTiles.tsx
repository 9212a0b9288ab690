import { useMemo } from 'react';
import { formatCount, formatPoints, formatQuantity } from '../../../shared/format/numbers.ts';
import { pageOf } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { nameOf } from '../../state/names.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { ChangesTile } from './ChangesTile.tsx';
import { EmptySessions } from './EmptySessions.tsx';
import {
  captureLevels,
  largestChange,
  type PracticeLevels,
  practiceLevels,
  stateLevels,
  type StateLevels,
  steppedValues,
} from './levels.ts';
import { type StateLine, StateLinesTile } from './StateLinesTile.tsx';
import type { Practices } from './use-practices.ts';

/** The 90-day lens: what has changed for good, and nothing of the days themselves. */
export function LensTiles({ practices }: { practices: Practices }) {
  const {
    capture,
    states,
    statesAnswer,
    questions,
    bucket,
    calendar,
    thresholdRatio,
    releases,
    environment,
  } = practices;
  const levels = useMemo(() => capture && captureLevels(capture), [capture]);
  const byState = useMemo(() => (states === null ? [] : stateLevels(states)), [states]);
  const dates = useMemo(() => capture?.buckets.map(({ date }) => date) ?? [], [capture]);
  const lines = useMemo(
    () =>
      byState.map(({ id, label, slot, levels: own }, index) => ({
        id,
        label,
        slot,
        shares: steppedValues(own, states?.dates.length ?? 0),
        counts: states?.states[index]?.counts ?? [],
        reference: null,
        changes: own.changes.map(({ at }) => at),
      })),
    [byState, states],
  );
  const byPractice = useMemo(
    () =>
      statesAnswer !== null && capture !== null
        ? practiceLevels(statesAnswer, { isPartial: capture.buckets.map(({ isPartial }) => isPartial) })
        : [],
    [statesAnswer, capture],
  );
  const practiceLines = useMemo(
    () => byPractice.map((each) => lineOf(each, environment)),
    [byPractice, environment],
  );
  const address = useAddress((state) => state.address);
  const go = useAddress((state) => state.go);
  return (
    <div className="lens-tiles">
      <ChangesTile
        levels={levels}
        dates={dates}
        bucket={bucket}
        today={calendar.today}
        thresholdRatio={thresholdRatio}
        releases={releases}
        questions={[questions.captureRate]}
        empty={
          capture?.total.completed === 0 ? <EmptySessions practices={practices} what="sessions" /> : null
        }
      />
      <StateLinesTile
        id="change-states"
        title="Reaction states, changes"
        subtitle="levels, % of reactions, one scale"
        summary={summaryOf(byState)}
        lines={lines}
        dates={states?.dates ?? []}
        isOpen={states?.isOpen ?? []}
        n={states?.n ?? []}
        bucket={bucket}
        today={calendar.today}
        isStepped
        referenceName=""
        questions={[questions.reactionStates]}
        empty={states?.total === 0 ? <EmptySessions practices={practices} what="reactions" /> : null}
      />
      <StateLinesTile
        id="change-practices"
        title="Practices, changes"
        subtitle={`levels of the capture rate, one scale, most changed first${address.filters.state.length > 0 ? '; any state' : ''}`}
        summary={practicesInWords(practiceLines, byPractice)}
        lines={practiceLines}
        dates={dates}
        isOpen={NO_FLAGS}
        n={NO_NUMBERS}
        bucket={bucket}
        today={calendar.today}
        isStepped
        startsAtZero={false}
        countName="Captured"
        leastCellPx={104}
        referenceName=""
        questions={[questions.reactionStates]}
        empty={states?.total === 0 ? <EmptySessions practices={practices} what="reactions" /> : null}
        onOpen={(id) => {
          go(pageOf(address, 'practice', id));
        }}
      />
    </div>
  );
}

const NO_FLAGS: readonly boolean[] = [];
const NO_NUMBERS: readonly number[] = [];

function lineOf({ id, n, captured, levels }: PracticeLevels, environment: EnvironmentInfo): StateLine {
  const all = levels.stretches.reduce((sum, stretch) => sum + stretch.n, 0);
  return {
    id,
    label: nameOf('practice', id, environment),
    ...(all < SMALL_SAMPLE ? { note: `n ${formatCount(all)}` } : {}),
    n,
    counts: captured,
    shares: steppedValues(levels, n.length),
    reference: null,
    changes: levels.changes.map(({ at }) => at),
  };
}

function practicesInWords(lines: readonly StateLine[], levels: readonly PracticeLevels[]): string {
  const changed = levels.flatMap(({ levels: { changes } }, index) => {
    const largest = largestChange(changes);
    return largest === null ? [] : [`${lines[index]?.label ?? ''} ${formatPoints(largest.difference)}`];
  });
  return changed.length === 0
    ? 'The capture rate of no practice changed beyond chance.'
    : `Largest changes: ${changed.join(', ')}.`;
}

function summaryOf(states: readonly StateLevels[]): string {
  const changed = states.flatMap(({ label, levels: { changes } }) => {
    const largest = largestChange(changes);
    return largest === null
      ? []
      : [
          `${label} ${formatQuantity(changes.length, 'change')}, the largest ${formatPoints(largest.difference)}`,
        ];
  });
  return changed.length === 0 ? 'No state changed beyond chance.' : `${changed.join('; ')}.`;
}
