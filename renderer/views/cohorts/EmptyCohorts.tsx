import type { Answer } from '../../../shared/query/answer.ts';
import { EmptyTile } from '../../app/EmptyTile.tsx';
import { BAR_FIELDS } from '../../state/question-parts.ts';
import { peopleQuestion } from './questions.ts';
import type { Cohorts } from './use-cohorts.ts';

export function EmptyCohorts({ cohorts }: { cohorts: Cohorts }) {
  const { address, environment, span, asked } = cohorts;
  return (
    <EmptyTile
      what="people"
      address={address}
      environment={environment}
      span={span}
      fields={BAR_FIELDS.filter((field) => !asked.skipped.includes(field))}
      count={{
        slot: 'cohorts',
        unit: 'people',
        without: (field) => peopleQuestion(asked, field),
        of: peopleIn,
      }}
    />
  );
}

const peopleIn = ({ kind, result }: Answer): number | null =>
  kind === 'trend' ? (result.series[0]?.total ?? null) : null;
