import { describe, expect, it } from 'vitest';
import {
  formatLocalMoment,
  formatZoneOffset,
  toLocalDate,
  toLocalTime,
} from '../../../shared/format/local-time.ts';

describe('local time', () => {
  it('reads an instant in its zone', () => {
    expect(toLocalTime('2026-11-19T13:32:00.000Z', 'Europe/Oslo')).toEqual({
      date: '2026-11-19',
      time: '14:32',
    });
    expect(toLocalDate('2026-11-18T23:00:00.000Z', 'Europe/Oslo')).toBe('2026-11-19');
    expect(toLocalDate('2026-11-18T23:00:00.000Z', 'America/New_York')).toBe('2026-11-18');
    expect(toLocalTime('2026-11-19T00:00:00Z', 'UTC').time).toBe('00:00');
  });

  it('follows summer time', () => {
    expect(toLocalTime('2026-10-25T00:30:00Z', 'Europe/Oslo').time).toBe('02:30');
    expect(toLocalTime('2026-10-25T01:30:00Z', 'Europe/Oslo').time).toBe('02:30');
  });

  it('names the offset', () => {
    expect(formatZoneOffset('2026-11-19T13:32:00Z', 'Europe/Oslo')).toBe('UTC+1');
    expect(formatZoneOffset('2026-07-19T13:32:00Z', 'Europe/Oslo')).toBe('UTC+2');
    expect(formatZoneOffset('2026-11-19T13:32:00Z', 'Asia/Kolkata')).toBe('UTC+5:30');
    expect(formatZoneOffset('2026-11-19T13:32:00Z', 'America/New_York')).toBe('UTC\u22125');
    expect(formatZoneOffset('2026-11-19T13:32:00Z', 'UTC')).toBe('UTC');
  });

  it('writes a moment in full', () => {
    expect(formatLocalMoment('2026-11-19T13:32:00Z', 'Europe/Oslo')).toBe('19 Nov 2026, 14:32');
  });
});
