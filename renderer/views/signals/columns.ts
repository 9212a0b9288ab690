import type { AnswerOf } from '../../../shared/query/answer.ts';
import type { ListedRate } from '../../parts/IntervalList.tsx';
import { ABANDONED_PENALTY, SMALL_SAMPLE } from '../../state/display-settings.ts';
import { type TrendColumns, trendColumns, trendGroups } from '../../state/trend-columns.ts';
import { GOAL_ANSWERS, type GoalAnswer, SERIES, withoutAnswer } from './questions.ts';

/** Signals as what they are made of, so that the penalty can be moved without asking again. */

export interface SignalCounts {
  starts: number;
  /** Starts without an end. */
  abandoned: number;
  /** Finished pairs with both confidences, and the sum of their differences. */
  pairs: number;
  pairSum: number;
  /** Starts by the answer of their end. */
  answers: Record<GoalAnswer, number>;
  /** Ended without an answer. */
  unanswered: number;
}

export interface SignalColumns {
  columns: TrendColumns;
  buckets: SignalCounts[];
  total: SignalCounts;
  previousTotal: SignalCounts | null;
  experience: { mean: number | null; n: number };
}

/** Lift of all starts when an abandoned one counts `penalty`; null without any. */
export const liftAt = ({ pairs, pairSum, abandoned }: SignalCounts, penalty: number): number | null =>
  pairs + abandoned === 0 ? null : (pairSum + penalty * abandoned) / (pairs + abandoned);

export const pairLift = ({ pairs, pairSum }: SignalCounts): number | null =>
  pairs === 0 ? null : pairSum / pairs;

/** (yes + ½ partly) ÷ starts. */
export const goalCompletion = ({ answers, starts }: SignalCounts): number | null =>
  starts === 0 ? null : (answers.yes + PARTLY_SHARE * answers.partly) / starts;

const PARTLY_SHARE = 0.5; // DATA §4: a goal met partly counts one half

/** Where the lift of all starts is zero; null where no penalty does that. */
export const zeroPenalty = ({ abandoned, pairSum }: SignalCounts): number | null =>
  abandoned === 0 ? null : -pairSum / abandoned;

export function signalColumns(answer: AnswerOf<'trend'>): SignalColumns {
  const columns = trendColumns(answer);
  const experience = columns.columnOf(SERIES.experience);
  const sides = (name: string, index: number | null, side: 'current' | 'previous' = 'current') => {
    const found = columns.columnOf(name);
    const column = side === 'current' ? found : (found?.previous ?? null);
    return index === null
      ? { above: column?.totalNumerator ?? 0, below: column?.totalDenominator ?? 0 }
      : { above: column?.numerator[index] ?? 0, below: column?.denominator[index] ?? 0 };
  };
  const hasPrevious = columns.columnOf(SERIES.lift)?.previous != null;
  return {
    columns,
    buckets: columns.dates.map((_, index) => countsOf((name) => sides(name, index))),
    total: countsOf((name) => sides(name, null)),
    previousTotal: hasPrevious ? countsOf((name) => sides(name, null, 'previous')) : null,
    experience: { mean: experience?.total ?? null, n: experience?.totalDenominator ?? 0 },
  };
}

/** The lift counts abandoned starts with −1 each; taken out, the pairs are left. */
function countsOf(sides: (name: string) => { above: number; below: number }): SignalCounts {
  const lift = sides(SERIES.lift);
  const { above: abandoned, below: starts } = sides(SERIES.abandoned);
  const answers = Object.fromEntries(
    GOAL_ANSWERS.map((answer) => [answer, starts - sides(withoutAnswer(answer)).above]),
  ) as Record<GoalAnswer, number>; // one entry per answer
  return {
    starts,
    abandoned,
    pairs: lift.below - abandoned,
    pairSum: lift.above - ABANDONED_PENALTY * abandoned,
    answers,
    unanswered: starts - abandoned - answers.yes - answers.partly - answers.no,
  };
}

export interface GoalRow extends ListedRate {
  abandoned: number;
  completion: number | null;
}

/** Abandonment by goal, most frequent goal first. */
export const goalRows = (answer: AnswerOf<'trend'>): GoalRow[] =>
  trendGroups(answer)
    .map(({ value, columnOf }): GoalRow => {
      const column = columnOf(SERIES.abandoned);
      const n = column?.totalDenominator ?? 0;
      return {
        id: typeof value === 'string' ? value : '(none)',
        name: typeof value === 'string' ? value.charAt(0).toUpperCase() + value.slice(1) : 'No goal given',
        value: column?.total ?? null,
        low: column?.totalLow ?? null,
        high: column?.totalHigh ?? null,
        n,
        isSmall: n < SMALL_SAMPLE,
        abandoned: column?.totalNumerator ?? 0,
        completion: columnOf(SERIES.goal)?.total ?? null,
      };
    })
    .filter(({ n }) => n > 0)
    .toSorted((a, b) => b.n - a.n);
