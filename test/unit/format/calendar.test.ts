import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addDays,
  addMonths,
  daysBetween,
  formatDate,
  formatDateRange,
  formatFullDate,
  formatMonth,
  formatSpanInWords,
  formatWeekdayDate,
  isCalendarDate,
  startOfMonth,
  startOfWeek,
  weekdayInitials,
  weekdayOf,
} from '../../../shared/format/calendar.ts';

const TODAY = '2026-11-19';

describe('calendar dates', () => {
  it.each(['2026-11-19', '2024-02-29', '1999-12-31'])('accepts %s', (text) => {
    expect(isCalendarDate(text)).toBe(true);
  });

  it.each(['2026-02-29', '2026-13-01', '2026-1-1', '19-11-2026', '', '2026-11-19T00:00:00Z'])(
    'refuses "%s"',
    (text) => {
      expect(isCalendarDate(text)).toBe(false);
    },
  );

  it('adds days across months, years and leap days', () => {
    expect(addDays('2026-10-23', 27)).toBe('2026-11-19');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29');
    expect(daysBetween('2026-10-23', '2026-11-19')).toBe(27);
  });

  it('adds months and stays inside a short one', () => {
    expect(addMonths('2026-01-31', 1)).toBe('2026-02-28');
    expect(addMonths('2026-11-19', -11)).toBe('2025-12-19');
    expect(addMonths('2026-12-15', 1)).toBe('2027-01-15');
  });

  it('knows weekdays and the starts of weeks and months', () => {
    expect(weekdayOf('2026-11-19')).toBe(4);
    expect(weekdayOf('1969-12-28')).toBe(0);
    expect(startOfWeek('2026-11-19', 'monday')).toBe('2026-11-16');
    expect(startOfWeek('2026-11-15', 'monday')).toBe('2026-11-09');
    expect(startOfWeek('2026-11-15', 'sunday')).toBe('2026-11-15');
    expect(startOfMonth('2026-11-19')).toBe('2026-11-01');
    expect(weekdayInitials('monday').map(({ short }) => short)).toEqual([
      'Mo',
      'Tu',
      'We',
      'Th',
      'Fr',
      'Sa',
      'Su',
    ]);
  });

  it('adding and counting days are each other’s reverse', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -20_000, max: 20_000 }),
        fc.integer({ min: -4_000, max: 4_000 }),
        (start, days) => {
          const date = addDays('2000-01-01', start);
          expect(isCalendarDate(date)).toBe(true);
          expect(daysBetween(date, addDays(date, days))).toBe(days);
          expect(weekdayOf(addDays(date, 7))).toBe(weekdayOf(date));
        },
      ),
    );
  });
});

describe('dates in words', () => {
  it('says the year only when it is not the current one', () => {
    expect(formatDate('2026-11-09', TODAY)).toBe('9 Nov');
    expect(formatDate('2025-11-09', TODAY)).toBe('9 Nov 2025');
    expect(formatFullDate(TODAY)).toBe('19 Nov 2026');
    expect(formatWeekdayDate('2026-11-06')).toBe('Friday 6 November');
    expect(formatMonth(TODAY)).toBe('November 2026');
  });

  it('joins ranges', () => {
    expect(formatDateRange('2026-10-23', '2026-11-19', TODAY)).toBe('23 Oct – 19 Nov');
    expect(formatDateRange('2025-12-23', '2026-01-19', TODAY)).toBe('23 Dec 2025 – 19 Jan');
    expect(formatDateRange(TODAY, TODAY, TODAY)).toBe('19 Nov');
  });

  it('names spans', () => {
    expect(formatSpanInWords('2026-11-12', '2026-11-12')).toBe('12 November');
    expect(formatSpanInWords('2026-11-11', '2026-11-13')).toBe('11 to 13 November');
    expect(formatSpanInWords('2026-10-30', '2026-11-02')).toBe('30 October to 2 November');
    expect(formatSpanInWords('2026-11-10', '2026-11-14', 'short')).toBe('10 to 14 Nov');
  });
});
