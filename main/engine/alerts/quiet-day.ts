import type { Zone } from '../../../shared/time/zone.ts';
import type { FiringRow } from './alert-rows.ts';

/** Local hours in which a day begins or the one before has ended: what falls then may be a holiday. */
const NIGHT = { from: 20, to: 9 };
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Days that may be quiet in a row: a holiday and its second day. */
const QUIET_DAYS = 2;
/** A few sessions an hour take so long to show that all is as before. */
const SHOWN_AFTER_DAYS = 2;

interface Meanwhile {
  zone: Zone;
  nowMs: number;
  /** Whether what came last speaks for "as before". */
  isRising: boolean;
}

/**
 * A volume that is lower from the beginning of a day on looks like a holiday until the day after the second one has passed
 * low as well, up to its evening, so nobody is told before, nor while it rises again: `wait`. What rose meanwhile were
 * quiet days: `over`. A volume that falls in the middle of a day, and whatever stops, is told at once: null.
 */
export function quietDay(
  { sinceMs, resolvedAtMs }: Pick<FiringRow, 'sinceMs' | 'resolvedAtMs'>,
  { zone, nowMs, isRising }: Meanwhile,
): 'wait' | 'over' | null {
  const judgedFromMs = bornOutMs(sinceMs, zone);
  if (judgedFromMs === null) return null;
  if (resolvedAtMs !== null) return resolvedAtMs <= judgedFromMs + SHOWN_AFTER_DAYS * DAY_MS ? 'over' : null;
  return nowMs < judgedFromMs || isRising ? 'wait' : null;
}

/** From when on a volume that fell is no holiday any more; null: it never looked like one. */
export function bornOutMs(sinceMs: number, zone: Zone): number | null {
  const wallMs = sinceMs + zone.offsetMs(sinceMs);
  const hour = Math.floor((((wallMs % DAY_MS) + DAY_MS) % DAY_MS) / HOUR_MS);
  if (hour >= NIGHT.to && hour < NIGHT.from) return null;
  const firstDay = zone.dayIndexAt(sinceMs) + (hour >= NIGHT.from ? 1 : 0);
  return zone.startOfDayMs(firstDay + QUIET_DAYS) + NIGHT.from * HOUR_MS;
}
