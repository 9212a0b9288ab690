/**
 * How late rows of a source come (received_at − ts), for its watermark: the event time up to which it is complete.
 * Kept as counts per UTC day of `ts`, whole seconds below an hour and whole minutes above, rounded up, so that the
 * watermark never promises more than the rows show.
 */
export interface LatenessCounts {
  /** Newest event time seen; null before the first row. */
  newestTsMs: number | null;
  /** By UTC day number: rows by lateness in ms. */
  byDay: Map<number, Map<number, number>>;
}

export const RECENT_DAYS = 7; // rows this close to the newest event tell how late the source runs now
export const COMPLETE_SHARE = 0.99; // DATA §3*

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

export const noLateness = (): LatenessCounts => ({ newestTsMs: null, byDay: new Map() });

/** Counts one row. `lateMs` is NaN where the row does not say when it was received; clocks may make it negative. */
export function countLateness(counts: LatenessCounts, tsMs: number, lateMs: number): void {
  if (counts.newestTsMs === null || tsMs > counts.newestTsMs) counts.newestTsMs = tsMs;
  if (Number.isNaN(lateMs)) return;
  const day = Math.floor(tsMs / DAY_MS);
  if (day < Math.floor(counts.newestTsMs / DAY_MS) - RECENT_DAYS) return;
  const ofDay = counts.byDay.get(day) ?? new Map<number, number>();
  if (ofDay.size === 0) counts.byDay.set(day, ofDay);
  const rounded = roundUp(Math.max(lateMs, 0));
  ofDay.set(rounded, (ofDay.get(rounded) ?? 0) + 1);
}

/** Forgets the days that are no longer recent. */
export function dropOldDays(counts: LatenessCounts): void {
  if (counts.newestTsMs === null) return;
  const firstDay = Math.floor(counts.newestTsMs / DAY_MS) - RECENT_DAYS;
  for (const day of counts.byDay.keys()) if (day < firstDay) counts.byDay.delete(day);
}

/**
 * Newest ts minus the lateness that 99 %* of recent rows stayed within; null before the first row. A source whose rows
 * never say when they were received counts as on time.
 */
export function watermarkOf(counts: LatenessCounts): number | null {
  return counts.newestTsMs === null ? null : counts.newestTsMs - latenessQuantile(counts, COMPLETE_SHARE);
}

/** The smallest counted lateness, ms, that at least `share` of the recent rows do not exceed; 0 without any. */
export function latenessQuantile(counts: LatenessCounts, share: number): number {
  const firstDay = Math.floor((counts.newestTsMs ?? 0) / DAY_MS) - RECENT_DAYS;
  const rowsByLateness = new Map<number, number>();
  let rows = 0;
  for (const [day, ofDay] of counts.byDay) {
    if (day < firstDay) continue;
    for (const [lateMs, count] of ofDay) {
      rowsByLateness.set(lateMs, (rowsByLateness.get(lateMs) ?? 0) + count);
      rows += count;
    }
  }
  let reached = 0;
  for (const [lateMs, count] of [...rowsByLateness].sort(([a], [b]) => a - b)) {
    reached += count;
    if (reached >= share * rows) return lateMs;
  }
  return 0;
}

export const latenessToJson = ({ byDay }: LatenessCounts): string =>
  JSON.stringify([...byDay].map(([day, ofDay]) => [day, [...ofDay]]));

export function latenessFromJson(newestTsMs: number | null, json: string): LatenessCounts {
  const days = JSON.parse(json) as [number, [number, number][]][];
  return { newestTsMs, byDay: new Map(days.map(([day, ofDay]) => [day, new Map(ofDay)])) };
}

const roundUp = (lateMs: number): number => {
  const step = lateMs < HOUR_MS ? SECOND_MS : MINUTE_MS;
  return Math.ceil(lateMs / step) * step;
};
