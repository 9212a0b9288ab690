import { describe, expect, it } from 'vitest';
import { cellPlace } from '../../../renderer/charts/cell-lines.ts';
import { bucketTicks } from '../../../renderer/charts/ticks.ts';
import { drawnBucket, fittingBuckets } from '../../../renderer/state/span-of.ts';
import { groupWithout, hourCells, hoursOfDay } from '../../../renderer/views/practice/columns.ts';
import { describeSubject } from '../../../renderer/views/practice/finding.ts';
import { captureLevels, steppedValues } from '../../../renderer/views/practices/levels.ts';
import { shiftRows } from '../../../renderer/views/practices/shift.ts';
import type { CaptureColumns, StatesGroup } from '../../../renderer/views/practices/columns.ts';
import type { AnswerOf } from '../../../shared/query/answer.ts';

const CALM = { id: 'calm', label: 'Calm', slot: 5 };
const TENSE = { id: 'tense', label: 'Tense', slot: 1 };
const NOTHING = { value: null, low: null, high: null };

function group(completed: number, captured: number, calm: number, tense: number): StatesGroup {
  const n = calm + tense;
  const share = (count: number) => ({ value: n === 0 ? null : count / n, low: null, high: null });
  return {
    id: null,
    n,
    completed,
    captured,
    rate: completed === 0 ? NOTHING : { value: captured / completed, low: 0, high: 1 },
    states: [
      { name: TENSE, count: tense, share: share(tense) },
      { name: CALM, count: calm, share: share(calm) },
    ],
  };
}

describe('what is drawn of some dates', () => {
  it('is by hour up to 16 days, by day up to 200, and else by week', () => {
    const days = (count: number) => ({
      from: '2026-01-01',
      to: new Date(Date.UTC(2026, 0, count)).toISOString().slice(0, 10),
    });
    expect(fittingBuckets(days(16))).toEqual(['hour', 'day', 'week']);
    expect(fittingBuckets(days(17))).toEqual(['day', 'week']);
    expect(fittingBuckets(days(201))).toEqual(['week']);
    expect(drawnBucket('hour', days(28))).toBe('day');
    expect(drawnBucket('hour', days(7))).toBe('hour');
    expect(drawnBucket('auto', days(28))).toBe('day');
  });

  it('carries midnights where it is of hours', () => {
    const hours = Array.from(
      { length: 48 },
      (_, hour) => `2026-11-1${String(Math.floor(hour / 24))} ${String(hour % 24).padStart(2, '0')}:00`,
    );
    expect(bucketTicks(hours, 'hour', 20)).toEqual([0, 24]);
    expect(bucketTicks(hours, 'hour', 1)).toEqual([0]);
  });

  it('keeps small multiples apart', () => {
    expect(cellPlace(1, 0, 12)).toBeGreaterThan(cellPlace(0, 11, 12));
    expect(cellPlace(2, 0, 1)).toBeGreaterThan(cellPlace(1, 0, 1));
  });
});

describe('a practice beside all others', () => {
  const [all, own] = [group(1_000, 880, 500, 380), group(400, 300, 60, 240)];

  it('leaves out itself, exactly', () => {
    expect(groupWithout(all, own)).toMatchObject({ completed: 600, captured: 580, n: 580 });
    expect(groupWithout(all, own).states.map(({ count }) => count)).toEqual([140, 440]);
  });

  it('is told in one sentence, first the rate, then the state that differs most', () => {
    const others = groupWithout(all, own);
    const subject = { kind: 'practice' as const, id: 'p', name: 'Primer', own: [] };
    const finding = describeSubject({
      subject,
      peers: { own, others, all, rank: 2, count: 2 },
      against: shiftRows(own, others),
      impact: null,
      hasFilters: false,
    });
    expect(finding?.lead).toBe('Capture is 21.7 points below other practices.');
    expect(finding?.rest).toBe(' Tense is 80.0% here, 24.1% elsewhere.');
    const few = group(9, 4, 2, 2);
    const small = describeSubject({
      subject,
      peers: { own: few, others: groupWithout(all, few), all, rank: 2, count: 2 },
      against: shiftRows(few, groupWithout(all, few)),
      impact: null,
      hasFilters: false,
    });
    expect(small?.lead).toBe('Too few sessions to judge: n 9.');
  });

  it('has no difference where a side has nothing', () => {
    const rows = shiftRows(own, group(0, 0, 0, 0));
    expect(rows.every(({ difference, isSmall }) => difference === null && isSmall)).toBe(true);
  });
});

describe('the map of days and hours', () => {
  it('puts every hour at its local weekday and hour, also when clocks change', () => {
    const buckets = ['2026-10-24T23:00:00.000Z', '2026-10-25T00:00:00.000Z', '2026-10-25T01:00:00.000Z'];
    const row = {
      value: null,
      n: [1, 2, 4],
      captured: [1, 1, 1],
      completed: [10, 20, 40],
      captureRate: { value: [], low: [], high: [] },
      states: [{ state: 'calm', count: [1, 2, 4], value: [] }],
    };
    const answer = {
      result: { buckets, rows: [], total: row },
      zone: 'Europe/Oslo',
    } as unknown as AnswerOf<'states'>;
    const cells = hourCells(answer, 1, 'monday') ?? [];
    const filled = cells.filter(({ completed }) => completed > 0);
    expect(filled.map(({ weekday, hour, completed }) => [weekday, hour, completed])).toEqual([
      [6, 1, 10],
      [6, 2, 60], // 02:00 comes twice on 25 October
    ]);
    expect(hourCells(answer, 1, 'sunday')?.find(({ completed }) => completed === 10)?.weekday).toBe(0);
    expect(hoursOfDay(cells).find(({ hour }) => hour === 2)).toMatchObject({
      completed: 60,
      byState: { calm: 6 },
    });
  });
});

describe('the 90-day lens', () => {
  it('judges complete days only, and draws nothing after them', () => {
    const buckets = Array.from({ length: 30 }, (_, index) => ({
      date: `2026-10-${String(index + 1).padStart(2, '0')}`,
      isPartial: index >= 28,
      captured: index < 14 ? 180 : 120,
      completed: 200,
    })) as unknown as CaptureColumns['buckets'];
    const levels = captureLevels({ buckets } as CaptureColumns);
    expect(levels.changes.map(({ at }) => at)).toEqual([14]);
    const values = steppedValues(levels, 30);
    expect([values[0], values[14], values[27], values[28]]).toEqual([0.9, 0.6, 0.6, null]);
  });
});
