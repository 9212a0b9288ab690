import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FunnelMachine } from '../../main/query/kernels/js/funnel/funnel-machine.ts';
import type { FunnelRules, Try } from '../../main/query/kernels/js/funnel/rules.ts';
import { type Serving, type UnitEvents, UnitRunner } from '../../main/query/kernels/js/funnel/unit-events.ts';

const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const seed = Number(process.env['TIDEMARK_SEED'] ?? (IS_DEEP ? Date.now() % 1_000_000 : 1));

const STEPS = 3;
const STEP_BITS = (1 << STEPS) - 1;
const OTHER = 1 << (STEPS + 2); // what lies between steps of a strict funnel
const MISSING = 0;

const rules = fc.record<FunnelRules>({
  steps: fc.constant(STEPS),
  order: fc.constantFrom('ordered', 'strict', 'unordered'),
  windowMs: fc.integer({ min: 0, max: 12 }),
  optional: fc.constantFrom(0, 0b010),
  exclusions: fc.array(
    fc.constantFrom({ after: 0, before: 1 }, { after: 0, before: 2 }, { after: 1, before: 2 }),
    { maxLength: 2 },
  ),
});
const events = fc
  .array(
    fc.record({
      at: fc.nat({ max: 15 }),
      mask: fc.nat({ max: 31 }),
      hold: fc.nat({ max: 3 }),
      group: fc.nat({ max: 2 }),
    }),
    { maxLength: 24, size: 'max' },
  )
  .map((list) => list.sort((a, b) => a.at - b.at));

type Seen = Pick<Try, 'startMs' | 'done' | 'furthest' | 'isExcluded'> & { times: number[] };

const seen = ({ startMs, done, furthest, isExcluded, times }: Try): Seen => ({
  startMs,
  done,
  furthest,
  isExcluded,
  times: [...times].map((at, step) => ((done >>> step) & 1 ? at : -1)),
});

describe('a funnel over some of the events of a unit', () => {
  it(`has the tries of a walk over all of them, in which the others serve no step, seed ${seed}`, () => {
    fc.assert(
      fc.property(rules, events, fc.boolean(), fc.boolean(), (asked, list, isHeld, isNarrowed) => {
        const ofKind = asked.order === 'unordered' ? { ...asked, optional: 0 } : asked;
        const unit: UnitEvents = {
          from: 1,
          to: list.length + 1,
          tsMs: Float64Array.from([0, ...list.map(({ at }) => at), 0]),
          masks: Int32Array.from([0, ...list.map(({ mask }) => mask | OTHER), 0]),
          holds: isHeld ? Int32Array.from([0, ...list.map(({ hold }) => hold), 0]) : null,
        };
        const serving: Serving = isNarrowed
          ? list.flatMap(({ group }, index) => (group === 1 ? [index + 1] : []))
          : null;
        const found: Seen[] = [];
        new UnitRunner(ofKind, (hold) => hold === MISSING).eachTry(unit, serving, (one) => {
          found.push(seen(one));
          return true;
        });
        expect(byStart(found)).toEqual(byStart(walkAll(ofKind, unit, serving)));
      }),
      { seed, numRuns: IS_DEEP ? 20_000 : 1_000 },
    );
  });
});

/** One walk over every event per held value. */
function walkAll(asked: FunnelRules, { from, to, tsMs, masks, holds }: UnitEvents, serving: Serving): Seen[] {
  const found: Seen[] = [];
  const values = holds === null ? [MISSING] : [1, 2, 3];
  for (const value of values) {
    const own = masks.slice(from, to).map((mask, index) => {
      const isHeld = holds === null || holds[from + index] === value;
      const serves = serving === null || serving.includes(from + index);
      return isHeld && serves ? mask : mask & ~STEP_BITS;
    });
    new FunnelMachine(asked).eachTry(tsMs.slice(from, to), own, to - from, (one) => {
      found.push(seen(one));
      return true;
    });
  }
  return found;
}

const byStart = (tries: readonly Seen[]): string[] => tries.map((one) => JSON.stringify(one)).sort();
