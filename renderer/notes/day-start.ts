import { resolveRange } from '../../shared/time/range.ts';
import { createZone } from '../../shared/time/zone.ts';

/** The first instant of a calendar date; null: there is no such date. */
export function dayStart(date: string, zone: string): string | null {
  const { startMs } = resolveRange({ from: date, to: null }, createZone(zone));
  return startMs === null || Number.isNaN(startMs) ? null : new Date(startMs).toISOString();
}
