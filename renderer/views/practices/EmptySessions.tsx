import { EmptyTile } from '../../app/EmptyTile.tsx';
import type { Answer } from '../../../shared/query/answer.ts';
import { sessionsQuestion } from './questions.ts';
import type { Practices } from './use-practices.ts';

interface EmptySessionsProps {
  practices: Practices;
  what: 'sessions' | 'reactions';
}

export function EmptySessions({ practices, what }: EmptySessionsProps) {
  const { address, environment, span } = practices;
  const asked = { address, environment: environment.environment, span };
  return (
    <EmptyTile
      what={what}
      address={address}
      environment={environment}
      span={span}
      count={{
        slot: 'practices',
        unit: 'sessions',
        without: (field) => sessionsQuestion(asked, field),
        of: totalOf,
      }}
    />
  );
}

const totalOf = (answer: Answer): number | null =>
  answer.kind === 'trend' ? (answer.result.series[0]?.total ?? null) : null;
