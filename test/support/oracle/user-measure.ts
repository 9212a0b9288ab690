import { exactSum } from './exact.ts';
import { fits } from './filter.ts';
import { IGNORES_NOTHING, type Ignores, usersOf } from './outcome.ts';
import { practicesOf, runsOf } from './practices.ts';
import { type Question, inSpan } from './question.ts';
import { Refused } from './refused.ts';
import { type Row, numberOf } from './rows.ts';
import type { EventRef, Series } from './types.ts';
import type { Bucket } from './zone.ts';

/** A trend series as a value of each user. */
export interface UserMeasure {
  /** A mean over users, the share of users, or a quotient of two sums over users. */
  kind: 'mean' | 'proportion' | 'ratio';
  /** Event types that it reads, the exposures included. */
  types: readonly string[];
  value: (user: string, span: Bucket) => { numerator: number; denominator: number };
}

export const EXPOSURE = 'experiment_exposure';

export function userMeasureOf(series: Series, question: Question): UserMeasure {
  const { measure = 'events' } = series;
  const build = MEASURES[measure];
  if (!build) throw new Refused(`${measure} is no value of one user`);
  const refs: EventRef[] = [];
  // first only to learn what it reads, as that decides which filters an event type is left untouched by
  build({ series, question, pick: (ref) => (refs.push(ref), () => []) });
  const stored = new Set(question.rows.map(({ type }) => type));
  const read = [...stored].filter((type) => refs.some((ref) => namesType(ref, type)));
  const named = refs.flatMap(({ event, anyOf = [] }) => [event, ...anyOf.map((inner) => inner.event)]);
  const types = [...new Set([EXPOSURE, ...read, ...named.filter((type) => type != null)])];
  return {
    ...build({ series, question, pick: (ref, ignores) => pickOf(ref, { question, types }, ignores) }),
    types,
  };
}

const namesType = ({ event, anyOf }: EventRef, type: string): boolean =>
  anyOf ? anyOf.some((inner) => namesType(inner, type)) : event == null || event === type;

type Built = Omit<UserMeasure, 'types'>;

type Pick = (user: string, span: Bucket) => Row[];

interface Scene {
  series: Series;
  question: Question;
  pick: (ref: EventRef, ignores?: Ignores) => Pick;
}

function pickOf(
  ref: EventRef,
  { question, types }: { question: Question; types: readonly string[] },
  ignores: Ignores = IGNORES_NOTHING,
): Pick {
  const { filters = [], ...named } = ref;
  const rows = question.rows.filter(
    (row) =>
      fits(named, row) &&
      question.takesApartFrom(
        row,
        filters,
        (property) => ignores(property) || question.cannotHave(row.type, property, types),
      ),
  );
  return (user, span) => rows.filter((row) => row.user === user && inSpan(row, span));
}

const mean = (number: (user: string, span: Bucket) => number): Built => ({
  kind: 'mean',
  value: (user, span) => ({ numerator: number(user, span), denominator: 1 }),
});

const proportion = (events: Pick): Built => ({
  kind: 'proportion',
  value: (user, span) => ({ numerator: usersOf(events(user, span)).size, denominator: 1 }),
});

const ratio = (
  numerator: (user: string, span: Bucket) => number,
  denominator: (user: string, span: Bucket) => number,
): Built => ({
  kind: 'ratio',
  value: (user, span) => ({ numerator: numerator(user, span), denominator: denominator(user, span) }),
});

const count =
  (pick: Pick) =>
  (user: string, span: Bucket): number =>
    pick(user, span).length;

const numbers = (rows: readonly Row[], property: string): number[] =>
  rows.map((row) => numberOf(row, property)).filter((number) => number !== null);

const MEASURES: Readonly<Record<string, (scene: Scene) => Built>> = {
  events: ({ series, pick }) => mean(count(pick(series))),
  users: ({ series, pick }) => proportion(pick(series)),
  sum: ({ series, pick }) => {
    const events = pick(series);
    return mean((user, span) => exactSum(numbers(events(user, span), series.property ?? '')));
  },
  mean: ({ series, pick }) => {
    const events = pick(series);
    const own = (user: string, span: Bucket) => numbers(events(user, span), series.property ?? '');
    return ratio(
      (user, span) => exactSum(own(user, span)),
      (user, span) => own(user, span).length,
    );
  },
  ratio: ({ series, pick }) => ratio(count(pick(series)), count(pick(series.of ?? { event: null }))),
  active_users: ({ series, pick }) => proportion(pick(typed(series, null))),
  feature_adoption: ({ series, pick }) => proportion(pick(typed(series, 'feature_usage'))),
  revenue_per_user: ({ series, pick }) => {
    const payments = pick(typed(series, 'payment'));
    return mean((user, span) => exactSum(numbers(payments(user, span), 'amount')));
  },
  error_rate: ({ series, pick }) => {
    const all = typed(series, 'performance_metric');
    return ratio(count(pick(narrowed(all, 'success', false))), count(pick(all)));
  },
  follow_up_rate: ({ series, pick }) => {
    const prompts = narrowed(typed(series, 'chat_interaction'), 'message_type', 'user_prompt');
    return ratio(count(pick(narrowed(prompts, 'is_follow_up', true))), count(pick(prompts)));
  },
  captured_reactions: ({ series, pick }) => mean(count(pick(typed(series, 'reaction_captured')))),
  completed_sessions: ({ series, pick }) => {
    const completed = pick(typed(series, 'session_completed'));
    return mean((user, span) => runsOf(completed(user, span)).size);
  },
  state_share: ({ series, pick }) => {
    const ref = typed(series, 'reaction_captured');
    return ratio(count(pick(ref)), count(pick(ref, (property) => property === 'state')));
  },
  capture_rate: ({ series, question }) => {
    const { completions, pairs } = practicesOf(question, series.filters ?? []);
    const ofUser = (rows: readonly Row[], user: string, span: Bucket) =>
      runsOf(rows.filter((row) => row.user === user && inSpan(row, span))).size;
    const captured = pairs.map(({ completion }) => completion);
    return ratio(
      (user, span) => ofUser(captured, user, span),
      (user, span) => ofUser(completions, user, span),
    );
  },
};

const typed = ({ filters = [] }: Series, type: string | null): EventRef => ({ event: type, filters });

const narrowed = (ref: EventRef, property: string, value: string | boolean): EventRef => ({
  ...ref,
  filters: [...(ref.filters ?? []), { property, op: 'is', value }],
});
