import type { AnswerOf, TrendLine } from '../../../shared/query/answer.ts';
import { bucketNames, partialFlags } from '../../state/trend-columns.ts';
import { COURSE } from './questions.ts';

/** The capture rate of a master by week: all sessions beside what their practices lead to expect, new people, returning. */

export interface CourseLine {
  values: (number | null)[];
  low: (number | null)[];
  high: (number | null)[];
  captured: (number | null)[];
  n: (number | null)[];
}

export interface Course {
  dates: string[];
  isPartial: boolean[];
  all: CourseLine;
  /** By the practice mix of each week. */
  expected: (number | null)[];
  fresh: CourseLine;
  returning: CourseLine;
}

interface CourseAnswers {
  all: AnswerOf<'trend'>;
  fresh: AnswerOf<'trend'>;
  returning: AnswerOf<'trend'>;
}

export function courseOf({ all, fresh, returning }: CourseAnswers, id: string): Course {
  const { buckets } = all.result;
  const own = all.result.series.filter(({ breakdown }) => breakdown === id);
  const named = (name: string): TrendLine | undefined => own.find((line) => line.name === name);
  const rates = lineOf(named(COURSE.rate), buckets.length);
  const impact = named(COURSE.impact)?.data ?? [];
  return {
    dates: bucketNames(buckets, all.zone),
    isPartial: partialFlags(buckets, all),
    all: rates,
    expected: rates.values.map((rate, index) => {
      const difference = impact[index] ?? null;
      return rate === null || difference === null ? null : rate - difference;
    }),
    fresh: lineOf(fresh.result.series[0], buckets.length),
    returning: lineOf(returning.result.series[0], buckets.length),
  };
}

function lineOf(line: TrendLine | undefined, length: number): CourseLine {
  const nothing = Array.from({ length }, () => null);
  return {
    values: line?.data ?? nothing,
    low: line?.low ?? nothing,
    high: line?.high ?? nothing,
    captured: line?.numerator ?? nothing,
    n: line?.denominator ?? nothing,
  };
}
