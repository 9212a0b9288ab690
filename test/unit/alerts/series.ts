import type { BucketState, WatchedSeries } from '../../../shared/alerts/series.ts';

const DAY_MS = 86_400_000;
export const FIRST_MS = Date.UTC(2026, 8, 1);
export const dayMs = (index: number): number => FIRST_MS + index * DAY_MS;

/** Days of k of n. */
export function rateDays(rows: readonly [k: number, n: number, state?: BucketState][]): WatchedSeries {
  return {
    startMs: rows.map((_, index) => dayMs(index)),
    endMs: rows.map((_, index) => dayMs(index + 1)),
    values: rows.map(([k, n]) => (n === 0 ? null : k / n)),
    numerators: rows.map(([k]) => k),
    denominators: rows.map(([, n]) => n),
    states: rows.map(([, n, state]) => state ?? (n === 0 ? 'gap' : 'complete')),
    zone: 'UTC',
    completeTo: null,
    lateSources: [],
  };
}

/** Days of plain numbers. */
export function valueDays(values: readonly (number | null)[]): WatchedSeries {
  return {
    startMs: values.map((_, index) => dayMs(index)),
    endMs: values.map((_, index) => dayMs(index + 1)),
    values: [...values],
    numerators: null,
    denominators: null,
    states: values.map((value) => (value === null ? 'gap' : 'complete')),
    zone: 'UTC',
    completeTo: null,
    lateSources: [],
  };
}
