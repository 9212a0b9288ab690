import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatChange,
  formatCompact,
  formatCount,
  formatPercentNumber,
  formatPoints,
  formatQuantity,
  formatRate,
  formatSignedPercentNumber,
  formatSpacedCompact,
} from '../../../shared/format/numbers.ts';

describe('numbers on screen', () => {
  it.each([
    [0, '0'],
    [74, '74'],
    [176_224, '176,224'],
    [-1_000, '\u22121,000'],
  ])('writes the count %d in full as %s', (count, text) => {
    expect(formatCount(count)).toBe(text);
  });

  it.each([
    [0, '0'],
    [9_487, '9,487'],
    [9_999, '9,999'],
    [10_000, '10.0k'],
    [12_419, '12.4k'],
    [999_949, '999.9k'],
    [999_950, '1.0M'],
    [1_900_000, '1.9M'],
    [41_200_000, '41.2M'],
    [2_000_000_000, '2.0B'],
    [-12_419, '\u221212.4k'],
  ])('shortens %d to %s', (count, text) => {
    expect(formatCompact(count)).toBe(text);
  });

  it('puts a space before the unit in running text', () => {
    expect(formatSpacedCompact(1_400_000)).toBe('1.4 M');
    expect(formatSpacedCompact(950)).toBe('950');
  });

  it('writes rates with one decimal and null as a dash', () => {
    expect(formatRate(0.87412)).toBe('87.4%');
    expect(formatRate(0)).toBe('0.0%');
    expect(formatRate(1)).toBe('100.0%');
    expect(formatRate(null)).toBe('–');
    expect(formatPercentNumber(0.3349)).toBe('33');
    expect(formatPercentNumber(null)).toBe('–');
  });

  it('gives differences a true minus, a plus, and no sign where they round to zero', () => {
    expect(formatPoints(-0.008)).toBe('\u22120.8 pp');
    expect(formatPoints(0.0579)).toBe('+5.8 pp');
    expect(formatPoints(-0.0004)).toBe('0.0 pp');
    expect(formatPoints(null)).toBe('–');
    expect(formatChange(0.013)).toBe('+1.3%');
    expect(formatChange(-0.001)).toBe('\u22120.1%');
    expect(formatChange(-0)).toBe('0.0%');
    expect(formatSignedPercentNumber(-0.04)).toBe('\u22124');
    expect(formatSignedPercentNumber(0)).toBe('0');
  });

  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [84_200, '84 kB'],
    [9_640_000, '9.6 MB'],
    [84_200_000, '84 MB'],
    [11_800_000_000, '11.8 GB'],
    [999_600, '1.0 MB'],
  ])('writes %d bytes as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text);
  });

  it('counts in words', () => {
    expect(formatQuantity(1, 'source')).toBe('1 source');
    expect(formatQuantity(1_200, 'day')).toBe('1,200 days');
    expect(formatQuantity(2, 'match', 'matches')).toBe('2 matches');
  });
});
