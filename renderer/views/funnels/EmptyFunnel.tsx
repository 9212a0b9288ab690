import type { Answer } from '../../../shared/query/answer.ts';
import { EmptyTile } from '../../app/EmptyTile.tsx';
import { BAR_FIELDS } from '../../state/question-parts.ts';
import { entriesQuestion } from './questions.ts';
import type { Funnel } from './use-funnel.ts';

/** Nobody entered. */
export function EmptyFunnel({ funnel }: { funnel: Funnel }) {
  const { address, environment, span, units, unfit, asked } = funnel;
  return (
    <EmptyTile
      what={units.many}
      address={address}
      environment={environment}
      span={span}
      fields={BAR_FIELDS.filter((field) => unfit[field] === undefined)}
      count={{
        slot: 'funnels',
        unit: units.many,
        without: (field) => entriesQuestion(asked, field),
        of: entriesOf,
      }}
    />
  );
}

const entriesOf = ({ kind, result }: Answer): number | null =>
  kind === 'funnel' && 'steps' in result ? (result.steps[0]?.count ?? null) : null;
