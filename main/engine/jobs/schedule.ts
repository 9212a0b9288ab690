const MINUTE_MS = 60_000;
/** How far an interval may vary, so that many sources do not all come at once*. */
const JITTER = 0.1;
const FIRST_BACK_OFF_MS = 30_000;
const LONGEST_BACK_OFF_MS = 60 * MINUTE_MS;

/** Time until a source is read again, ms; `random` in [0, 1). */
export const intervalWithJitter = (intervalMs: number, random: number): number =>
  Math.round(intervalMs * (1 - JITTER + 2 * JITTER * random));

/** Time until a source that could not be reached is tried again: doubled each time, half of it left to chance. */
export function backOffMs(failures: number, random: number): number {
  const cap = Math.min(LONGEST_BACK_OFF_MS, FIRST_BACK_OFF_MS * 2 ** Math.max(0, failures - 1));
  return Math.round(cap / 2 + (random * cap) / 2);
}

/** The month (UTC) of an instant, `2026-11`. */
export const monthOf = (ms: number): string => new Date(ms).toISOString().slice(0, 7);

export function nextMonthMs(ms: number): number {
  const date = new Date(ms);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
