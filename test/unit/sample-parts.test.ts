import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  DAY_MS,
  HOUR_MS,
  isoDateOf,
  isWeekend,
  localDayOf,
  localHourOf,
  osloOffsetMs,
  wallToUtcMs,
} from '../../main/engine/sample/calendar.ts';
import { uuidOf } from '../../main/engine/sample/identifiers.ts';
import { createQuota, createRandom } from '../../main/engine/sample/random.ts';

const OSLO = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/Oslo',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

const instants = fc.integer({ min: Date.UTC(2000, 0, 1), max: Date.UTC(2037, 0, 1) });

describe('calendar of the sample', () => {
  test('agrees with the zone data of the runtime on date and hour', () => {
    fc.assert(
      fc.property(instants, (tsMs) => {
        const parts = Object.fromEntries(OSLO.formatToParts(tsMs).map(({ type, value }) => [type, value]));
        expect(isoDateOf(localDayOf(tsMs))).toBe(`${parts['year']}-${parts['month']}-${parts['day']}`);
        expect(localHourOf(tsMs)).toBe(Number(parts['hour']));
      }),
      { numRuns: 2_000 },
    );
  });

  test('changes its offset at 01:00 UTC of the last Sundays of March and October', () => {
    const [spring, autumn] = [Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 9, 25, 1)];
    expect([osloOffsetMs(spring - 1), osloOffsetMs(spring)]).toEqual([HOUR_MS, 2 * HOUR_MS]);
    expect([osloOffsetMs(autumn - 1), osloOffsetMs(autumn)]).toEqual([2 * HOUR_MS, HOUR_MS]);
  });

  test('a wall time and its instant name each other, except in the hour that clocks skip or repeat', () => {
    fc.assert(
      fc.property(instants, (tsMs) => {
        const day = localDayOf(tsMs);
        const timeOfDayMs = tsMs + osloOffsetMs(tsMs) - day * DAY_MS;
        const isRepeated = osloOffsetMs(tsMs - HOUR_MS) !== osloOffsetMs(tsMs + HOUR_MS);
        if (!isRepeated) expect(wallToUtcMs(day, timeOfDayMs)).toBe(tsMs);
      }),
      { numRuns: 2_000 },
    );
  });

  test('knows its weekends', () => {
    const days = ['2026-11-13', '2026-11-14', '2026-11-15', '2026-11-16'];
    expect(days.map((date) => isWeekend(Date.parse(date) / DAY_MS))).toEqual([false, true, true, false]);
  });
});

describe('draws of the sample', () => {
  test('are the same for one seed and label, and others for another', () => {
    const draws = (seed: number, label: string): number[] => {
      const { bits } = createRandom(seed, label);
      return Array.from({ length: 8 }, bits);
    };
    expect(draws(1, 'users')).toEqual(draws(1, 'users'));
    expect(draws(1, 'users')).not.toEqual(draws(2, 'users'));
    expect(draws(1, 'users')).not.toEqual(draws(1, 'app'));
  });

  test('are spread evenly', () => {
    const random = createRandom(5, 'evenness');
    const counts = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 100_000; i += 1) {
      const digit = random.whole(0, 9);
      counts[digit] = (counts[digit] ?? 0) + 1;
    }
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500); // five deviations
  });

  test('a quota meets the sum of its probabilities within one', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (probabilities, start) => {
          const quota = createQuota(start);
          const hits = probabilities.filter((probability) => quota(probability)).length;
          const sum = probabilities.reduce((total, one) => total + one, 0);
          expect(Math.abs(hits - sum)).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
    );
  });

  test('UUIDs are of version 4 and do not repeat', () => {
    const random = createRandom(1, 'uuids');
    const ids = Array.from({ length: 20_000 }, () => uuidOf(random));
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids)
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
