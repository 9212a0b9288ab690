/** Events per minute, by their own time; minutes without any are left out. */
export interface MinuteSeries {
  /** Minutes since 1970, ascending. */
  minutes: Int32Array;
  counts: Int32Array;
}

export const MINUTE_MS = 60_000;

export const noMinutes = (): MinuteSeries => ({ minutes: new Int32Array(0), counts: new Int32Array(0) });

/** The sum of several series. */
export function sumOfSeries(all: readonly MinuteSeries[]): MinuteSeries {
  const [only] = all;
  if (only === undefined) return noMinutes();
  if (all.length === 1) return only;
  const countByMinute = new Map<number, number>();
  for (const { minutes, counts } of all) {
    for (let at = 0; at < minutes.length; at++) {
      const minute = minutes[at] ?? 0;
      countByMinute.set(minute, (countByMinute.get(minute) ?? 0) + (counts[at] ?? 0));
    }
  }
  const sorted = Int32Array.from(countByMinute.keys()).sort();
  return { minutes: sorted, counts: sorted.map((minute) => countByMinute.get(minute) ?? 0) };
}

/** Events in [fromMs, toMs), whole minutes. */
export function eventsBetween({ minutes, counts }: MinuteSeries, fromMs: number, toMs: number): number {
  let events = 0;
  for (let at = firstAt(minutes, fromMs); at < minutes.length; at++) {
    if ((minutes[at] ?? 0) * MINUTE_MS >= toMs) break;
    events += counts[at] ?? 0;
  }
  return events;
}

/** Events in each of the equal buckets from `fromMs` on. */
export function bucketsOf(
  { minutes, counts }: MinuteSeries,
  { fromMs, bucketMs, buckets }: { fromMs: number; bucketMs: number; buckets: number },
): number[] {
  const events = new Array<number>(buckets).fill(0);
  for (let at = firstAt(minutes, fromMs); at < minutes.length; at++) {
    const bucket = Math.floor(((minutes[at] ?? 0) * MINUTE_MS - fromMs) / bucketMs);
    if (bucket >= buckets) break;
    events[bucket] = (events[bucket] ?? 0) + (counts[at] ?? 0);
  }
  return events;
}

/** Where the first minute that begins at `fromMs` or later stands. */
export function firstAt(minutes: Int32Array, fromMs: number): number {
  let low = 0;
  let high = minutes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((minutes[middle] ?? 0) * MINUTE_MS < fromMs) low = middle + 1;
    else high = middle;
  }
  return low;
}
