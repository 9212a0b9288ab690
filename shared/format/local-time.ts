import type { CalendarDate } from './calendar.ts';
import { formatFullDate } from './calendar.ts';

/** Instants (ISO 8601 or ms, UTC) as a clock in a zone shows them. */
export type Instant = string | number;

export interface LocalTime {
  date: CalendarDate;
  /** "14:32", 24 h. */
  time: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  formats.set(zone, made);
  return made;
}

export function toLocalTime(instant: Instant, zone: string): LocalTime {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(new Date(instant))
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  return {
    date: `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`,
    time: `${part('hour')}:${part('minute')}`,
  };
}

export const toLocalDate = (instant: Instant, zone: string): CalendarDate => toLocalTime(instant, zone).date;

/** "19 Nov 2026, 14:32". */
export function formatLocalMoment(instant: Instant, zone: string): string {
  const { date, time } = toLocalTime(instant, zone);
  return `${formatFullDate(date)}, ${time}`;
}

/** "UTC+1", "UTC+5:30", "UTC" at that instant. */
export function formatZoneOffset(instant: Instant, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    timeZoneName: 'shortOffset',
  }).formatToParts(new Date(instant));
  const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? 'GMT';
  return name
    .replace('GMT', 'UTC')
    .replace('-', '\u2212')
    .replace(/^UTC\+0$/, 'UTC');
}
