import { useMemo } from 'react';
import { formatCount, NOT_DEFINED } from '../../../shared/format/numbers.ts';
import { BUCKET_WORDS } from '../../parts/date-words.ts';
import { LinesByDateTile, type TileLine } from '../../parts/LinesByDateTile.tsx';
import { BucketControl } from '../practices/BucketControl.tsx';
import { EmptySubject } from './EmptySubject.tsx';
import { SERIES } from './questions.ts';
import type { SubjectPage } from './use-subject.ts';

/** Runs begun and completed, and the people who completed one. */
export function PeopleTile({ page }: { page: SubjectPage }) {
  const { trend, questions, base, bucket } = page;
  const lines = useMemo(
    (): TileLine[] =>
      (
        [
          [SERIES.opened, 'Opened', 'Times opened', 'var(--series-2)'],
          [SERIES.sessions, 'Completed', 'Completed sessions', 'var(--data)'],
          [SERIES.people, 'People', 'People who completed', 'var(--series-3)'],
        ] as const
      ).map(([key, name, label, stroke]) => ({
        key,
        name,
        label,
        stroke,
        column: trend?.columnOf(key) ?? null,
      })),
    [trend],
  );
  const people = trend?.columnOf(SERIES.people)?.total ?? null;
  const completed = trend?.columnOf(SERIES.sessions)?.total ?? null;
  return (
    <LinesByDateTile
      id="subject-people"
      title="Runs and people"
      subtitle={BUCKET_WORDS[bucket]}
      summary={`${countText(completed)} completed sessions by ${countText(people)} people.`}
      questions={[questions.capture]}
      lateEffect="Sessions of the open buckets are not all there yet."
      legend={<BucketControl span={base.span} />}
      empty={completed === 0 ? <EmptySubject page={page} what="sessions" /> : null}
      columns={trend}
      lines={lines}
      bucket={bucket}
      today={base.calendar.today}
      text={countText}
      axisText={formatCount}
      endPx={112}
      leftPx={40}
    />
  );
}

const countText = (value: number | null): string => (value === null ? NOT_DEFINED : formatCount(value));
