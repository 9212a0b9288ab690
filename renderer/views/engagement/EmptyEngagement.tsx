import type { Answer } from '../../../shared/query/answer.ts';
import { EmptyTile } from '../../app/EmptyTile.tsx';
import { BAR_FIELDS } from '../../state/question-parts.ts';
import type { ViewBase } from '../../state/use-view-base.ts';
import { promptsQuestion } from './questions.ts';

export function EmptyEngagement({ base, what }: { base: ViewBase; what: string }) {
  const { address, environment, span, skipped } = base;
  return (
    <EmptyTile
      what={what}
      address={address}
      environment={environment}
      span={span}
      fields={BAR_FIELDS.filter((field) => !skipped.includes(field))}
      count={{
        slot: 'engagement',
        unit: 'prompts',
        without: (field) => promptsQuestion(base, field),
        of: promptsIn,
      }}
    />
  );
}

const promptsIn = ({ kind, result }: Answer): number | null =>
  kind === 'trend' ? (result.series[0]?.total ?? null) : null;
