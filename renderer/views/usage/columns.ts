import type { AnswerOf, SessionsContent } from '../../../shared/query/answer.ts';
import { type ComparedColumn, trendGroups } from '../../state/trend-columns.ts';
import { SERIES } from './questions.ts';

/** Answers of the Usage view as rows. */

export interface PageRow {
  page: string;
  views: number;
  users: number;
  previousViews: number | null;
}

/** Pages by views; those that were only seen before close the list. */
export function pageRows(answer: AnswerOf<'trend'>): PageRow[] {
  const isCompared = answer.result.series.some(({ compare }) => compare === 'previous');
  return trendGroups(answer).flatMap(({ value, columnOf }): PageRow[] => {
    const views = columnOf(SERIES.views);
    const page = typeof value === 'string' ? value : NO_PAGE;
    const previous = views?.previous?.total ?? (isCompared ? 0 : null);
    if ((views?.total ?? 0) === 0 && (previous ?? 0) === 0) return [];
    return [
      { page, views: views?.total ?? 0, users: columnOf(SERIES.users)?.total ?? 0, previousViews: previous },
    ];
  });
}

const NO_PAGE = '(none)';

export interface ReferrerRow {
  /** null: sessions that began without one. */
  referrer: string | null;
  sessions: number;
  users: number;
  share: number | null;
  previousShare: number | null;
  bounceRate: number | null;
}

export interface Referrers {
  rows: ReferrerRow[];
  sessions: number;
}

/** A session takes its referrer from its first event. */
export function referrersOf({ result }: AnswerOf<'sessions'>): Referrers {
  const all = countIn(result.sessions);
  const before = result.previous;
  const allBefore = before === undefined ? null : countIn(before.sessions);
  const sessionsBefore = new Map(
    (before?.breakdowns ?? []).map(({ value, sessions }) => [JSON.stringify(value), countIn(sessions)]),
  );
  const rows = (result.breakdowns ?? []).map((group): ReferrerRow => {
    const sessions = countIn(group.sessions);
    return {
      referrer: typeof group.value === 'string' ? group.value : null,
      sessions,
      users: countIn(group.users),
      share: all === 0 ? null : sessions / all,
      previousShare:
        allBefore === null || allBefore === 0
          ? null
          : (sessionsBefore.get(JSON.stringify(group.value)) ?? 0) / allBefore,
      bounceRate: typeof group.bounce_rate === 'number' ? group.bounce_rate : null,
    };
  });
  const named = rows.filter(({ referrer }) => referrer !== null);
  return { rows: [...named, ...rows.filter(({ referrer }) => referrer === null)], sessions: all };
}

const countIn = (value: SessionsContent['sessions']): number => (typeof value === 'number' ? value : 0);

/** Over buckets that are complete: a day that is still filling would pull the mean down. */
export function meanOverComplete(
  column: ComparedColumn | null,
  isPartial: readonly boolean[],
): number | null {
  const known = (column?.values ?? []).filter((value, index) => value !== null && isPartial[index] !== true);
  return known.length === 0
    ? null
    : known.reduce<number>((sum, value) => sum + (value ?? 0), 0) / known.length;
}

/** All numerators over all denominators of complete buckets. */
export function ratioOverComplete(
  column: ComparedColumn | null,
  isPartial: readonly boolean[],
): number | null {
  const over = (side: readonly (number | null)[]): number =>
    side.reduce<number>((sum, value, index) => sum + (isPartial[index] === true ? 0 : (value ?? 0)), 0);
  const below = over(column?.denominator ?? []);
  return below === 0 ? null : over(column?.numerator ?? []) / below;
}
