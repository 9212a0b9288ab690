import { describe, expect, it } from 'vitest';
import {
  chiSquareTail,
  normalCdf,
  normalQuantile,
  normalTail,
  tQuantile,
  tTail,
} from '../../support/oracle/distributions.ts';
import type { VariantResult } from '../../support/oracle/experiment-test.ts';
import type { WireEvent } from '../../support/oracle/types.ts';
import { ask, event, walk } from './ask-oracle.ts';

describe('distribution functions', () => {
  const within = (actual: number, expected: number) => {
    expect(Math.abs(actual / expected - 1)).toBeLessThan(1e-12);
  };

  // worked out with 30 digits from the error function and the hypergeometric function
  it.each([
    [1, 0.15865525393145705],
    [2.5, 0.006209665325776135],
    [6, 9.86587645037698e-10],
  ])('the normal distribution has above %f: %f', (z, tail) => {
    within(normalTail(z), tail);
    within(normalCdf(-z), tail);
    within(normalCdf(z), 1 - tail);
    if (z < 3) within(normalQuantile(1 - tail), z); // 1 - tail has too few digits beyond
  });

  it.each([
    [1, 1, 0.25],
    [2, 5, 0.05096973941492918],
    [1.5, 1.3, 0.16561481199280328],
    [3, 17.25, 0.003978801148699791],
    [1.8, 6000, 0.03595542564729551],
    [8, 40, 3.9525420550522695e-10],
  ])('above %f with %f degrees of freedom lies %f of t', (t, df, tail) => {
    within(tTail(t, df), tail);
    within(tTail(-t, df), 1 - tail);
  });

  it.each([
    [0.975, 1, 12.706204736174705],
    [0.975, 10, 2.228138851986275],
    [0.95, 4.5, 2.065575888878525],
    [0.995, 120, 2.617421145106866],
  ])('the quantile %f of t with %f degrees of freedom is %f', (p, df, t) => {
    within(tQuantile(p, df), t);
    within(tQuantile(1 - p, df), -t);
  });

  it.each([
    [3.5, 1, 0.06136882913940217],
    [5, 3, 0.17179714429673315],
    [40, 12, 7.190884052842893e-5],
  ])('above %f with %f degrees of freedom lies %f of chi-square', (x, df, tail) => {
    within(chiSquareTail(x, df), tail);
  });
});

const CONTROL = { name: 'control', n: 3407, sum: 1396.87, sumSquares: 52377.9767 };
const VARIANT = { name: 'blue', n: 3461, sum: 2422.7, sumSquares: 134698.29 };

const variants = (spec: object, events: readonly WireEvent[] = []): VariantResult[] =>
  (ask({ kind: 'experiment', ...spec }, events) as { variants: VariantResult[] }).variants;
const compare = (spec: object, control: object = CONTROL, variant: object = VARIANT): VariantResult =>
  variants({ samples: [control, variant], ...spec })[1]!;
const rounded = (result: object): unknown =>
  JSON.parse(
    JSON.stringify(result, (_key, value: unknown) =>
      typeof value === 'number' ? Math.round(value * 1e5) / 1e5 : value,
    ),
  );

// the numbers to five digits are those of published worked examples of the same formulas
describe('two samples', () => {
  it('differ by a relative effect', () => {
    expect(rounded(compare({}))).toMatchObject({
      name: 'blue',
      n: 3461,
      mean: 0.7,
      effect: 0.70732,
      standardError: 0.37879,
      low: -0.03526,
      high: 1.44989,
      pValue: 0.06191,
      reason: null,
    });
  });

  it('or by an absolute one', () => {
    expect(rounded(compare({ difference: 'absolute' }))).toMatchObject({
      effect: 0.29,
      standardError: 0.12478,
      low: 0.04538,
      high: 0.53462,
      pValue: 0.02016,
    });
  });

  it('may be proportions: p(1 − p) without n − 1', () => {
    expect(rounded(compare({}, { name: 'a', n: 28, sum: 14 }, { name: 'b', n: 30, sum: 16 }))).toMatchObject({
      effect: 0.06667,
      standardError: 0.2717,
      low: -0.47767,
      high: 0.61101,
      pValue: 0.80707,
    });
  });

  it('divide by the absolute mean of the control', () => {
    const control = { ...CONTROL, sum: -1396.87 };
    expect(compare({}, control).effect).toBeCloseTo(1 + 0.7 / 0.41, 12);
  });

  it('leave the control without effect', () => {
    const none = { effect: null, standardError: null, low: null, high: null };
    expect(variants({ samples: [CONTROL, VARIANT] })[0]).toEqual({
      name: 'control',
      n: 3407,
      mean: 0.41,
      ...none,
      pValue: null,
      sequential: null,
      bayesian: null,
      reason: null,
    });
  });
});

describe('one-sided tests', () => {
  const control = { ...CONTROL, n: 3000 };

  it('leave the open end null', () => {
    const greater = compare({ alternative: 'greater' }, control);
    expect(greater.low).toBeCloseTo(-0.045136675850396046, 9);
    expect(greater.high).toBeNull();
    expect(greater.pValue).toBeCloseTo(0.06558262868467746, 9);
    const less = compare({ alternative: 'less' }, control);
    expect(less.low).toBeNull();
    expect(less.high).toBeCloseTo(1.0518588475628676, 9);
    expect(less.pValue).toBeCloseTo(0.9344173713153225, 9);
  });

  it('have an always-valid interval of their own', () => {
    const greater = compare({ alternative: 'greater' }, control).sequential;
    expect(greater?.low).toBeCloseTo(-0.42356454602790883, 9);
    expect(greater).toMatchObject({ high: null, pValue: 0.5 });
    const absolute = compare({ alternative: 'greater', difference: 'absolute' }, control).sequential;
    expect(absolute?.low).toBeCloseTo(-0.12656844172804982, 9);
    expect(absolute?.pValue).toBeCloseTo(0.463, 3);
    const less = compare({ alternative: 'less' }, control).sequential;
    expect(less?.high).toBeCloseTo(1.4302867177403806, 9);
    expect(less).toMatchObject({ low: null, pValue: 0.5 });
  });
});

describe('the always-valid interval', () => {
  it('is wider than the fixed one, least where as many users came as were expected', () => {
    const spec = { sequential: { tuning: 1000 } };
    expect(rounded(compare(spec, { ...CONTROL, n: 3000 }).sequential!)).toEqual({
      low: -0.55844,
      high: 1.56516,
      pValue: 1,
    });
    const [a, b] = [
      { name: 'a', n: 3000, sum: 1396 },
      { name: 'b', n: 3461, sum: 2422 },
    ];
    expect(rounded(compare({}, a, b).sequential!)).toEqual({ low: 0.40098, high: 0.60675, pValue: 0 });
  });

  it('excludes 0 exactly at the level of its p-value', () => {
    const [a, b] = [
      { name: 'a', n: 900, sum: 400 },
      { name: 'b', n: 900, sum: 500 },
    ];
    const { sequential, effect, standardError } = compare({}, a, b);
    const rho2 = (-2 * Math.log(0.05) + Math.log(1 - 2 * Math.log(0.05))) / 5000;
    const m = 1800 * rho2 + 1;
    const level = sequential?.pValue ?? 0;
    const half = standardError! * Math.sqrt(((2 * m) / (1800 * rho2)) * Math.log(Math.sqrt(m) / level));
    expect(half).toBeCloseTo(effect!, 12);
    expect(level).toBeLessThan(0.05);
  });
});

describe('the posterior', () => {
  it('is the estimate under a flat prior', () => {
    const { bayesian, effect, standardError } = compare({ prior: null });
    expect(bayesian?.effect).toBeCloseTo(effect!, 12);
    expect(bayesian?.standardError).toBeCloseTo(standardError!, 12);
    expect(bayesian?.chanceToWin).toBeCloseTo(normalCdf(effect! / standardError!), 12);
    // what is expected of the positive part and of the negative part makes up the effect
    expect(bayesian!.risk.keep! - bayesian!.risk.switch!).toBeCloseTo(effect!, 12);
    expect(bayesian?.low).toBeCloseTo(effect! - 1.9599639845400543 * standardError!, 12);
  });

  it('moves towards a prior of the relative effect', () => {
    const prior = { mean: 0, variance: 0.1 };
    const { bayesian, effect, standardError } = compare({ prior });
    const precision = 1 / standardError! ** 2 + 10;
    expect(bayesian?.effect).toBeCloseTo(effect! / standardError! ** 2 / precision, 12);
    expect(bayesian?.standardError).toBeCloseTo(Math.sqrt(1 / precision), 12);
    const absolute = compare({ prior, difference: 'absolute' });
    const scaled = 1 / absolute.standardError! ** 2 + 10 / 0.41 ** 2;
    expect(absolute.bayesian?.standardError).toBeCloseTo(Math.sqrt(1 / scaled), 12);
  });
});

describe('degenerate input', () => {
  const none = { effect: null, standardError: null, low: null, high: null };
  const neutral = {
    ...none,
    pValue: 1,
    sequential: { low: null, high: null, pValue: 1 },
    bayesian: { ...none, chanceToWin: 0.5, risk: { keep: null, switch: null } },
  };

  it.each([
    ['no users', { name: 'b', n: 0, sum: 0, sumSquares: 0 }, null],
    ['no variance', { name: 'b', n: 10, sum: 20, sumSquares: 40 }, 2],
    ['one user', { name: 'b', n: 1, sum: 2, sumSquares: 4 }, 2],
    ['nobody converted', { name: 'b', n: 10, sum: 0 }, 0],
    ['nothing was measured', { name: 'b', n: 10 }, null],
  ])('%s gives a neutral result with a reason', (_what, variant, mean) => {
    const result = compare({}, CONTROL, variant);
    expect(result).toMatchObject({ ...neutral, mean, n: variant.n });
    expect(result.reason).toEqual(expect.any(String));
  });

  it('a control mean of 0 has no relative effect, but an absolute one', () => {
    const control = { name: 'a', n: 4, sum: 0, sumSquares: 8 };
    expect(compare({}, control)).toMatchObject(neutral);
    expect(compare({ difference: 'absolute' }, control).reason).toBeNull();
  });
});

describe('the sample ratio', () => {
  const pValue = (users: readonly number[], weights?: readonly number[]) => {
    const samples = users.map((n, index) => ({ name: `v${index}`, n }));
    const asked = { kind: 'experiment', samples, ...(weights ? { weights } : {}) };
    return (ask(asked, []) as { sampleRatio: { pValue: number } }).sampleRatio.pValue;
  };

  it('is tested over variants with weight', () => {
    expect(pValue([500, 500])).toBe(1);
    expect(pValue([1000, 1200, 900], [0.5, 0.5, 0])).toBeCloseTo(0.000020079, 9);
    expect(pValue([500, 500, 600], [0.34, 0.33, 0.33])).toBeCloseTo(0.000592638, 9);
    expect(pValue([10, 20], [1, 0])).toBe(1);
    expect(pValue([0, 0])).toBe(1);
    expect(pValue([0, 500, 500])).toBeLessThan(1e-12); // a variant without users counts
  });
});

describe('a plan', () => {
  const plan = (more: object, options: object = {}) =>
    ask(
      {
        kind: 'experiment',
        plan: { mean: 10, variance: 3909.9997749994377, users: 400_000, variants: 3, ...more },
        ...options,
      },
      [],
    ) as { power: number; minimumEffect: number };

  it('tells the power or the smallest effect', () => {
    expect(plan({ effect: 0.05 }).power).toBeCloseTo(0.52144, 5);
    expect(plan({ power: 0.8 }).minimumEffect).toBeCloseTo(0.07027, 5);
    // the far tail is left out: the power is that much larger
    const { minimumEffect } = plan({ power: 0.6 });
    expect(plan({ effect: minimumEffect }).power).toBeCloseTo(0.6, 4);
    expect(plan({ power: 0.05 }).minimumEffect).toBeNull();
    expect(plan({ effect: 0 }).power).toBeCloseTo(0.05, 12);
  });

  it('may be for an always-valid interval', () => {
    const sequential = { tuning: 5000 };
    expect(plan({ effect: 0.05 }, { sequential }).power).toBeCloseTo(0.20596, 5);
    expect(plan({ power: 0.8 }, { sequential }).minimumEffect).toBeCloseTo(0.12821, 5);
  });

  it('of an absolute effect has the same error on both sides', () => {
    // 2 · variance ÷ n = 0.0586…; z = 0.5 ÷ 0.2422
    const error = Math.sqrt((2 * 3909.9997749994377) / (400_000 / 3));
    const expected =
      normalTail(1.9599639845400543 - 0.5 / error) + normalCdf(-1.9599639845400543 - 0.5 / error);
    expect(plan({ effect: 0.5 }, { difference: 'absolute' }).power).toBeCloseTo(expected, 12);
  });

  it('may be out of reach, or senseless', () => {
    expect(plan({ power: 0.8, users: 20 }).minimumEffect).toBeNull();
    expect(plan({ effect: 0.1, mean: 0 }).power).toBeNull();
  });
});

describe('exposures', () => {
  const seen = (user: string, at: number, variant: string): WireEvent[] =>
    walk(user, ['experiment_exposure', at, { experiment_id: 'copy', variant }]);
  const paid = (user: string, ...payments: readonly (readonly [number, number])[]) =>
    walk(user, ...payments.map(([at, amount]) => ['payment', at, { amount }] as const));
  const metric = { event: 'payment', measure: 'sum', property: 'amount' };
  const copy = (spec: object, events: readonly WireEvent[]) =>
    variants({ experiment_id: 'copy', metric, ...spec }, events);

  it('make samples of what users did from then on', () => {
    const events = [
      ...seen('u', 10, 'control'),
      ...paid('u', [9, 100], [10, 1], [20, 2]),
      ...seen('v', 10, 'control'),
      ...seen('w', 10, 'blue'),
      ...paid('w', [11, 5]),
      ...seen('x', 10, 'blue'),
      ...seen('x', 12, 'blue'),
      ...paid('x', [11, 7]),
      ...seen('y', 10, 'blue'),
      ...seen('y', 11, 'control'), // saw both: in neither
      ...paid('z', [11, 9]), // saw nothing
    ];
    expect(copy({}, events)).toMatchObject([
      { name: 'control', n: 2, mean: 1.5 },
      { name: 'blue', n: 2, mean: 6 },
    ]);
    // s² = 4.5 and 2; standard error of the difference: √(4.5 / 2 + 2 / 2)
    expect(copy({ difference: 'absolute' }, events)[1]).toMatchObject({
      effect: 4.5,
      standardError: Math.sqrt(3.25),
    });
    const users = {
      event: 'payment',
      measure: 'users',
      filters: [{ property: 'amount', op: 'gt', value: 5 }],
    };
    expect(copy({ metric: users }, events)[1]).toMatchObject({ mean: 0.5 });
    expect(() =>
      copy({ metric: { event: 'payment', measure: 'max', property: 'amount' } }, events),
    ).toThrow();
  });

  it('of a quotient use the delta method', () => {
    const events = [
      ...seen('u', 0, 'a'),
      ...paid('u', [1, 2], [2, 4]),
      ...seen('v', 0, 'a'),
      ...paid('v', [1, 9]),
      ...seen('w', 0, 'b'),
      ...paid('w', [1, 1]),
      ...seen('x', 0, 'b'),
      ...paid('x', [1, 2], [2, 6], [3, 1]),
    ];
    const mean = { event: 'payment', measure: 'mean', property: 'amount' };
    const [a, b] = copy({ metric: mean, difference: 'absolute' }, events);
    expect([a?.mean, b?.mean]).toEqual([5, 2.5]);
    // a: sums 6, 9 over counts 2, 1: (4.5 − 2·5·(−1.5)·… ) as (var m − 2 R cov + R² var d) ÷ d̄²
    const ofA = (4.5 - 2 * 5 * -1.5 + 25 * 0.5) / 1.5 ** 2;
    const ofB = (32 - 2 * 2.5 * 8 + 2.5 ** 2 * 2) / 2 ** 2;
    expect(b?.standardError).toBeCloseTo(Math.sqrt(ofA / 2 + ofB / 2), 12);
  });

  it('are adjusted by the fourteen days before', () => {
    const people: [string, string, number, number][] = [
      ['c1', 'control', 1, 2],
      ['c2', 'control', 2, 4],
      ['c3', 'control', 3, 7],
      ['v1', 'new', 1, 3],
      ['v2', 'new', 2, 5],
      ['v3', 'new', 4, 8],
    ];
    const events = people.flatMap(([user, variant, before, after]) => [
      ...seen(user, 0, variant),
      ...paid(user, [-14 * 86_400, before], [-14 * 86_400 - 1, 1000], [0, after]),
    ]);
    const spec = { difference: 'absolute', cuped: true };
    const result = copy(spec, events)[1]!;
    // θ = 1.9268 over all six; worked out apart from this code
    expect(result.effect).toBeCloseTo(0.3577235772357725, 12);
    expect(result.standardError).toBeCloseTo(0.46033781030543297, 12);
    expect(result.mean).toBeCloseTo(16 / 3, 12);
    expect(copy({ ...spec, cuped: false }, events)[1]?.effect).toBeCloseTo(1, 12);
    const relative = copy({ cuped: true }, events)[1]!;
    expect(relative.effect).toBeCloseTo(0.3577235772357725 / (13 / 3), 12);
  });

  it('are split by what they carry', () => {
    const at = (user: string, variant: string, platform: string) =>
      event('experiment_exposure', 0, {
        user_id: user,
        platform,
        properties: { experiment_id: 'copy', variant },
      });
    const events = [at('u', 'a', 'web'), at('v', 'b', 'web'), at('w', 'a', 'ios')];
    const asked = { kind: 'experiment', experiment_id: 'copy', metric, breakdown: { property: 'platform' } };
    expect(ask(asked, events)).toMatchObject({
      variants: [{ n: 2 }, { n: 1 }],
      breakdowns: [
        { value: 'web', variants: [{ n: 1 }, { n: 1 }] },
        { value: 'ios', variants: [{ name: 'a', n: 1 }] },
      ],
    });
  });

  it('of an unknown experiment are none', () => {
    expect(ask({ kind: 'experiment', experiment_id: 'x', metric }, [])).toEqual({
      sampleRatio: { pValue: 1 },
      variants: [],
    });
  });
});
