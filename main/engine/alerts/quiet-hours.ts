import type { Zone } from '../../../shared/time/zone.ts';

export interface QuietHours {
  /** Local times, `22:00`; over midnight where `to` is before `from`. */
  from: string;
  to: string;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** When a message of `nowMs` may leave: now, or when the quiet hours end. Equal sides are no quiet hours. */
export function leavesAtMs(quiet: QuietHours | null, nowMs: number, zone: Zone): number {
  if (quiet === null || quiet.from === quiet.to) return nowMs;
  const from = minuteOf(quiet.from);
  const to = minuteOf(quiet.to);
  const wallMs = nowMs + zone.offsetMs(nowMs);
  const minute = (wallMs - Math.floor(wallMs / DAY_MS) * DAY_MS) / MINUTE_MS;
  const isQuiet = from < to ? minute >= from && minute < to : minute >= from || minute < to;
  if (!isQuiet) return nowMs;
  const waitMinutes = (to - minute + 24 * 60) % (24 * 60);
  const wantedWallMs = wallMs + waitMinutes * MINUTE_MS;
  const guessMs = wantedWallMs - zone.offsetMs(nowMs);
  return wantedWallMs - zone.offsetMs(guessMs); // clocks may change in the night
}

function minuteOf(clock: string): number {
  const [hours = 0, minutes = 0] = clock.split(':').map(Number);
  return hours * 60 + minutes;
}
