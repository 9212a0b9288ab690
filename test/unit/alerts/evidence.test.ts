import { describe, expect, it } from 'vitest';
import { measure } from '../../../shared/alerts/evidence.ts';
import { expectedRange } from '../../../shared/alerts/expected.ts';
import { dayMs, rateDays, valueDays } from './series.ts';

const QUIET = Array.from({ length: 42 }, (_, day) => (day % 2 === 0 ? 80 : 120));

describe('the evidence of a stretch', () => {
  it('holds the mean against the range of a mean, so that days within their own range can still be too high', () => {
    const series = valueDays([...QUIET, 130, 130, 130, 130, 130]);
    const [from, to] = [42, 46];
    for (let day = from; day <= to; day++)
      expect(expectedRange(series, day)?.high ?? 0, `day ${day}`).toBeGreaterThan(130);
    const measured = measure(series, from, to);
    expect(measured).toMatchObject({
      startMs: dayMs(42),
      endMs: dayMs(47),
      value: 130,
      usual: 100,
      size: 30,
    });
    expect(measured.expectedHigh).toBeLessThan(130);
    expect(measured.expectedLow).toBeGreaterThan(70);
  });

  it('of one day is the range of that day', () => {
    const series = valueDays([...QUIET, 130]);
    const range = expectedRange(series, 42);
    const { value, expectedLow, expectedHigh } = measure(series, 42, 42);
    expect(value).toBe(130);
    expect(expectedLow).toBeCloseTo(range?.low ?? NaN, 9);
    expect(expectedHigh).toBeCloseTo(range?.high ?? NaN, 9);
  });

  it('passes over days without data, and says what it saw where there is no past', () => {
    expect(measure(valueDays([...QUIET, 130, null, 150]), 42, 44).value).toBe(140);
    expect(measure(valueDays([7]), 0, 0)).toMatchObject({ value: 7, expectedLow: null, usual: null });
  });

  it('of a rate is pooled', () => {
    const past = Array.from({ length: 30 }, (): [number, number] => [900, 1000]);
    expect(measure(rateDays([...past, [700, 1000], [100, 200]]), 30, 31)).toMatchObject({ k: 800, n: 1200 });
  });
});
