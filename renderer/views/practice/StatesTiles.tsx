import { useMemo } from 'react';
import { formatRate } from '../../../shared/format/numbers.ts';
import { captureLevels, countLevels, steppedValues } from '../practices/levels.ts';
import { ChangesTile } from '../practices/ChangesTile.tsx';
import { StateLinesTile } from '../practices/StateLinesTile.tsx';
import { CAPTURE_THRESHOLD_RATIO } from '../../state/display-settings.ts';
import { EmptySubject } from './EmptySubject.tsx';
import type { SubjectPage } from './use-subject.ts';

/** All seven states over time beside all others; under the 90-day lens their levels. */
export function StatesTile({ page }: { page: SubjectPage }) {
  const { states, questions, base, subject, peers } = page;
  const isLens = base.address.practices.lens === 'changes';
  const isDaily =
    isLens || base.address.practices.bucket === 'day' || base.address.practices.bucket === 'hour';
  const lines = useMemo(() => {
    if (states === null) return [];
    return states.states.map(({ id, label, slot, counts, shares, others }) => {
      if (!isLens) return { id, label, slot, counts, shares, reference: others };
      const levels = countLevels({
        counts,
        n: states.n,
        isOpen: states.isOpen,
        series: states.states.length,
      });
      return {
        id,
        label,
        slot,
        counts,
        shares: steppedValues(levels, states.dates.length),
        reference: null,
        changes: levels.changes.map(({ at }) => at),
      };
    });
  }, [states, isLens]);
  const others = subject.kind === 'practice' ? 'all other practices' : 'all other sessions';
  return (
    <StateLinesTile
      id="subject-states"
      title={isLens ? 'States, changes' : isDaily ? 'States by day' : 'States by week'}
      subtitle={isLens ? 'levels, % of reactions, one scale' : `% of reactions, one scale; dotted: ${others}`}
      summary={
        peers === null
          ? 'Not read yet.'
          : `Over the dates: ${peers.own.states.map(({ name, share }, index) => `${name.label} ${formatRate(share.value, 0)}, others ${formatRate(peers.others.states[index]?.share.value ?? null, 0)}`).join('; ')}.`
      }
      lines={lines}
      dates={states?.dates ?? []}
      isOpen={states?.isOpen ?? []}
      n={states?.n ?? []}
      bucket={isDaily ? 'day' : 'week'}
      today={base.calendar.today}
      isStepped={isLens}
      referenceName="Others"
      questions={[questions.peersOverTime]}
      empty={states?.n.every((n) => n === 0) === true ? <EmptySubject page={page} what="reactions" /> : null}
    />
  );
}

/** The capture rate as levels. */
export function LensTile({ page }: { page: SubjectPage }) {
  const { capture, questions, base, releases } = page;
  const levels = useMemo(() => capture && captureLevels(capture), [capture]);
  const dates = useMemo(() => capture?.buckets.map(({ date }) => date) ?? [], [capture]);
  return (
    <ChangesTile
      levels={levels}
      dates={dates}
      bucket={base.bucket}
      today={base.calendar.today}
      thresholdRatio={CAPTURE_THRESHOLD_RATIO}
      releases={releases}
      questions={[questions.capture]}
      empty={capture?.total.completed === 0 ? <EmptySubject page={page} what="sessions" /> : null}
    />
  );
}
