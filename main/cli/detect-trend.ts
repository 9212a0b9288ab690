import { AppError } from '../../shared/errors.ts';
import type { Answer, TrendLine } from '../../shared/query/answer.ts';
import { parseQuerySpec } from '../../shared/query/parse-spec.ts';
import type { TrendSpec } from '../../shared/query/kinds/trend.ts';
import { bucketEndMs, bucketLabel, type Calendar } from '../../shared/time/buckets.ts';
import { createZone } from '../../shared/time/zone.ts';
import { judgeCounts } from '../engine/detect/counts.ts';
import { judgeGeneral } from '../engine/detect/general.ts';
import { hourSlots } from '../engine/detect/hour-slots.ts';
import { judgeRates, type RateOptions } from '../engine/detect/rates.ts';
import { type Judged, SKIPPED } from '../engine/detect/types.ts';
import type { JudgedSeries } from './judged-series.ts';

/** A trend with exactly one line; everything else is refused with the reason. */
export function singleTrend(input: unknown): TrendSpec {
  const spec = parseQuerySpec(input);
  if (spec.kind !== 'trend') throw refusal(`"${spec.kind}" is not a series; expected a trend`, 'kind');
  const lines = spec.formulas.length > 0 ? spec.formulas.length : spec.series.length;
  if (lines !== 1) throw refusal('expected one series, or one formula', 'series');
  if (spec.breakdown !== null) throw refusal('a breakdown gives several series; filter to one', 'breakdown');
  if (spec.compare !== null) throw refusal('a comparison gives two series', 'compare');
  if (spec.display !== 'series') throw refusal('expected "series"', 'display');
  return spec;
}

const refusal = (message: string, path: string): AppError =>
  new AppError('bad-input', `${path}: ${message}`, { path });

/** Buckets that are open, or past what the sources are complete to, are not judged. */
export function judgeTrend(spec: TrendSpec, answer: Answer): JudgedSeries {
  if (answer.kind !== 'trend') throw new AppError('internal', 'a trend was answered with another kind');
  const line = answer.result.series[0];
  const { buckets } = answer.result;
  if (line === undefined) throw new AppError('internal', 'a trend was answered without a line');
  const tsMs = Float64Array.from(buckets, (bucket) => Date.parse(bucket));
  const values = Float64Array.from(line.data, (value) => value ?? NaN);
  const calendar: Calendar = { zone: createZone(answer.zone), weekStart: spec.weekStart ?? 'monday' };
  const skipped = skippedBuckets(tsMs, spec, answer, calendar);
  const judged = judgeLine(spec, line, { tsMs, values, skipped, slots: hourSlots(tsMs, calendar.zone) });
  const records = buckets.map((bucket, index) => `${bucket},${line.data[index] ?? ''}`);
  return {
    file: { columns: ['timestamp', 'value'], records, timestamps: buckets, tsMs, values, lineEnd: '\n' },
    judged,
    notes: [...answer.notes, ...notesOn(judged.skipped)],
  };
}

function skippedBuckets(tsMs: Float64Array, spec: TrendSpec, answer: Answer, calendar: Calendar): Uint8Array {
  const open = new Set(answer.partial);
  const completeToMs = answer.completeTo === null ? Infinity : Date.parse(answer.completeTo);
  return Uint8Array.from(tsMs, (startMs) => {
    if (open.has(bucketLabel(calendar, spec.interval, startMs))) return SKIPPED.partial;
    return bucketEndMs(calendar, spec.interval, startMs) > completeToMs ? SKIPPED.late : SKIPPED.judged;
  });
}

interface LineBuckets {
  tsMs: Float64Array;
  values: Float64Array;
  skipped: Uint8Array;
  slots: Uint8Array;
}

const COUNT_MEASURES = new Set(['events', 'users', 'sessions', 'completed_sessions', 'captured_reactions']);
const WORSE: Readonly<Record<string, RateOptions['worse']>> = { capture_rate: 'down', error_rate: 'up' };

/** Hourly rates and counts have detectors of their own, which know their noise; everything else is a general series. */
function judgeLine(spec: TrendSpec, line: TrendLine, { tsMs, values, skipped, slots }: LineBuckets): Judged {
  const measure = spec.formulas.length > 0 ? '' : (spec.series[0]?.measure ?? '');
  if (spec.interval === 'hour' && isRate(line)) {
    const successes = numbersOf(line.numerator);
    const trials = numbersOf(line.denominator);
    return judgeRates({ tsMs, slots, successes, trials, skipped }, { worse: WORSE[measure] ?? 'both' })
      .judged;
  }
  if (spec.interval === 'hour' && COUNT_MEASURES.has(measure))
    return judgeCounts({ tsMs, slots, counts: values, skipped }).judged;
  return judgeGeneral({ tsMs, values, skipped }).judged;
}

/** k of n in every bucket: whole numbers, k no more than n. */
function isRate({ numerator, denominator }: TrendLine): boolean {
  if (numerator === undefined || denominator === undefined) return false;
  return numerator.every((k, index) => {
    const n = denominator[index] ?? 0;
    return Number.isInteger(k ?? 0) && Number.isInteger(n) && (k ?? 0) >= 0 && (k ?? 0) <= n;
  });
}

const numbersOf = (list: readonly (number | null)[] | undefined): Float64Array =>
  Float64Array.from(list ?? [], (value) => value ?? 0);

const SKIP_TEXTS: readonly [code: number, text: string][] = [
  [SKIPPED.partial, 'still open'],
  [SKIPPED.late, 'past what the sources are complete to'],
  [SKIPPED.gap, 'without a value'],
  [SKIPPED.learning, 'without enough past to compare with'],
];

function notesOn(skipped: Uint8Array): string[] {
  return SKIP_TEXTS.flatMap(([code, text]) => {
    const count = skipped.reduce((sum, each) => sum + (each === code ? 1 : 0), 0);
    return count === 0 ? [] : [`${count} of ${skipped.length} buckets are ${text}; not judged, score 0.`];
  });
}
