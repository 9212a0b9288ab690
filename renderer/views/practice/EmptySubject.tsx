import type { Answer } from '../../../shared/query/answer.ts';
import { EmptyTile } from '../../app/EmptyTile.tsx';
import { BAR_FIELDS, commonParts } from '../../state/question-parts.ts';
import type { SubjectPage } from './use-subject.ts';

/** Nothing of this practice or master matches: which filter keeps it away. */
export function EmptySubject({ page, what }: { page: SubjectPage; what: 'sessions' | 'reactions' }) {
  const { base, subject } = page;
  const { address, environment, span, asked } = base;
  const fixed = [subject.kind, 'state'] as const;
  return (
    <EmptyTile
      what={what}
      address={address}
      environment={environment}
      span={span}
      fields={BAR_FIELDS.filter((field) => field !== subject.kind && field !== 'state')}
      count={{
        slot: `${subject.kind}-page`,
        unit: 'sessions',
        without: (field) => {
          const common = commonParts(asked, [...fixed, field]);
          return {
            kind: 'trend',
            ...common,
            filters: [...common.filters, ...subject.own],
            display: 'total',
            series: [{ measure: 'completed_sessions' }],
          };
        },
        of: totalOf,
      }}
    />
  );
}

const totalOf = (answer: Answer): number | null =>
  answer.kind === 'trend' ? (answer.result.series[0]?.total ?? null) : null;
