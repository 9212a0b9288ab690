import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeCounts } from '../../main/engine/detect/counts.ts';
import { hourSlots } from '../../main/engine/detect/hour-slots.ts';
import { judgeLatency } from '../../main/engine/detect/latency.ts';
import { judgeRates } from '../../main/engine/detect/rates.ts';
import { ALARM_SCORE } from '../../main/engine/detect/score.ts';
import { judgeShares } from '../../main/engine/detect/shares.ts';
import { judgeSilence } from '../../main/engine/detect/silence.ts';
import { type Judged, SKIPPED } from '../../main/engine/detect/types.ts';
import { createZone } from '../../shared/time/zone.ts';
import { alarmsFrom } from '../support/measure-detection.ts';
import { createDraws, type Draws } from '../support/simulate-draws.ts';
import {
  simulateCounts,
  simulateMinutes,
  simulateRates,
  simulateShares,
  trafficShape,
} from '../support/simulate-traffic.ts';

const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const runs = { numRuns: IS_DEEP ? 60 : 12 };
const HOUR_MS = 3_600_000;
const DAYS = 21;

/** Parallel columns of one length: numbers per bucket, or lists of them. */
type Columns = Record<string, Float64Array | Uint8Array | Float64Array[]>;

/** One detector as data in, judgement and state out, so that the same laws are tried on all of them. */
interface Case {
  name: string;
  simulate: (draws: Draws) => Columns;
  judge: (buckets: Columns, state?: unknown) => { judged: Judged; state: unknown };
}

const CASES: Case[] = [
  {
    name: 'rates',
    simulate: (draws) => ({
      ...simulateRates(draws, {
        days: DAYS,
        sessionsAnHour: 60,
        rate: 0.9,
        drop: { fromHour: 300, toHour: 380, rate: 0.7 },
      }),
    }),
    judge: (buckets, state) => judgeRates(buckets as never, {}, state as never),
  },
  {
    name: 'counts',
    simulate: (draws) => ({
      ...simulateCounts(draws, {
        days: DAYS,
        eventsAnHour: 60,
        change: { fromHour: 300, toHour: 380, factor: 0.3 },
      }),
    }),
    judge: (buckets, state) => judgeCounts(buckets as never, {}, state as never),
  },
  {
    name: 'shares',
    simulate: (draws) => ({
      ...simulateShares(draws, {
        days: DAYS,
        reactionsAnHour: 60,
        shares: [0.5, 0.3, 0.2],
        change: { fromHour: 300, toHour: 380, shares: [0.3, 0.3, 0.4] },
      }),
    }),
    judge: (buckets, state) => judgeShares(buckets as never, {}, state as never),
  },
  {
    name: 'latency',
    simulate: (draws) => simulateLatency(draws, { fromHour: 300, toHour: 380, factor: 2 }),
    judge: (buckets, state) => judgeLatency(buckets as never, {}, state as never),
  },
  {
    name: 'silence',
    simulate: (draws) => {
      const minutes = simulateMinutes(draws, { days: 11, eventsAnHour: 60 });
      minutes.counts.fill(0, 13_000, 13_300);
      return { ...minutes };
    },
    judge: (buckets, state) => judgeSilence({ bucketMs: 60_000, ...buckets } as never, {}, state as never),
  },
];

function simulateLatency(
  draws: Draws,
  change: { fromHour: number; toHour: number; factor: number },
): { tsMs: Float64Array; slots: Uint8Array; quantiles: Float64Array; measured: Float64Array } {
  const { tsMs, slots, counts } = simulateCounts(draws, { days: DAYS, eventsAnHour: 60 });
  const quantiles = counts.map((measured, hour) => {
    const isChanged = hour >= change.fromHour && hour < change.toHour;
    const noise = 0.03 * draws.normal() + (0.8 * draws.normal()) / Math.sqrt(Math.max(1, measured));
    return 800 * trafficShape(hour) ** 0.2 * Math.exp(noise) * (isChanged ? change.factor : 1);
  });
  return { tsMs, slots, quantiles, measured: counts };
}

const cut = (columns: Columns, from: number, to?: number): Columns =>
  Object.fromEntries(
    Object.entries(columns).map(([name, column]) => [
      name,
      Array.isArray(column) ? column.map((each) => each.slice(from, to)) : column.slice(from, to),
    ]),
  );
const lengthOf = (columns: Columns): number => (columns['tsMs'] as Float64Array).length;
const columnsOf = ({ score, expectedLow, expectedHigh, isAlarm, skipped }: Judged): number[][] =>
  [score, expectedLow, expectedHigh, isAlarm, skipped].map((column) => [...column]);

/** Some buckets are skipped, some hold nonsense. */
function disturb(columns: Columns, draws: Draws): Columns {
  const skipped = new Uint8Array(lengthOf(columns));
  for (let index = 0; index < skipped.length; index += 1)
    if (draws.chance(0.02)) skipped[index] = draws.whole(1, 3);
  const disturbed: Columns = { ...cut(columns, 0), skipped };
  for (const [name, column] of Object.entries(disturbed)) {
    if (['tsMs', 'slots', 'skipped'].includes(name)) continue;
    for (const each of Array.isArray(column) ? column : [column])
      for (let times = 0; times < 5; times += 1)
        each[draws.whole(0, each.length - 1)] = draws.pick([0, NaN, 1e15, -3, 1e308]);
  }
  return disturbed;
}

/** Buckets whose judgement breaks a law, with the law. */
function faultsOf({ score, expectedLow, expectedHigh, isAlarm, skipped }: Judged): string[] {
  return [...score].flatMap((value, index) => {
    const [low, high] = [expectedLow[index]!, expectedHigh[index]!];
    const faults = [
      ...(value >= 0 && value < 1 ? [] : ['score outside 0..1']),
      ...(value >= ALARM_SCORE === (isAlarm[index] === 1)
        ? []
        : ['alarm without score, or score without alarm']),
      ...(skipped[index] === SKIPPED.judged || value === 0 ? [] : ['score of a skipped bucket']),
      ...((Number.isNaN(low) ? Number.isNaN(high) : low <= high) ? [] : ['range upside down']),
    ];
    return faults.map((fault) => `${index}: ${fault}: ${value}, ${low} to ${high}`);
  });
}

describe.each(CASES)('the detector of $name', ({ name, simulate, judge }) => {
  const seeded = fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.double({ min: 0, max: 1, noNaN: true }));

  it('finds what was planted, once, and nothing else', () => {
    const { judged } = judge(simulate(createDraws(7, name)));
    expect(alarmsFrom(judged, 0)).toHaveLength(1);
    const [first] = alarmsFrom(judged, name === 'silence' ? 13_000 : 300);
    expect(first! - (name === 'silence' ? 13_000 : 300)).toBeLessThan(name === 'silence' ? 60 : 24);
  });

  it('never changes what it said when later buckets arrive', () => {
    fc.assert(
      fc.property(seeded, ([seed, share]) => {
        const draws = createDraws(seed, name);
        const buckets = disturb(simulate(draws), draws);
        const at = Math.floor(share * lengthOf(buckets));
        const whole = columnsOf(judge(buckets).judged);
        expect(columnsOf(judge(cut(buckets, 0, at)).judged)).toEqual(
          whole.map((column) => column.slice(0, at)),
        );
      }),
      runs,
    );
  });

  it('goes on from a state saved as JSON, bit for bit', () => {
    fc.assert(
      fc.property(seeded, ([seed, share]) => {
        const draws = createDraws(seed, name);
        const buckets = disturb(simulate(draws), draws);
        const at = Math.floor(share * lengthOf(buckets));
        const whole = judge(buckets);
        const first = judge(cut(buckets, 0, at));
        const rest = judge(cut(buckets, at), JSON.parse(JSON.stringify(first.state)));
        const joined = columnsOf(first.judged).map((column, index) => [
          ...column,
          ...columnsOf(rest.judged)[index]!,
        ]);
        expect(joined).toEqual(columnsOf(whole.judged));
        expect(rest.state).toEqual(whole.state);
      }),
      runs,
    );
  });

  it('gives scores in 0..1, and none to buckets that are skipped, whatever they hold', () => {
    fc.assert(
      fc.property(seeded, ([seed]) => {
        const draws = createDraws(seed, name);
        const { judged } = judge(disturb(simulate(draws), draws));
        expect(faultsOf(judged)).toEqual([]);
      }),
      runs,
    );
  });

  it.each([0, 1, 2, 3])('says nothing of %i buckets', (length) => {
    const { judged } = judge(cut(simulate(createDraws(1, name)), 0, length));
    expect([...judged.score]).toEqual(new Array(length).fill(0));
    expect([...judged.skipped]).toEqual(new Array(length).fill(SKIPPED.learning));
  });

  it('alarms later and less with more caution', () => {
    const buckets = simulate(createDraws(7, name));
    const withCaution = (caution: number): number[] => {
      const options = { caution };
      if (name === 'rates') return alarmsFrom(judgeRates(buckets as never, options).judged, 0);
      if (name === 'counts') return alarmsFrom(judgeCounts(buckets as never, options).judged, 0);
      if (name === 'shares') return alarmsFrom(judgeShares(buckets as never, options).judged, 0);
      if (name === 'latency') return alarmsFrom(judgeLatency(buckets as never, options).judged, 0);
      return alarmsFrom(judgeSilence({ bucketMs: 60_000, ...buckets } as never, options).judged, 0);
    };
    expect(withCaution(2)[0]!).toBeGreaterThanOrEqual(withCaution(1)[0]!);
    expect(withCaution(1_000)).toEqual([]);
  });
});

describe('shares', () => {
  it('name the state that moved and expect each share in its own range', () => {
    const draws = createDraws(9, 'moved');
    const buckets = simulateShares(draws, {
      days: 40,
      reactionsAnHour: 100,
      shares: [0.4, 0.3, 0.2, 0.1],
      change: { fromHour: 800, toHour: 960, shares: [0.37, 0.27, 0.18, 0.18] },
    });
    const { judged, moved, expectedLow, expectedHigh } = judgeShares(buckets);
    const [first] = alarmsFrom(judged, 0);
    expect(first).toBeGreaterThanOrEqual(800);
    expect(moved[first!]).toBe(3);
    expect(expectedLow[0]![790]).toBeLessThan(0.4);
    expect(expectedHigh[0]![790]).toBeGreaterThan(0.4);
    expect(expectedHigh[3]![790]).toBeLessThan(0.3);
  });
});

describe('hourSlots', () => {
  it('are hours of the local week, also on days of 23 and 25 hours', () => {
    const zone = createZone('Europe/Oslo');
    const slotsOf = (from: string, hours: number): number[] => [
      ...hourSlots(
        Float64Array.from({ length: hours }, (_, hour) => Date.parse(from) + hour * HOUR_MS),
        zone,
      ),
    ];
    expect(slotsOf('2026-03-01T23:00:00Z', 3)).toEqual([0, 1, 2]); // a Monday
    const spring = slotsOf('2026-03-28T23:00:00Z', 24); // a Sunday of 23 hours
    expect(spring.slice(0, 4)).toEqual([144, 145, 147, 148]);
    expect(spring[23]).toBe(0);
    const autumn = slotsOf('2026-10-24T22:00:00Z', 25); // a Sunday of 25 hours
    expect(autumn.slice(0, 5)).toEqual([144, 145, 146, 146, 147]);
    expect(autumn[24]).toBe(167);
  });
});
