import { useMemo } from 'react';
import { formatCount } from '../../../shared/format/numbers.ts';
import { LinesByDateTile } from '../../parts/LinesByDateTile.tsx';
import { SERIES } from './questions.ts';
import type { Engagement } from './use-engagement.ts';

/** People by hour up to now, whatever the dates of the view are. */
export function ActiveTile({ engagement }: { engagement: Engagement }) {
  const { base, active, questions } = engagement;
  const column = active?.columnOf(SERIES.users) ?? null;
  const lines = useMemo(() => [{ key: 'users', name: '', label: 'People', column }], [column]);
  const last = column?.values.at(-1) ?? null;
  return (
    <LinesByDateTile
      id="engagement-active"
      title="Active by hour"
      subtitle="people with any event, last 24 hours; the dates above do not apply"
      summary={last === null ? 'Not read yet.' : `${formatCount(last)} people so far in this hour.`}
      questions={[questions.active]}
      lateEffect="People whose events are still to come are missing from the hatched hours."
      empty={null}
      columns={active}
      lines={lines}
      bucket="hour"
      today={base.calendar.today}
      text={peopleText}
      axisText={formatCount}
      endPx={40}
    />
  );
}

const peopleText = (value: number | null): string => (value === null ? '–' : formatCount(value));
