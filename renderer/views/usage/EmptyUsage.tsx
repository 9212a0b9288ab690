import type { Answer } from '../../../shared/query/answer.ts';
import { EmptyTile } from '../../app/EmptyTile.tsx';
import { BAR_FIELDS } from '../../state/question-parts.ts';
import type { ViewBase } from '../../state/use-view-base.ts';
import { peopleQuestion } from './questions.ts';

export function EmptyUsage({ base }: { base: ViewBase }) {
  const { address, environment, span, skipped } = base;
  return (
    <EmptyTile
      what="people"
      address={address}
      environment={environment}
      span={span}
      fields={BAR_FIELDS.filter((field) => !skipped.includes(field))}
      count={{ slot: 'usage', unit: 'people', without: (field) => peopleQuestion(base, field), of: peopleIn }}
    />
  );
}

const peopleIn = ({ kind, result }: Answer): number | null =>
  kind === 'trend' ? (result.series[0]?.total ?? null) : null;
