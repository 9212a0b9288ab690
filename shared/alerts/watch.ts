import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { Answer, AnswerOf, TrendLine } from '../query/answer.ts';
import type { QuerySpecInput } from '../query/spec.ts';
import { questionOf, type QuestionFrame } from './question.ts';
import { Subject } from './rule.ts';
import { watchedSeries } from './series-of.ts';
import { WatchedSeries } from './series.ts';

/** One entry of the watch list: a subject, whole or once per value of a property. */
export const WatchItem = z.strictObject({
  itemId: z.string().min(1).max(64),
  subject: Subject,
  splitBy: z.string().min(1).max(256).nullable().default(null),
});
export type WatchItem = z.infer<typeof WatchItem>;

/** One series of an item; `key` is the value of the property it was split by. */
export const Observation = z.strictObject({ key: z.string().max(256).nullable(), series: WatchedSeries });
export type Observation = z.infer<typeof Observation>;

const MOST_SERIES = 50; // of one item; the smallest have too few events to judge anyway

/** Shares of all states are one item: they sum to 1 and are judged together. */
export const isAllStates = ({ subject, splitBy }: WatchItem): boolean =>
  'measure' in subject && subject.measure === 'state_share' && subject.state === null && splitBy === null;

export function itemQuestion(item: WatchItem, frame: QuestionFrame): QuerySpecInput {
  const { subject, splitBy } = item;
  if (isAllStates(item) && 'measure' in subject) {
    const { environment, range } = frame;
    const { interval, filters } = subject;
    return { kind: 'states', environment, range, interval, filters, groupBy: 'practice_id' };
  }
  const question = questionOf(subject, frame);
  if (splitBy === null) return question;
  return { ...question, breakdown: { property: splitBy, limit: MOST_SERIES } };
}

export function observationsOf(item: WatchItem, answer: Answer): Observation[] {
  if (isAllStates(item)) return stateObservations(item, answer);
  if (item.splitBy === null) return [{ key: null, series: watchedSeries(item.subject, answer) }];
  if (answer.kind !== 'trend') throw new AppError('bad-input', 'splitBy: only a trend can be split');
  return linesByValue(answer).map(([key, series]) => {
    const alone: AnswerOf<'trend'> = { ...answer, result: { buckets: answer.result.buckets, series } };
    return { key, series: watchedSeries(item.subject, alone) };
  });
}

function linesByValue({ result }: AnswerOf<'trend'>): [string, TrendLine[]][] {
  const byValue = new Map<string, TrendLine[]>();
  for (const line of result.series) {
    const value = Array.isArray(line.breakdown) ? line.breakdown[0] : line.breakdown;
    if (value == null) continue; // "(none)" is a mixture of everything that was not said
    byValue.set(value, [...(byValue.get(value) ?? []), line]);
  }
  return [...byValue];
}

/** One series per state, k its reactions of n all reactions. */
function stateObservations({ subject }: WatchItem, answer: Answer): Observation[] {
  if (answer.kind !== 'states' || !('buckets' in answer.result))
    throw new AppError('internal', 'states over time were answered with another kind');
  const { buckets, total } = answer.result;
  return total.states.map(({ state, count, value }) => {
    const line: TrendLine = { name: state, compare: 'current', data: value, total: null };
    const series = [{ ...line, numerator: count, denominator: total.n }];
    const { result: _, ...envelope } = answer;
    return {
      key: state,
      series: watchedSeries(subject, { ...envelope, kind: 'trend', result: { buckets, series } }),
    };
  });
}

const hourly = (measure: Extract<Subject, { measure: unknown }>['measure']): Subject => ({
  measure,
  filters: [],
  state: null,
  interval: 'hour',
});

/** What is watched where nobody chose otherwise. Volume is sessions, not events: those come in bursts, a session at a time. */
export const DEFAULT_WATCH: readonly WatchItem[] = [
  { itemId: 'capture-rate', subject: hourly('capture_rate'), splitBy: null },
  { itemId: 'capture-rate-by-practice', subject: hourly('capture_rate'), splitBy: 'practice_id' },
  { itemId: 'capture-rate-by-master', subject: hourly('capture_rate'), splitBy: 'master_id' },
  { itemId: 'capture-rate-by-release', subject: hourly('capture_rate'), splitBy: 'app_version' },
  { itemId: 'capture-rate-by-locale', subject: hourly('capture_rate'), splitBy: 'locale' },
  { itemId: 'states', subject: hourly('state_share'), splitBy: null },
  { itemId: 'volume', subject: hourly('completed_sessions'), splitBy: null },
  { itemId: 'latency', subject: hourly('latency_p95'), splitBy: null },
  { itemId: 'error-rate', subject: hourly('error_rate'), splitBy: null },
];
