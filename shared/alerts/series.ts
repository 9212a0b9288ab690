import { z } from 'zod';

/** Why a bucket of a watched series is not judged. */
export const BUCKET_STATES = ['complete', 'partial', 'late', 'gap'] as const;
export const BucketState = z.enum(BUCKET_STATES);
export type BucketState = z.infer<typeof BucketState>;

const Numbers = z.array(z.number().nullable()).max(100_000);

/** A watched series as columns of one length, in order of time. Rates are 0..1. */
export const WatchedSeries = z.strictObject({
  startMs: z.array(z.number()).max(100_000),
  endMs: z.array(z.number()).max(100_000),
  values: Numbers,
  /** k and n of rates; of means and quantiles how many they were taken of (k null). Null: a plain number. */
  numerators: Numbers.nullable(),
  denominators: Numbers.nullable(),
  states: z.array(BucketState).max(100_000),
  zone: z.string(),
  completeTo: z.iso.datetime().nullable(),
  /** Names of the sources that are late. */
  lateSources: z.array(z.string()).max(1_000),
});
export type WatchedSeries = z.infer<typeof WatchedSeries>;

/** n of a bucket: of a rate its denominator, of a count the count itself. */
export const sizeOf = (series: WatchedSeries, index: number): number =>
  (series.denominators === null ? series.values[index] : series.denominators[index]) ?? 0;

export const isComplete = (series: WatchedSeries, index: number): boolean =>
  series.states[index] === 'complete' && series.values[index] != null;
