import type { AnswerOf, RateWithInterval } from '../../../shared/query/answer.ts';
import { SMALL_SAMPLE } from '../../state/display-settings.ts';
import { bucketNames, partialFlags } from '../../state/trend-columns.ts';
import { type MasterRow, masterRows, type StatesGroup, type StatesGroups } from '../practices/columns.ts';
import type { Sort } from '../../state/address.ts';

/** Answers as the rows of the list and of the charts beside it. */

export interface ListedMaster {
  /** null: no master. */
  id: string | null;
  group: StatesGroup;
  impact: RateWithInterval;
  expected: number | null;
  comparable: number | null;
  practices: number | null;
  /** Sessions of new people ÷ sessions of known people. */
  newShare: { count: number; n: number } | null;
  /** Capture rate by week; null without sessions. */
  course: (number | null)[];
  isSmall: boolean;
}

interface ListInput {
  impact: AnswerOf<'trend'>;
  states: StatesGroups;
  pairs: AnswerOf<'trend'> | null;
  course: AnswerOf<'states'> | null;
  fresh: StatesGroups | null;
  returning: StatesGroups | null;
}

export function listedMasters({
  impact,
  states,
  pairs,
  course,
  fresh,
  returning,
}: ListInput): ListedMaster[] {
  const impacts = masterRows(impact, states);
  return states.rows
    .filter(({ completed, n }) => completed > 0 || n > 0)
    .map((group): ListedMaster => {
      const found = impacts.find(({ id }) => id === group.id);
      const value = found?.impact.value ?? null;
      return {
        id: group.id,
        group,
        impact: found?.impact ?? NOTHING,
        expected: group.rate.value === null || value === null ? null : group.rate.value - value,
        comparable: found?.comparable ?? null,
        practices: pairs === null ? null : practicesOf(pairs, group.id),
        newShare: fresh === null || returning === null ? null : newShareOf(group.id, fresh, returning),
        course: course === null ? [] : courseOf(course, group.id),
        isSmall: group.completed < SMALL_SAMPLE,
      };
    });
}

const NOTHING: RateWithInterval = { value: null, low: null, high: null };

function practicesOf({ result }: AnswerOf<'trend'>, master: string | null): number {
  return result.series.filter(
    ({ breakdown, compare, total }) =>
      compare === 'current' && Array.isArray(breakdown) && breakdown[0] === master && (total ?? 0) > 0,
  ).length;
}

function newShareOf(
  id: string | null,
  fresh: StatesGroups,
  returning: StatesGroups,
): { count: number; n: number } {
  const completed = ({ rows }: StatesGroups): number => rows.find((row) => row.id === id)?.completed ?? 0;
  return { count: completed(fresh), n: completed(fresh) + completed(returning) };
}

function courseOf({ result }: AnswerOf<'states'>, id: string | null): (number | null)[] {
  if (!('buckets' in result)) return [];
  return result.rows.find(({ value }) => value === id)?.captureRate.value ?? result.buckets.map(() => null);
}

/** In the asked order; "no master" closes the list, and what is not defined comes last. */
export function sortMasters(
  rows: readonly ListedMaster[],
  { key, descending }: Sort,
  nameOf: (id: string | null) => string,
): ListedMaster[] {
  const sign = descending ? -1 : 1;
  return rows.toSorted((a, b) => {
    if (a.id === null || b.id === null) return Number(a.id === null) - Number(b.id === null);
    if (key === 'practice') return sign * nameOf(a.id).localeCompare(nameOf(b.id), 'en');
    const [one, other] = [sortValue(a, key), sortValue(b, key)];
    if (one === null || other === null) return Number(one === null) - Number(other === null);
    return sign * (one - other);
  });
}

function sortValue({ group, impact }: ListedMaster, key: string): number | null {
  if (key === 'difference') return impact.value;
  if (key === 'capture') return group.rate.value;
  if (key === 'n') return group.completed;
  return group.states.find(({ name }) => `state:${name.id}` === key)?.share.value ?? null;
}

/** Beyond chance, and of enough sessions to say so. */
export const isClear = ({
  impact: { low, high },
  isSmall,
}: Pick<ListedMaster, 'impact' | 'isSmall'>): boolean =>
  !isSmall && low !== null && high !== null && (low > 0 || high < 0);

export interface ImpactCourse {
  dates: string[];
  isPartial: boolean[];
  rows: {
    id: string | null;
    values: (number | null)[];
    low: (number | null)[];
    high: (number | null)[];
    n: (number | null)[];
  }[];
}

export function impactCourse(answer: AnswerOf<'trend'>): ImpactCourse {
  const { buckets, series } = answer.result;
  return {
    dates: bucketNames(buckets, answer.zone),
    isPartial: partialFlags(buckets, answer),
    rows: series
      .filter(({ compare }) => compare === 'current')
      .map(({ breakdown, data, low = [], high = [], denominator = [] }) => ({
        id: typeof breakdown === 'string' ? breakdown : null,
        values: data,
        low,
        high,
        n: denominator,
      })),
  };
}

export interface NewAndReturning {
  id: string;
  fresh: MasterRow | null;
  returning: MasterRow | null;
}

/** The difference among new people, and among returning ones. */
export function newAndReturning(fresh: AnswerOf<'trend'>, returning: AnswerOf<'trend'>): NewAndReturning[] {
  const [ofNew, ofReturning] = [masterRows(fresh, null), masterRows(returning, null)];
  const ids = new Set([...ofNew, ...ofReturning].flatMap(({ id }) => (id === null ? [] : [id])));
  return [...ids].map((id) => ({
    id,
    fresh: ofNew.find((row) => row.id === id) ?? null,
    returning: ofReturning.find((row) => row.id === id) ?? null,
  }));
}

/** In the order of the list; who is not in it comes last. */
export function inOrderOf<Row extends { id: string | null }>(
  rows: readonly Row[],
  list: readonly Pick<ListedMaster, 'id'>[],
): Row[] {
  const places = new Map(list.map(({ id }, index) => [id, index]));
  const placeOf = ({ id }: Row): number => places.get(id) ?? list.length;
  return rows.toSorted((a, b) => placeOf(a) - placeOf(b));
}
