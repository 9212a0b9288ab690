import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_ADDRESS, formatAddress, parseAddress } from '../../../renderer/state/address.ts';
import { parsePenalty } from '../../../renderer/state/signals-address.ts';
import {
  goalCompletion,
  liftAt,
  pairLift,
  type SignalCounts,
  signalColumns,
  zeroPenalty,
} from '../../../renderer/views/signals/columns.ts';
import { describeSignals, liftText, penaltyText } from '../../../renderer/views/signals/words.ts';
import type { AnswerOf, TrendLine } from '../../../shared/query/answer.ts';

const counts = (more: Partial<SignalCounts> = {}): SignalCounts => ({
  starts: 10,
  abandoned: 4,
  pairs: 6,
  pairSum: 9,
  answers: { yes: 3, partly: 2, no: 1 },
  unanswered: 0,
  ...more,
});

describe('the lift of all starts', () => {
  it('moves with the penalty from that of 0 on, and meets zero where it says', () => {
    expect(liftAt(counts(), 0)).toBe(0.9);
    expect(liftAt(counts(), -1)).toBe(0.5);
    expect(zeroPenalty(counts())).toBe(-2.25);
    expect(pairLift(counts())).toBe(1.5);
    expect(goalCompletion(counts())).toBe(0.4);
    const pairs = fc.record({
      pairs: fc.nat(500),
      abandoned: fc.integer({ min: 1, max: 500 }),
      pairSum: fc.integer({ min: -900, max: 900 }),
    });
    fc.assert(
      fc.property(pairs, (more) => {
        const own = counts(more);
        expect(liftAt(own, zeroPenalty(own)!)).toBeCloseTo(0, 9);
        expect(liftAt(own, -3)!).toBeLessThan(liftAt(own, 0)!);
      }),
    );
  });

  it('is not defined without anybody', () => {
    const nobody = counts({ starts: 0, abandoned: 0, pairs: 0, pairSum: 0 });
    const numbers = [liftAt(nobody, -1), pairLift(nobody), goalCompletion(nobody), zeroPenalty(nobody)];
    expect(numbers).toEqual([null, null, null, null]);
  });
});

describe('signals as counts', () => {
  it('take the abandoned starts out of the lift, and find each answer by what lacks it', () => {
    const line = (name: string, numerator: number, denominator: number): TrendLine => ({
      name,
      compare: 'current',
      data: [numerator / denominator],
      numerator: [numerator],
      denominator: [denominator],
      total: numerator / denominator,
      totalNumerator: numerator,
      totalDenominator: denominator,
    });
    const answer: AnswerOf<'trend'> = {
      ok: true,
      kind: 'trend',
      revision: 1,
      completeTo: null,
      fresh: true,
      partial: [],
      rowsRead: 0,
      segmentsRead: 0,
      elapsedMs: 0,
      notes: [],
      lateSources: [],
      gaps: [],
      mismatches: [],
      zone: 'UTC',
      taxonomyVersion: null,
      result: {
        buckets: ['2026-11-16T00:00:00.000Z'],
        series: [
          line('lift', 5, 10),
          line('abandoned', 4, 10),
          line('without yes', 7, 10),
          line('without partly', 8, 10),
          line('without no', 10, 10),
        ],
      },
    };
    const { total, buckets, previousTotal } = signalColumns(answer);
    expect(total).toEqual(counts({ answers: { yes: 3, partly: 2, no: 0 }, unanswered: 1 }));
    expect(buckets).toEqual([total]);
    expect(previousTotal).toBeNull();
  });
});

describe('words of the Signals view', () => {
  it('carry the sign, and the assumption', () => {
    const texts = [liftText(1.618), liftText(-0.4), liftText(0.001), liftText(null)];
    expect(texts).toEqual(['+1.62', '−0.40', '0.00', '–']);
    expect([penaltyText(-1), penaltyText(0)]).toEqual(['−1.0', '0.0']);
    const columns = {
      dates: [],
      previousDates: [],
      isPartial: [],
      watermarkIndex: null,
      columnOf: () => null,
    };
    const signals = { columns, previousTotal: null, buckets: [], experience: { mean: null, n: 0 } };
    const told = (total: SignalCounts) =>
      describeSignals({ ...signals, total }, { penalty: -1, hasFilters: true });
    expect(told(counts())).toEqual({
      lead: 'People who finish leave 1.5 points more confident.',
      rest: ' With abandoned starts counted at −1.0*, the change is +0.50.',
    });
    expect(told(counts({ starts: 0 })).lead).toBe('Nobody started under these filters.');
  });
});

describe('the penalty in the address', () => {
  it('comes back in steps of a tenth from 0 to −5, and is refused beyond', () => {
    for (let tenths = 0; tenths <= 50; tenths += 1) {
      const address = {
        ...DEFAULT_ADDRESS,
        view: 'signals' as const,
        range: { preset: '12w' as const },
        signals: { penalty: -tenths / 10 + 0 },
      };
      expect(parseAddress(formatAddress(address))).toEqual({ address, problems: [] });
    }
    expect(['-5.1', '1', '-1.25', 'x', ''].map(parsePenalty)).toEqual(
      Array.from({ length: 5 }, () => undefined),
    );
    expect(parsePenalty('−2.5')).toBe(-2.5);
  });
});
