import { METRIC_FORMULAS } from '../domain/metric-formulas.ts';
import { isMetricId } from '../domain/metrics.ts';
import type { Answer, SessionsContent, TrendResult } from '../query/answer.ts';
import type { FunnelContent } from '../query/kind-answers.ts';
import type { QuerySpecInput } from '../query/spec.ts';
import { variantsOf } from './expanded.ts';
import { placeOf } from './export-table.ts';

/**
 * How many people stand behind each row of an export: answers that do not count people themselves are asked once more
 * for distinct users, with the same dates, filters and groups.
 */

type SpecOf<Kind extends QuerySpecInput['kind']> = Extract<QuerySpecInput, { kind: Kind }>;

export interface PeopleQuestion {
  spec: QuerySpecInput;
  /** Adds what the answer says to the people by place. */
  read: (answer: Answer, peopleByPlace: Map<string, number>) => void;
}

const MOST_GROUPS = 10_000; // what a question accepts

/** Empty where every row counts people, or nobody can say. */
export function peopleQuestions(spec: QuerySpecInput, answer: Answer): PeopleQuestion[] {
  if (spec.kind === 'trend' && answer.kind === 'trend') return [trendPeople(spec, answer.result)];
  if (spec.kind === 'states') return statesPeople(spec);
  if (spec.kind === 'funnel') return funnelPeople(spec);
  if (spec.kind === 'sessions') return sessionsPeople(spec);
  return [];
}

function trendPeople(spec: SpecOf<'trend'>, result: TrendResult): PeopleQuestion {
  const { formulas, ...rest } = spec;
  const names = [...new Set(result.series.map(({ name }) => name))];
  const isOnePerSeries = (formulas ?? []).length === 0 && names.length === spec.series.length;
  return {
    spec: {
      ...rest,
      ...(spec.breakdown == null ? {} : { breakdown: { ...spec.breakdown, limit: MOST_GROUPS } }),
      series: spec.series.map(({ measure = 'events', event, filters, anyOf, of }, index) => ({
        name: `p${index}`,
        measure: 'users',
        ...(of ?? {
          ...(anyOf === undefined
            ? { event: event ?? (isMetricId(measure) ? METRIC_FORMULAS[measure].base : null) }
            : { anyOf }),
          ...(filters === undefined ? {} : { filters }),
        }),
      })),
    },
    read: (answer, people) => {
      if (answer.kind !== 'trend') return;
      const { series, buckets, previousBuckets = [] } = answer.result;
      for (const line of series) {
        const own = isOnePerSeries ? [names[Number(line.name.slice(1))] ?? ''] : names;
        const starts = line.compare === 'previous' ? previousBuckets : buckets;
        const counts = [...line.data.map((count, index) => [starts[index] ?? '', count] as const)];
        for (const [at, count] of [...counts, ['whole range', line.total] as const])
          for (const name of own)
            keepSmaller(people, placeOf(name, line.breakdown ?? null, line.compare, at), count);
      }
    },
  };
}

function keepSmaller(people: Map<string, number>, place: string, count: number | null): void {
  if (count !== null) people.set(place, Math.min(count, people.get(place) ?? Infinity));
}

function statesPeople(spec: SpecOf<'states'>): PeopleQuestion[] {
  if (spec.breakdown != null) return [];
  const { groupBy = 'practice_id', kind: _, interval, ...common } = spec;
  const ask = (event: string, properties: string[]): QuerySpecInput => ({
    kind: 'trend',
    ...common,
    ...(interval === undefined ? { display: 'total' } : { interval }),
    series: [{ event, measure: 'users' }],
    breakdown: properties.length === 0 ? null : { property: properties, limit: MOST_GROUPS },
  });
  const question = (event: string, properties: string[], place: PlaceOf): PeopleQuestion => ({
    spec: ask(event, properties),
    read: (answer, people) => {
      if (answer.kind !== 'trend') return;
      readLines(answer.result, interval !== undefined, people, place);
    },
  });
  return [
    question('session_completed', [groupBy], ([group], ...at) => placeOf('completed', group ?? null, ...at)),
    question('session_completed', [], (_values, ...at) => placeOf('completed', 'all', ...at)),
    question('reaction_captured', [groupBy, 'state'], ([group, state], ...at) =>
      placeOf('reactions', group ?? null, state, ...at),
    ),
    question('reaction_captured', ['state'], ([state], ...at) => placeOf('reactions', 'all', state, ...at)),
  ];
}

type PlaceOf = (values: readonly (string | null)[], compare: string, at: string) => string;

function readLines(
  result: TrendResult,
  hasBuckets: boolean,
  people: Map<string, number>,
  place: PlaceOf,
): void {
  for (const { breakdown = null, compare, data, total } of result.series) {
    const values = Array.isArray(breakdown) ? breakdown : [breakdown];
    const starts = compare === 'previous' ? (result.previousBuckets ?? []) : result.buckets;
    const counts = hasBuckets
      ? data.map((count, index) => [starts[index] ?? '', count] as const)
      : [['whole range', total] as const];
    for (const [at, count] of counts) if (count !== null) people.set(place(values, compare, at), count);
  }
}

/** The same steps by people; who did a step as several units counts once. */
function funnelPeople(spec: SpecOf<'funnel'>): PeopleQuestion[] {
  if ((spec.unit ?? 'user') === 'user') return [];
  return [
    {
      spec: { ...spec, unit: 'user' },
      read: (answer, people) => {
        if (answer.kind !== 'funnel') return;
        for (const { content, value, compare } of variantsOf<FunnelContent>(answer.result)) {
          if ('steps' in content)
            content.steps.forEach(({ count }, index) =>
              people.set(placeOf('step', value ?? null, compare, index), count),
            );
          if ('entered' in content)
            content.buckets.forEach((at, index) =>
              people.set(placeOf('entered', value ?? null, compare, at), content.entered[index] ?? 0),
            );
        }
      },
    },
  ];
}

function sessionsPeople(spec: SpecOf<'sessions'>): PeopleQuestion[] {
  return [
    {
      spec: { ...spec, measures: ['users'] },
      read: (answer, people) => {
        if (answer.kind !== 'sessions') return;
        for (const { content, value, compare } of variantsOf<SessionsContent>(answer.result)) {
          (content.buckets ?? ['whole range']).forEach((at, index) => {
            const { users } = content;
            const count = typeof users === 'object' && users !== null ? users[index] : users;
            if (count != null) people.set(placeOf('users', value ?? null, compare, at), count);
          });
        }
      },
    },
  ];
}
