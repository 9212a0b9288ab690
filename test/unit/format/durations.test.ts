import { describe, expect, it } from 'vitest';
import { formatDuration, formatElapsed } from '../../../shared/format/durations.ts';

describe('durations on screen', () => {
  it.each([
    [0, '0 s'],
    [9_400, '9 s'],
    [59_600, '1 min'],
    [700_000, '11 min 40 s'],
    [7_800_000, '2 h 10 min'],
    [3_599_600, '1 h'],
    [86_399_999, '1 d'],
    [273_600_000, '3 d 4 h'],
    [-5, '0 s'],
  ])('writes %d ms as %s', (durationMs, text) => {
    expect(formatDuration(durationMs)).toBe(text);
  });

  it('writes query times in ms, from a second on in s', () => {
    expect(formatElapsed(0.2)).toBe('<1 ms');
    expect(formatElapsed(37.6)).toBe('38 ms');
    expect(formatElapsed(999.6)).toBe('1.0 s');
    expect(formatElapsed(1_240)).toBe('1.2 s');
  });
});
