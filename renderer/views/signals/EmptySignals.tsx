import type { Answer } from '../../../shared/query/answer.ts';
import { EmptyTile } from '../../app/EmptyTile.tsx';
import { BAR_FIELDS } from '../../state/question-parts.ts';
import type { ViewBase } from '../../state/use-view-base.ts';
import { startsQuestion } from './questions.ts';

export function EmptySignals({ base }: { base: ViewBase }) {
  const { address, environment, span, skipped } = base;
  return (
    <EmptyTile
      what="starts"
      address={address}
      environment={environment}
      span={span}
      fields={BAR_FIELDS.filter((field) => !skipped.includes(field))}
      count={{
        slot: 'signals',
        unit: 'starts',
        without: (field) => startsQuestion(base, field),
        of: startsIn,
      }}
    />
  );
}

const startsIn = ({ kind, result }: Answer): number | null =>
  kind === 'trend' ? (result.series[0]?.total ?? null) : null;
