import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../../main/engine/sync/parse-instant.ts';

/** Surrounded by digits, so that reading a byte too far shows. */
function parsed(text: string): number {
  const bytes = Buffer.from(`99${text}99`);
  return parseInstant(bytes, 2, bytes.length - 2);
}

describe('an instant', () => {
  it('agrees with the language for every time that both know', () => {
    const time = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59.999Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(time, fc.integer({ min: -14 * 60, max: 14 * 60 }), (date, offsetMinutes) => {
        const local = new Date(date.getTime() + offsetMinutes * 60_000);
        if (local.getUTCFullYear() < 1 || local.getUTCFullYear() > 9999) return;
        const sign = offsetMinutes < 0 ? '-' : '+';
        const minutes = Math.abs(offsetMinutes);
        const two = (n: number) => String(n).padStart(2, '0');
        const zone = `${sign}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
        const text = local.toISOString().replace('Z', zone);
        expect(parsed(text)).toBe(date.getTime());
        expect(parsed(text.replace('T', ' ').replace(/:(\d\d)$/, '$1'))).toBe(date.getTime());
        expect(parsed(date.toISOString())).toBe(date.getTime());
        if (date.getTime() >= 0) expect(parsed(String(date.getTime()))).toBe(date.getTime());
      }),
      { seed: 20_261_119, numRuns: 2000 },
    );
  });

  it.each([
    ['2026-11-19T13:32Z', '2026-11-19T13:32:00.000Z'],
    ['2026-11-19t13:32:00z', '2026-11-19T13:32:00.000Z'],
    ['2026-11-19T13:32:00.5Z', '2026-11-19T13:32:00.500Z'],
    ['2026-11-19T13:32:00.123999Z', '2026-11-19T13:32:00.123Z'],
    ['2026-11-19T13:32:00,25+01', '2026-11-19T12:32:00.250Z'],
    ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
    ['2000-02-29T23:59:59-00:30', '2000-03-01T00:29:59.000Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(parsed(text)).toISOString()).toBe(expected);
  });

  it.each([
    ...[
      '',
      'never',
      '2026-11-19',
      '2026-11-19T13:32:00',
      '2026-11-19 13:32:00',
      '2026-11-19T13:32:00.Z',
      '20261119T133200Z',
    ],
    ...[
      '2026-02-29T00:00:00Z',
      '1900-02-29T00:00:00Z',
      '2026-13-01T00:00:00Z',
      '2026-00-01T00:00:00Z',
      '2026-11-31T00:00:00Z',
    ],
    ...[
      '2026-11-19T24:00:00Z',
      '2026-11-19T13:60:00Z',
      '2026-11-19T13:32:60Z',
      '2026-11-19T13:32:0Z',
      '2026-11-19T13-32-00Z',
    ],
    ...[
      '2026-11-19T13:32:00+1',
      '2026-11-19T13:32:00+24:00',
      '2026-11-19T13:32:00+01:60',
      '2026-11-19T13:32:00+01:0',
      '2026-11-19T13:32:00ZZ',
    ],
    ...['-1', '12.5', '1e3', '1234567890123456', ' 1763559120000', '2026-11-19X13:32:00Z'],
  ])('%s is none', (text) => {
    expect(parsed(text)).toBeNaN();
  });
});
