import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CLOCK_PATTERN,
  FOLLOWED_AHEAD_MS,
  clockMs,
  compareClocks,
  createClock,
} from '../../../shared/annotations/clock.ts';

const NOW_MS = Date.UTC(2026, 10, 19);
const DAY_MS = 86_400_000;
const reading = (ms: number, counter = 0, device = 'dev_b'): string =>
  `${String(ms).padStart(15, '0')}-${String(counter).padStart(4, '0')}-${device}`;
const clockAt = (now: () => number, last: string | null = null) =>
  createClock({ device: 'dev_a', now, last });

/** Wall times as broken clocks give them. */
const wallTimes = fc.oneof(
  fc.integer({ min: NOW_MS - 3 * DAY_MS, max: NOW_MS + 3 * DAY_MS }),
  fc.constantFrom(0, -1, NaN, Infinity, -Infinity, 1e15, NOW_MS + 0.5),
);

describe('the hybrid logical clock', () => {
  it('reads wall time, and counts where wall time stands still', () => {
    const clock = clockAt(() => NOW_MS);
    expect([clock.tick([]), clock.tick([])]).toEqual([
      reading(NOW_MS, 0, 'dev_a'),
      reading(NOW_MS, 1, 'dev_a'),
    ]);
  });

  it('always passes itself and what it answers to, however its wall clock runs', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ wallMs: wallTimes, seen: fc.option(wallTimes, { nil: null }) })),
        (steps) => {
          let wallMs = NOW_MS;
          const clock = clockAt(() => wallMs);
          for (const { wallMs: next, seen } of steps) {
            wallMs = next;
            const other = reading(Number.isFinite(seen) ? Math.max(0, Math.floor(seen!)) : 0, 7);
            const before = clock.last();
            const ticked = clock.tick([other]);
            expect(ticked).toMatch(CLOCK_PATTERN);
            expect(clockMs(ticked)).not.toBeNull();
            if (clockMs(other) !== null) expect(compareClocks(ticked, other)).toBeGreaterThan(0);
            if (before !== null) expect(compareClocks(ticked, before)).toBeGreaterThan(0);
          }
        },
      ),
    );
  });

  it('follows a device that is a day ahead, and is not dragged along by one that is a year ahead', () => {
    const clock = clockAt(() => NOW_MS);
    clock.observe(reading(NOW_MS + DAY_MS));
    expect(clockMs(clock.tick([]))).toBe(NOW_MS + DAY_MS);
    clock.observe(reading(NOW_MS + 365 * DAY_MS));
    expect(clockMs(clock.tick([]))).toBe(NOW_MS + DAY_MS);
    const answer = clock.tick([reading(NOW_MS + 365 * DAY_MS)]);
    expect(clockMs(answer)).toBe(NOW_MS + 365 * DAY_MS);
    expect(clockMs(clock.tick([]))).toBeLessThanOrEqual(NOW_MS + FOLLOWED_AHEAD_MS);
  });

  it('goes on from its last reading after a restart with a clock set back', () => {
    const last = clockAt(() => NOW_MS).tick([]);
    expect(clockAt(() => NOW_MS - DAY_MS, last).tick([])).toBe(reading(NOW_MS, 1, 'dev_a'));
  });

  it('carries into the milliseconds, and stands still only at the end of plausible time', () => {
    const full = reading(NOW_MS, 9_999);
    expect(clockAt(() => NOW_MS).tick([full])).toBe(reading(NOW_MS + 1, 0, 'dev_a'));
    const end = reading(Date.UTC(2200, 0) - 1, 9_999);
    expect(clockAt(() => NOW_MS).tick([end])).toBe(end.replace('dev_b', 'dev_a'));
  });

  it('orders absurd readings before all others and equal ones as equal', () => {
    const readings = [
      reading(9e14),
      reading(0),
      reading(NOW_MS),
      reading(NOW_MS, 1),
      reading(NOW_MS, 1, 'dev_c'),
    ];
    const sorted = [...readings].reverse().sort(compareClocks);
    expect(sorted).toEqual([reading(0), reading(9e14), ...readings.slice(2)]);
    expect(compareClocks(reading(5), reading(5))).toBe(0);
  });
});
