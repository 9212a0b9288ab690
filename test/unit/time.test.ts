import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bucketBoundaries,
  bucketLabel,
  bucketStartMs,
  type BucketInterval,
} from '../../shared/time/buckets.ts';
import { formatDate, parseDate, weekdayOf } from '../../shared/time/calendar-date.ts';
import { previousRange, resolveRange, shiftRange } from '../../shared/time/range.ts';
import { createZone } from '../../shared/time/zone.ts';

const isDeep = process.env['TIDEMARK_DEEP'] === '1';
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const ZONES = [
  'UTC',
  'Europe/Oslo',
  'America/Sao_Paulo',
  'America/St_Johns',
  'America/Havana',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Asia/Beirut',
  'Africa/Casablanca',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'Pacific/Chatham',
];

const boundariesOf = (zone: string, interval: BucketInterval, from: string, to: string): string[] =>
  bucketBoundaries(
    { zone: createZone(zone), weekStart: 'monday' },
    interval,
    Date.parse(from),
    Date.parse(to),
  ).map((tsMs) => new Date(tsMs).toISOString().slice(0, 16));

describe('calendar dates', () => {
  it('refuses days that no calendar has', () => {
    for (const text of [
      '2026-02-29',
      '2026-02-31',
      '2026-13-01',
      '2026-00-10',
      '2026-04-31',
      '2026-1-1',
      'today',
    ]) {
      expect(parseDate(text), text).toBeNull();
    }
    expect(parseDate('2028-02-29')).not.toBeNull();
  });

  it('survives a round trip and counts weekdays from Monday', () => {
    fc.assert(
      fc.property(fc.integer({ min: -700_000, max: 2_000_000 }), (dayIndex) => {
        expect(parseDate(formatDate(dayIndex))).toBe(dayIndex);
      }),
    );
    expect(weekdayOf(parseDate('2026-11-16') ?? NaN)).toBe(0);
    expect(weekdayOf(parseDate('1969-12-28') ?? NaN)).toBe(6);
  });
});

describe('calendar buckets', () => {
  it('gives the days of Europe/Oslo 23 and 25 hours', () => {
    expect(boundariesOf('Europe/Oslo', 'day', '2026-03-28T12:00Z', '2026-03-30T12:00Z')).toEqual([
      '2026-03-27T23:00',
      '2026-03-28T23:00',
      '2026-03-29T22:00',
      '2026-03-30T22:00',
    ]);
    expect(boundariesOf('Europe/Oslo', 'hour', '2026-03-28T23:00Z', '2026-03-29T22:00Z')).toHaveLength(
      23 + 1,
    );
    expect(boundariesOf('Europe/Oslo', 'hour', '2026-10-24T22:00Z', '2026-10-25T23:00Z')).toHaveLength(
      25 + 1,
    );
  });

  it('begins a day of America/Sao_Paulo at one where midnight was skipped', () => {
    expect(boundariesOf('America/Sao_Paulo', 'day', '2018-11-03T12:00Z', '2018-11-05T12:00Z')).toEqual([
      '2018-11-03T03:00',
      '2018-11-04T03:00',
      '2018-11-05T02:00',
      '2018-11-06T02:00',
    ]);
  });

  it('cuts the hours of Asia/Kolkata at half past, in UTC', () => {
    expect(boundariesOf('Asia/Kolkata', 'hour', '2026-01-01T00:00Z', '2026-01-01T01:00Z')).toEqual([
      '2025-12-31T23:30',
      '2026-01-01T00:30',
      '2026-01-01T01:30',
    ]);
  });

  it('lets one hour of Australia/Lord_Howe last 90 and one 30 minutes', () => {
    expect(boundariesOf('Australia/Lord_Howe', 'hour', '2026-04-04T14:00Z', '2026-04-04T16:00Z')).toEqual([
      '2026-04-04T14:00',
      '2026-04-04T15:30',
      '2026-04-04T16:30',
    ]);
    expect(boundariesOf('Australia/Lord_Howe', 'hour', '2026-10-03T15:00Z', '2026-10-03T16:30Z')).toEqual([
      '2026-10-03T14:30',
      '2026-10-03T15:30',
      '2026-10-03T16:00',
      '2026-10-03T17:00',
    ]);
  });

  it('leaves out a date that never was', () => {
    const calendar = { zone: createZone('Pacific/Apia'), weekStart: 'monday' } as const;
    const starts = bucketBoundaries(calendar, 'day', Date.UTC(2011, 11, 29, 12), Date.UTC(2012, 0, 1, 12));
    expect(starts.slice(0, -1).map((tsMs) => bucketLabel(calendar, 'day', tsMs))).toEqual([
      '2011-12-29',
      '2011-12-31',
      '2012-01-01',
      '2012-01-02',
    ]);
  });

  it('begins weeks where the setting says and months on the first', () => {
    const zone = createZone('Europe/Oslo');
    const wednesday = Date.parse('2026-11-18T10:00Z');
    const startOf = (weekStart: 'monday' | 'sunday', interval: BucketInterval): string =>
      bucketLabel({ zone, weekStart }, interval, bucketStartMs({ zone, weekStart }, interval, wednesday));
    expect(startOf('monday', 'week')).toBe('2026-11-16');
    expect(startOf('sunday', 'week')).toBe('2026-11-15');
    expect(startOf('sunday', 'month')).toBe('2026-11-01');
  });

  it('agrees with a walk through every minute of the wall clock', () => {
    const instants = fc.integer({ min: Date.UTC(1975, 0) / MINUTE_MS, max: Date.UTC(2037, 0) / MINUTE_MS });
    const nearChange = fc.constantFrom(...CHANGES);
    const cases = fc.oneof(
      fc.tuple(
        fc.constantFrom(...ZONES),
        instants.map((minutes) => minutes * MINUTE_MS),
      ),
      nearChange.map(([zone, tsMs]) => [zone, tsMs] as const),
    );
    fc.assert(
      fc.property(
        cases,
        fc.constantFrom<BucketInterval>('hour', 'day', 'week', 'month'),
        ([zone, startMs], interval) => {
          const endMs = startMs + 2 * DAY_MS;
          const calendar = { zone: createZone(zone), weekStart: 'monday' } as const;
          const inside = bucketBoundaries(calendar, interval, startMs, endMs).filter(
            (at) => at > startMs && at < endMs,
          );
          expect(inside.map(iso)).toEqual(walkBoundaries(zone, interval, startMs, endMs).map(iso));
        },
      ),
      { numRuns: isDeep ? 3_000 : 60 },
    );
  });

  it('begins a bucket at the instant that it says, for every instant inside', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.constantFrom<BucketInterval>('hour', 'day', 'week', 'month'),
        fc.integer({ min: Date.UTC(1975, 0), max: Date.UTC(2037, 0) }),
        (zone, interval, tsMs) => {
          const calendar = { zone: createZone(zone), weekStart: 'sunday' } as const;
          const [start = NaN, end = NaN] = bucketBoundaries(calendar, interval, tsMs, tsMs + 1);
          expect(start).toBeLessThanOrEqual(tsMs);
          expect(end).toBeGreaterThan(tsMs);
          expect(bucketStartMs(calendar, interval, end - 1)).toBe(start);
          expect(bucketStartMs(calendar, interval, start)).toBe(start);
          expect(bucketStartMs(calendar, interval, end)).toBe(end);
        },
      ),
      { numRuns: isDeep ? 5_000 : 300 },
    );
  });
});

/** Minutes shortly before changes of offset, where mistakes live. */
const CHANGES: (readonly [string, number])[] = [
  ['Europe/Oslo', Date.UTC(2026, 2, 28, 2)],
  ['Europe/Oslo', Date.UTC(2026, 9, 24, 3)],
  ['America/Sao_Paulo', Date.UTC(2018, 10, 3, 5)],
  ['America/Sao_Paulo', Date.UTC(2018, 1, 17, 5)],
  ['America/St_Johns', Date.UTC(2006, 9, 28, 5)],
  ['America/St_Johns', Date.UTC(2006, 3, 1, 5)],
  ['America/Havana', Date.UTC(2026, 9, 31, 5)],
  ['Australia/Lord_Howe', Date.UTC(2026, 3, 4, 5)],
  ['Australia/Lord_Howe', Date.UTC(2026, 9, 3, 5)],
  ['Pacific/Apia', Date.UTC(2011, 11, 29, 5)],
  ['Asia/Beirut', Date.UTC(2021, 2, 27, 5)],
  ['Africa/Casablanca', Date.UTC(2026, 1, 14, 5)],
];

const iso = (tsMs: number): string => new Date(tsMs).toISOString();

/** The slow reference: asks the wall clock at every minute and notes where a new hour, day, week or month begins. */
function walkBoundaries(zone: string, interval: BucketInterval, startMs: number, endMs: number): number[] {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  const found: number[] = [];
  let newestDate = '';
  let hourBefore = '';
  for (let at = startMs - 26 * HOUR_MS - (startMs % MINUTE_MS); at < endMs; at += MINUTE_MS) {
    const [date = '', time = ''] = format.format(at).split(', ');
    const hour = `${date} ${time.slice(0, 2)}`;
    const isNewHour = hour !== hourBefore || time.endsWith(':00');
    const isNewDate = date > newestDate; // a date that comes back for a while does not begin again
    const opens = {
      hour: isNewHour,
      day: isNewDate,
      week: isNewDate && isNewWeek(newestDate, date),
      month: isNewDate && newestDate.slice(0, 7) !== date.slice(0, 7),
    };
    if (newestDate !== '' && opens[interval] && at > startMs) found.push(at);
    if (isNewDate) newestDate = date;
    hourBefore = hour;
  }
  return found;
}

function isNewWeek(before: string, date: string): boolean {
  const mondayOf = (text: string): number => {
    const tsMs = Date.parse(`${text}T00:00Z`);
    return tsMs - ((new Date(tsMs).getUTCDay() + 6) % 7) * DAY_MS;
  };
  return mondayOf(before) !== mondayOf(date);
}

describe('ranges', () => {
  const oslo = createZone('Europe/Oslo');
  const isoRange = ({
    startMs,
    endMs,
  }: {
    startMs: number | null;
    endMs: number | null;
  }): (string | null)[] => [startMs, endMs].map((tsMs) => (tsMs === null ? null : iso(tsMs)));

  it('include both days of a date range', () => {
    expect(isoRange(resolveRange({ from: '2026-10-24', to: '2026-10-25' }, oslo))).toEqual([
      '2026-10-23T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });

  it('are half-open between instants, and unbounded where null', () => {
    expect(isoRange(resolveRange({ from: '2026-10-24T12:00+02:00', to: null }, oslo))).toEqual([
      '2026-10-24T10:00:00.000Z',
      null,
    ]);
  });

  it('have as many calendar days in the previous range, whatever their hours', () => {
    const previous = previousRange({ from: '2026-03-30', to: '2026-04-01' }, oslo);
    expect(previous && isoRange(previous)).toEqual(['2026-03-26T23:00:00.000Z', '2026-03-29T22:00:00.000Z']);
  });

  it('have the same elapsed length before a range of instants, and none before an unbounded one', () => {
    const previous = previousRange({ from: '2026-03-29T12:00:00Z', to: '2026-03-30T00:00:00Z' }, oslo);
    expect(previous && isoRange(previous)).toEqual(['2026-03-29T00:00:00.000Z', '2026-03-29T12:00:00.000Z']);
    expect(previousRange({ from: null, to: '2026-03-30' }, oslo)).toBeNull();
  });

  it('shift by calendar days: the wall clock stays over a change of offset', () => {
    expect(isoRange(shiftRange({ from: '2026-03-30', to: '2026-03-30' }, 7, oslo))).toEqual([
      '2026-03-22T23:00:00.000Z',
      '2026-03-23T23:00:00.000Z',
    ]);
    expect(isoRange(shiftRange({ from: '2026-03-30T10:00:00Z', to: null }, 7, oslo))).toEqual([
      '2026-03-23T11:00:00.000Z',
      null,
    ]);
  });
});
