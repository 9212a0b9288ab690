import { type ExpectedRange, expectedRange } from '../../shared/alerts/expected.ts';
import { watchedSeries } from '../../shared/alerts/series-of.ts';
import type { AnswerOf } from '../../shared/query/answer.ts';
import { bucketNames } from './trend-columns.ts';

/** Days before the dates that an expectation looks back on: four weeks, the last day left out. */
export const HISTORY_DAYS = 30;

/** What was to be expected of each bucket of a capture rate, by its name: the range that alerts judge by. */
export function expectedRanges(
  answer: AnswerOf<'trend'>,
  interval: 'hour' | 'day',
): ReadonlyMap<string, ExpectedRange> {
  const series = watchedSeries({ measure: 'capture_rate', state: null, filters: [], interval }, answer);
  const names = bucketNames(answer.result.buckets, answer.zone);
  return new Map(
    names.flatMap((name, index) => {
      const range = expectedRange(series, index);
      return range === null ? [] : [[name, range] as const];
    }),
  );
}
