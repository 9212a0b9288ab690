import type { Answer } from '../../../shared/query/answer.ts';
import { EmptyTile } from '../../app/EmptyTile.tsx';
import { BAR_FIELDS, commonParts } from '../../state/question-parts.ts';
import { SKIPPED } from './questions.ts';
import type { Masters } from './use-masters.ts';

export function EmptyMasters({ masters }: { masters: Masters }) {
  const { address, environment, span, asked } = masters.base;
  return (
    <EmptyTile
      what="sessions"
      address={address}
      environment={environment}
      span={span}
      fields={BAR_FIELDS.filter((field) => !SKIPPED.includes(field))}
      count={{
        slot: 'masters',
        unit: 'sessions',
        without: (field) => ({
          kind: 'trend',
          ...commonParts(asked, [...SKIPPED, field]),
          display: 'total',
          series: [{ measure: 'completed_sessions' }],
        }),
        of: totalOf,
      }}
    />
  );
}

const totalOf = (answer: Answer): number | null =>
  answer.kind === 'trend' ? (answer.result.series[0]?.total ?? null) : null;
