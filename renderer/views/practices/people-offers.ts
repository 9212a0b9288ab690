import { addDays, formatDate } from '../../../shared/format/calendar.ts';
import { formatQuantity } from '../../../shared/format/numbers.ts';
import type { EventRef } from '../../../shared/query/filter.ts';
import { didDefinition } from '../../cohorts/did-offer.ts';
import type { PeopleOffer } from '../../cohorts/people-offers.ts';
import { nameOf } from '../../state/names.ts';
import { type BarField, commonParts } from '../../state/question-parts.ts';
import { uncapitalise } from '../../state/event-names.ts';
import type { Practices } from './use-practices.ts';

/** Whom the rows and cells of the Practices view count: the people behind its sessions and reactions. */
export const practiceMark = (id: string): string => `practice:${id}`;
export const masterMark = (id: string): string => `master:${id}`;
export const stateMark = (practice: string, state: string): string => `state:${state}:${practice}`;
export const dayMark = (date: string): string => `day:${date}`;

export function practiceOffersAt(practices: Practices, key: string): PeopleOffer[] {
  const [kind, value = '', ...rest] = key.split(':');
  if (kind === 'practice') return [completedOffer(practices, 'practice', [value, ...rest].join(':'))];
  if (kind === 'master') return [completedOffer(practices, 'master', [value, ...rest].join(':'))];
  if (kind === 'state') return [feltOffer(practices, value, rest.join(':'))];
  if (kind === 'day') return dayOffers(practices, value);
  return [];
}

export const allPracticeOffers = (practices: Practices): PeopleOffer[] =>
  (practices.byPractice?.rows ?? []).flatMap(({ id }) =>
    id === null ? [] : practiceOffersAt(practices, practiceMark(id)),
  );

export const allMasterOffers = (practices: Practices): PeopleOffer[] =>
  (practices.masters ?? []).flatMap(({ id }) =>
    id === null ? [] : practiceOffersAt(practices, masterMark(id)),
  );

function completedOffer(practices: Practices, field: 'practice' | 'master', id: string): PeopleOffer {
  const { environment } = practices;
  const name = nameOf(field, id, environment);
  const event: EventRef = {
    event: 'session_completed',
    filters: [{ property: field === 'practice' ? 'practice_id' : 'master_id', op: 'is', value: id }],
  };
  return {
    label: `people who completed ${field === 'practice' ? name : `a session with ${name}`}`,
    name: `Completed ${field === 'practice' ? name : `with ${name}`}`,
    definition: define(practices, event, [field, 'state']),
  };
}

function feltOffer(practices: Practices, state: string, practice: string): PeopleOffer {
  const { environment } = practices;
  const felt = nameOf('state', state, environment);
  const where = nameOf('practice', practice, environment);
  const event = reaction(state, [{ property: 'practice_id', op: 'is', value: practice }]);
  return {
    label: `people who felt ${uncapitalise(felt)} in ${where}`,
    name: `${felt} in ${where}`,
    definition: define(practices, event, ['practice', 'state']),
  };
}

function dayOffers(practices: Practices, date: string): PeopleOffer[] {
  const { states, bucket, calendar, span } = practices;
  const index = states?.dates.indexOf(date) ?? -1;
  const last = bucket === 'day' ? date : addDays(date, 6);
  const range = { from: date < span.from ? span.from : date, to: last > span.to ? span.to : last };
  const when = `${bucket === 'day' ? '' : 'week of '}${formatDate(date, calendar.today)}`;
  return (states?.states ?? []).flatMap(({ id, label, counts }) =>
    (counts[index] ?? 0) === 0
      ? []
      : [
          {
            label: `the people of ${formatQuantity(counts[index] ?? 0, 'reaction')}: ${uncapitalise(label)}, ${when}`,
            name: `${label}, ${when}`,
            definition: define(practices, reaction(id, []), ['state'], range),
          },
        ],
  );
}

const reaction = (state: string, filters: NonNullable<EventRef['filters']>): EventRef => ({
  event: 'reaction_captured',
  filters: [{ property: 'state', op: 'is', value: state }, ...filters],
});

function define(
  { address, environment, span }: Practices,
  event: EventRef,
  skipped: readonly BarField[],
  range: { from: string; to: string } = span,
) {
  const parts = commonParts({ address, environment: environment.environment, span }, skipped);
  return didDefinition({ ...parts, range, event });
}
