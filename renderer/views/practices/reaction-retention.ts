import type { Filter } from '../../../shared/query/filter.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { type Question, useQuestions } from '../../link/use-question.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { MOST_WEEKS } from '../../state/practices-address.ts';
import { type Asked, commonParts, FIELD_PROPERTY } from '../../state/question-parts.ts';
import { type StateName, stateNames } from '../../state/state-names.ts';
import { type Answered, useTogether } from '../../state/use-together.ts';

/** Who comes back to any practice, by what they felt: weekly cohorts of those who reacted with a state. */

export interface ReactionQuestion {
  /** null: no reaction. */
  name: StateName | null;
  question: Question;
  /** What is drawn beside the other rows. */
  answered: Answered;
}

const WEEKS = MOST_WEEKS + 1; // week 0 included

/** Practice and master narrow the reaction, not the return: people may come back to anything. */
export function reactionFilters({ address }: Asked, own: readonly Filter[]): Filter[] {
  const isOwn = (property: string): boolean =>
    own.some((filter) => 'property' in filter && filter.property === property);
  return [
    ...(['practice', 'master'] as const).flatMap((field) => {
      const property = FIELD_PROPERTY[field];
      const value = address.filters[field];
      return value.length === 0 || isOwn(property) ? [] : [{ property, op: 'is' as const, value }];
    }),
    ...own,
  ];
}

export function reactionQuestions(
  asked: Asked,
  names: readonly StateName[],
  own: readonly Filter[],
): { name: StateName | null; spec: QuerySpecInput }[] {
  const { reaction } = asked.address.practices;
  const filters = reactionFilters(asked, own);
  const common = {
    kind: 'retention' as const,
    ...commonParts(asked, ['cohort', 'state', 'practice', 'master']),
    interval: 'week' as const,
    cohorts: WEEKS,
    periods: WEEKS,
    return: { event: 'session_completed' },
  };
  const ofState = ({ id }: StateName): QuerySpecInput => ({
    ...common,
    type: reaction === 'first' ? 'first_ever' : 'recurring',
    anchor: {
      event: 'reaction_captured',
      filters: [{ property: 'state', op: 'is', value: id }, ...filters],
    },
  });
  const ofNone: QuerySpecInput = {
    ...common,
    type: reaction === 'first' ? 'first_time' : 'recurring',
    anchor: { event: 'session_completed', filters },
    cohort: { all: [{ did: { event: 'reaction_captured', filters }, not: true }] },
  };
  return [...names.map((name) => ({ name, spec: ofState(name) })), { name: null, spec: ofNone }];
}

export function useReactionRetention(
  slot: string,
  asked: Asked,
  environment: EnvironmentInfo,
  { isShown, own }: { isShown: boolean; own: readonly Filter[] },
): ReactionQuestion[] {
  const names = stateNames(environment.taxonomy, []);
  const placed = isShown ? reactionQuestions(asked, names, own) : [];
  const questions = useQuestions(
    placed.map(({ name, spec }) => ({ slot: `${slot}.reaction-${name?.id ?? 'none'}`, spec })),
  );
  const answers = useTogether(
    questions.map((question, index) => ({ question, spec: placed[index]?.spec ?? null })),
  );
  return questions.map((question, index) => ({
    name: placed[index]?.name ?? null,
    question,
    answered: answers[index] ?? question,
  }));
}
