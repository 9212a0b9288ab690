const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Steps of seconds that people count in. */
const STEPS = [
  ...[1, 2, 5, 10, 15, 20, 30],
  ...[1, 2, 5, 10, 15, 20, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 4, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 3, 5, 7, 10, 14, 30, 60, 90, 180, 365].map((days) => days * DAY),
];

/** Round durations within [low, high] seconds, at most `most` of them. */
export function durationTicks(low: number, high: number, most: number): number[] {
  const step = STEPS.find((each) => Math.floor(high / each) - Math.ceil(low / each) + 1 <= most);
  if (step === undefined) return [];
  const first = Math.ceil(low / step);
  return Array.from(
    { length: Math.max(0, Math.floor(high / step) - first + 1) },
    (_, i) => (first + i) * step,
  );
}
