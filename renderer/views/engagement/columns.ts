import type { AnswerOf } from '../../../shared/query/answer.ts';
import { capitalise } from '../../state/event-names.ts';
import { trendGroups } from '../../state/trend-columns.ts';
import { SERIES } from './questions.ts';

/** Answers of the Engagement view as rows. */

export interface ErrorRow {
  name: string;
  count: number;
  /** Of all errors. */
  share: number | null;
  previousCount: number | null;
  previousShare: number | null;
}

export interface ModelRow {
  name: string;
  prompts: number;
  p50Ms: number | null;
  p95Ms: number | null;
  followUps: number;
  followUpRate: number | null;
  tokens: number | null;
}

export interface ThreadEnd {
  action: string;
  label: string;
  count: number;
  share: number;
}

const NO_NAME = '(none)';

export function errorRows(answer: AnswerOf<'trend'>): ErrorRow[] {
  const groups = trendGroups(answer).map(({ value, columnOf }) => {
    const column = columnOf(SERIES.errors);
    return {
      name: typeof value === 'string' ? value : NO_NAME,
      count: column?.total ?? 0,
      previous: column?.previous?.total ?? (answer.result.previousBuckets === undefined ? null : 0),
    };
  });
  const sum = groups.reduce((total, { count }) => total + count, 0);
  const sumBefore = groups.reduce((total, { previous }) => total + (previous ?? 0), 0);
  return groups.map(({ name, count, previous }) => ({
    name,
    count,
    share: sum === 0 ? null : count / sum,
    previousCount: previous,
    previousShare: previous === null || sumBefore === 0 ? null : previous / sumBefore,
  }));
}

export const modelRows = (answer: AnswerOf<'trend'>): ModelRow[] =>
  trendGroups(answer)
    .map(({ value, columnOf }): ModelRow => {
      const followUps = columnOf(SERIES.followUps);
      return {
        name: typeof value === 'string' ? value : NO_NAME,
        prompts: columnOf(SERIES.prompts)?.total ?? 0,
        p50Ms: columnOf(SERIES.p50)?.total ?? null,
        p95Ms: columnOf(SERIES.p95)?.total ?? null,
        followUps: followUps?.totalNumerator ?? 0,
        followUpRate: followUps?.total ?? null,
        tokens: columnOf(SERIES.tokens)?.total ?? null,
      };
    })
    .filter(({ prompts, p50Ms }) => prompts > 0 || p50Ms !== null);

/** How threads ended, most frequent first. */
export function threadEnds(answer: AnswerOf<'trend'>): ThreadEnd[] {
  const groups = trendGroups(answer).map(({ value, columnOf }) => ({
    action: typeof value === 'string' ? value : NO_NAME,
    count: columnOf(SERIES.threads)?.total ?? 0,
  }));
  const sum = groups.reduce((total, { count }) => total + count, 0);
  return groups
    .filter(({ count }) => count > 0)
    .map(({ action, count }) => ({ action, label: labelOf(action), count, share: count / sum }));
}

const labelOf = (action: string): string =>
  action === 'continued' ? 'Continued later' : capitalise(action.replaceAll('_', ' '));
