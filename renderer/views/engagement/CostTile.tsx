import { useMemo } from 'react';
import { formatQuantity } from '../../../shared/format/numbers.ts';
import { LinesByDateTile } from '../../parts/LinesByDateTile.tsx';
import { SERIES } from './questions.ts';
import type { Engagement } from './use-engagement.ts';
import { costText } from './words.ts';

export function CostTile({ engagement }: { engagement: Engagement }) {
  const { base, cost, questions } = engagement;
  const column = cost?.columnOf(SERIES.cost) ?? null;
  const lines = useMemo(
    () => [{ key: 'cost', name: '', label: 'Cost per outcome', column, hasSides: true, showsPrevious: true }],
    [column],
  );
  const weeks = cost?.dates.length ?? 0;
  return (
    <LinesByDateTile
      id="engagement-cost"
      title="Cost per outcome"
      subtitle={`${formatQuantity(weeks, 'week')}; spend on prompts ÷ savings identified`}
      summary={`${costText(column?.total ?? null)} over ${formatQuantity(weeks, 'week')}.`}
      questions={[questions.cost]}
      lateEffect="Outcomes still to come would lower the cost of the hatched weeks."
      empty={null}
      columns={cost}
      lines={lines}
      bucket="week"
      today={base.calendar.today}
      text={costText}
      axisText={axisText}
      endPx={48}
    />
  );
}

const axisText = (cost: number): string => cost.toLocaleString('en-GB');
