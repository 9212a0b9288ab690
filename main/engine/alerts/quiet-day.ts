import type { Zone } from '../../../shared/time/zone.ts';
import type { FiringRow } from './alert-rows.ts';

/** Local hours in which a day begins or the one before has ended: what falls then may be a holiday. */
const NIGHT = { from: 20, to: 9 };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/**
 * A volume that is lower from the beginning of a day on looks like a holiday until the day after is low as well, so
 * nobody is told before that one is over: `wait`. What rose again meanwhile was a quiet day: `over`. A volume that falls
 * in the middle of a day, and whatever stops, is told at once: null.
 */
export function quietDay(
  { sinceMs, resolvedAtMs }: Pick<FiringRow, 'sinceMs' | 'resolvedAtMs'>,
  { zone, nowMs }: { zone: Zone; nowMs: number },
): 'wait' | 'over' | null {
  const wallMs = sinceMs + zone.offsetMs(sinceMs);
  const hour = Math.floor((((wallMs % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS);
  if (hour >= NIGHT.to && hour < NIGHT.from) return null;
  const firstDay = zone.dayIndexAt(sinceMs) + (hour >= NIGHT.from ? 1 : 0);
  const judgedFromMs = zone.startOfDayMs(firstDay + 2);
  if (resolvedAtMs !== null && resolvedAtMs <= judgedFromMs) return 'over';
  return nowMs < judgedFromMs ? 'wait' : null;
}
