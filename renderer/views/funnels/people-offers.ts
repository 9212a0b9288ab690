import { formatCount } from '../../../shared/format/numbers.ts';
import type { PeopleOffer } from '../../cohorts/people-offers.ts';
import { uncapitalise } from '../../state/event-names.ts';
import type { FunnelDefinition } from '../../state/funnel-definition.ts';
import { type FunnelStep, requiredBefore } from './columns.ts';
import { type FunnelAsked, stepsQuestion } from './questions.ts';
import type { Funnel } from './use-funnel.ts';

/** Whom a step of a funnel counts: those who came to it, and those who were lost on the way to it. */
export const reachedMark = (step: number): string => `step:${step}`;
export const lostMark = (step: number): string => `lost:${step}`;

export function funnelOffersAt(funnel: Funnel, key: string): PeopleOffer[] {
  const [kind, index] = key.split(':');
  const step = funnel.steps?.[Number(index)];
  if (step === undefined) return [];
  const [reached, lost] = [reachedOffer(funnel, step), lostOffer(funnel, step)];
  const offers = kind === 'lost' ? [lost, reached] : [reached, lost];
  return offers.filter((offer) => offer !== null);
}

export const allFunnelOffers = (funnel: Funnel): PeopleOffer[] =>
  (funnel.steps ?? []).flatMap(({ index }) => funnelOffersAt(funnel, reachedMark(index)));

function reachedOffer(funnel: Funnel, { index, name, count }: FunnelStep): PeopleOffer | null {
  if (count === 0) return null;
  return {
    label: `${countOf(funnel, count)} who came to ${uncapitalise(name)}`,
    name: `Came to ${uncapitalise(name)}`,
    definition: { question: peopleQuestion(funnel.asked), cell: { step: index, dropped: false } },
    ...noteOf(funnel.definition, 'any of theirs came that far'),
  };
}

/** A cell knows the step directly before only: after an optional step nobody can be told to be lost. */
function lostOffer(funnel: Funnel, { index, name, left }: FunnelStep): PeopleOffer | null {
  if (left === null || left === 0 || requiredBefore(funnel.definition, index) !== index - 1) return null;
  return {
    label: `${countOf(funnel, left)} who left before ${uncapitalise(name)}`,
    name: `Left before ${uncapitalise(name)}`,
    definition: { question: peopleQuestion(funnel.asked), cell: { step: index, dropped: true } },
    ...noteOf(funnel.definition, 'their best one came to the step before, and none came further'),
  };
}

/** Of other units the number is theirs, not that of their people. */
const countOf = ({ definition, units }: Funnel, count: number): string =>
  definition.unit === 'user'
    ? `${formatCount(count)} ${units.many}`
    : `the people of ${formatCount(count)} ${units.many}`;

function noteOf(definition: FunnelDefinition, how: string): { note?: string } {
  if (definition.unit === 'user') return {};
  return {
    note: `The funnel counts ${unitInWords(definition)}; a cohort holds people. Somebody is in it if ${how}.`,
  };
}

const unitInWords = ({ unit }: FunnelDefinition): string =>
  typeof unit === 'object' ? `by ${unit.property}` : `${unit}s`;

/** A cohort is of people: what told the units apart is held constant over the steps, and each person's best one counts. */
export function peopleQuestion(asked: FunnelAsked): Record<string, unknown> {
  const { definition } = asked;
  const { unit, holdConstant } = definition;
  const apart = unit === 'user' ? [] : [typeof unit === 'object' ? unit.property : 'session_id'];
  return {
    ...stepsQuestion(asked),
    compare: null,
    unit: 'user',
    holdConstant: [...new Set([...apart, ...holdConstant])],
  };
}
