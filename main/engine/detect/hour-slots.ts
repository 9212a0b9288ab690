import { weekdayOf } from '../../../shared/time/calendar-date.ts';
import type { Zone } from '../../../shared/time/zone.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const HOURS_A_DAY = 24;

/** The hour of the local week of each instant, 0 (Monday, midnight) to 167; the hour that comes twice is one slot. */
export function hourSlots(tsMs: Float64Array, zone: Zone): Uint8Array {
  return Uint8Array.from(tsMs, (instantMs) => {
    const wallMs = instantMs + zone.offsetMs(instantMs);
    const dayIndex = Math.floor(wallMs / DAY_MS);
    return weekdayOf(dayIndex) * HOURS_A_DAY + Math.floor((wallMs - dayIndex * DAY_MS) / HOUR_MS);
  });
}
