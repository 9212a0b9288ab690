import { AppError } from '../errors.ts';
import type { Answer, AnswerOf, TrendLine } from '../query/answer.ts';
import { bucketEndMs, bucketLabel, type Calendar } from '../time/buckets.ts';
import { createZone } from '../time/zone.ts';
import { kindOfSubject } from './question.ts';
import type { Subject } from './rule.ts';
import type { BucketState, WatchedSeries } from './series.ts';

type Columns = Pick<WatchedSeries, 'values' | 'numerators' | 'denominators'>;

/** The series of a subject from the answer to its question, every bucket with what keeps it from being judged. */
export function watchedSeries(subject: Subject, answer: Answer): WatchedSeries {
  const { buckets, columns } = columnsOf(subject, answer);
  const calendar: Calendar = { zone: createZone(answer.zone), weekStart: 'monday' };
  const startMs = buckets.map((bucket) => Date.parse(bucket));
  const endMs = startMs.map((start) => bucketEndMs(calendar, subject.interval, start));
  const open = new Set(answer.partial);
  const completeToMs = answer.completeTo === null ? Infinity : Date.parse(answer.completeTo);
  const isLate = answer.lateSources.length > 0;
  const gaps = answer.gaps.map(({ from, to }) => ({ fromMs: Date.parse(from), toMs: Date.parse(to) }));
  const states = startMs.map((start, index): BucketState => {
    if (open.has(bucketLabel(calendar, subject.interval, start))) return 'partial';
    // a source within its target is merely not done with the newest bucket; past it the bucket is late
    if ((endMs[index] as number) > completeToMs) return isLate ? 'late' : 'partial';
    if (columns.values[index] == null) return 'gap';
    return gaps.some(({ fromMs, toMs }) => fromMs < (endMs[index] as number) && toMs > start)
      ? 'gap'
      : 'complete';
  });
  const { zone, completeTo } = answer;
  const lateSources = answer.lateSources.map(({ name }) => name);
  return { startMs, endMs, ...columns, states, zone, completeTo, lateSources };
}

function columnsOf(subject: Subject, answer: Answer): { buckets: string[]; columns: Columns } {
  switch (answer.kind) {
    case 'trend':
      return { buckets: answer.result.buckets, columns: trendColumns(subject, answer) };
    case 'funnel': {
      const { result } = answer;
      if (!('entered' in result)) break;
      const { buckets, entered, converted, rate } = result;
      return { buckets, columns: { values: rate, numerators: converted, denominators: entered } };
    }
    case 'retention':
      return retentionColumns('column' in subject ? subject.column : 1, answer);
    case 'sessions': {
      const { buckets, sessions } = answer.result;
      if (buckets === undefined || !Array.isArray(sessions)) break;
      return { buckets, columns: { values: sessions, numerators: null, denominators: null } };
    }
    case 'lifecycle': {
      const { buckets, new: fresh } = answer.result;
      return { buckets, columns: { values: fresh, numerators: null, denominators: null } };
    }
    default:
      break;
  }
  throw new AppError(
    'bad-input',
    `question: the answer of a "${answer.kind}" question is no series over time`,
    {
      path: 'question',
    },
  );
}

function trendColumns(subject: Subject, { result }: AnswerOf<'trend'>): Columns {
  const [line, measured] = result.series;
  if (line === undefined) throw new AppError('internal', 'a trend was answered without a line');
  if (kindOfSubject(subject) === 'latency')
    return { values: line.data, numerators: null, denominators: measured?.data ?? null };
  return isRate(line)
    ? { values: line.data, numerators: line.numerator ?? null, denominators: line.denominator ?? null }
    : { values: line.data, numerators: null, denominators: null };
}

/** k of n in every bucket: whole numbers, k no more than n. */
function isRate({ numerator, denominator }: TrendLine): boolean {
  if (numerator === undefined || denominator === undefined) return false;
  return numerator.every((k, index) => {
    const n = denominator[index] ?? 0;
    return Number.isInteger(k ?? 0) && Number.isInteger(n) && (k ?? 0) >= 0 && (k ?? 0) <= n;
  });
}

/** One column of the triangle, by cohort; cells whose period is open are left out like any open bucket. */
function retentionColumns(
  column: number,
  { result }: AnswerOf<'retention'>,
): { buckets: string[]; columns: Columns } {
  const whole = result.cohorts.filter(({ cells }) => cells[column]?.partial === false);
  const numerators = whole.map(({ cells }) => cells[column]?.count ?? 0);
  const denominators = whole.map(({ size }) => size);
  const values = numerators.map((count, index) => {
    const size = denominators[index] as number;
    return size > 0 ? count / size : null;
  });
  return { buckets: whole.map(({ start }) => start), columns: { values, numerators, denominators } };
}
