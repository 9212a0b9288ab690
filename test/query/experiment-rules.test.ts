import { describe, expect, it } from 'vitest';
import type {
  ExperimentComparison,
  ExperimentPlanResult,
  VariantResult,
} from '../../shared/query/kind-answers.ts';
import { askEvents, type QuestionOf } from '../support/ask-events.ts';
import { person } from '../support/timelines.ts';

type Question = Omit<QuestionOf<'experiment'>, 'kind'>;

const ask = async (question: Question, events: readonly object[] = []): Promise<ExperimentComparison> =>
  (await askEvents(events, { kind: 'experiment', ...question })).result as ExperimentComparison;
const plan = async (question: Question): Promise<ExperimentPlanResult> =>
  (await askEvents([], { kind: 'experiment', ...question })).result as ExperimentPlanResult;

/** The second sample against the first. */
async function compare(samples: Question['samples'], more: Question = {}): Promise<VariantResult> {
  const { variants } = await ask({ samples, ...more });
  const variant = variants[1];
  if (variant === undefined) throw new Error('no variant was answered');
  return variant;
}

/** Numbers that are close to 9 significant places; the others equal. */
function expectClose(found: unknown, expected: unknown, at = 'result'): void {
  if (typeof expected === 'number' && typeof found === 'number' && expected !== 0)
    expect(found / expected, `${at}: ${found} is not ${expected}`).toBeCloseTo(1, 9);
  else if (typeof expected === 'object' && expected !== null)
    for (const [key, value] of Object.entries(expected))
      expectClose((found as Record<string, unknown>)[key], value, `${at}.${key}`);
  else expect(found, at).toEqual(expected);
}

/*
 * Expected numbers were worked out from the formulas of DATA §5 with 40 digits and an incomplete beta function; rounded,
 * those of the fixed tests are also the ones that other programs publish for these samples.
 */
const means = [
  { name: 'control', n: 3407, sum: 1396.87, sumSquares: 52377.98 },
  { name: 'new', n: 3461, sum: 2422.7, sumSquares: 134698.29 },
];
const proportions = [
  { name: 'control', n: 1000, sum: 100 },
  { name: 'new', n: 1100, sum: 140 },
];

describe('an experiment, fixed horizon (DATA §5)', () => {
  it('compares means by Welch’s t with Satterthwaite degrees of freedom', async () => {
    expectClose(await compare(means, { difference: 'absolute' }), {
      n: 3461,
      mean: 0.7,
      effect: 0.29,
      standardError: 0.124783632727,
      low: 0.0453778903264,
      high: 0.534622109674,
      pValue: 0.0201584037812,
      reason: null,
    });
  });

  it('divides a relative effect by the control mean, its error by the delta method with both variances', async () => {
    expectClose(await compare(means), {
      effect: 0.707317073171,
      standardError: 0.378794368177,
      low: -0.0352601018236,
      high: 1.44989424817,
      pValue: 0.0619118319346,
    });
  });

  it('divides by the absolute control mean: of a negative one less loss is a gain', async () => {
    const negative = [
      { name: 'control', n: 50, sum: -100, sumSquares: 1200 },
      { name: 'new', n: 60, sum: -90, sumSquares: 900 },
    ];
    expectClose(await compare(negative), {
      mean: -1.5,
      effect: 0.25,
      standardError: 0.333801412388,
      low: -0.412865687865,
      high: 0.912865687865,
      pValue: 0.455778973408,
    });
  });

  it('takes p (1 − p) for a proportion, without n − 1', async () => {
    expectClose(await compare(proportions, { difference: 'absolute' }), {
      effect: 0.0272727272727,
      standardError: 0.0138194323053, // √(0.1 · 0.9 ÷ 1000 + p (1 − p) ÷ 1100), p = 140 ÷ 1100
      low: 0.000171501247812,
      high: 0.0543739532976,
      pValue: 0.0485690361546,
    });
    expectClose(await compare(proportions), {
      effect: 0.272727272727,
      standardError: 0.157086547231,
      low: -0.0353344426828,
      high: 0.580788988137,
      pValue: 0.0826824849976,
    });
  });

  it('leaves the open end of a one-sided interval null', async () => {
    expectClose(await compare(means, { alternative: 'greater' }), {
      low: 0.0841569617247,
      high: null,
      pValue: 0.0309559159673,
    });
    expectClose(await compare(means, { alternative: 'less' }), {
      low: null,
      high: 1.33047718462,
      pValue: 0.969044084033,
    });
  });

  it('takes alpha as asked', async () => {
    expectClose(await compare(means, { alpha: 0.1 }), {
      low: 0.0841569617247,
      high: 1.33047718462,
      pValue: 0.0619118319346,
    });
  });

  it('gives the control nothing that follows from an effect', async () => {
    const { variants } = await ask({ samples: means });
    expect(variants[0]).toMatchObject({
      name: 'control',
      n: 3407,
      mean: 1396.87 / 3407,
      effect: null,
      standardError: null,
      low: null,
      high: null,
      pValue: null,
      sequential: null,
      bayesian: null,
    });
  });
});

describe('an experiment, valid at any time (DATA §5)', () => {
  it('stands beside the fixed horizon, tuned to 5000 users', async () => {
    const two = { low: -0.44442378892, high: 1.85905793526, pValue: 0.698672896592 };
    expectClose((await compare(means)).sequential, two);
    expectClose((await compare(means, { sequential: { tuning: 5000 } })).sequential, two);
    expectClose((await compare(means, { difference: 'absolute' })).sequential, {
      low: -0.089410099003,
      high: 0.669410099003,
      pValue: 0.290744572321,
    });
  });

  it('one-sided takes 2α in ρ and ln(1 + √(Nρ² + 1) ÷ 2α); its p is at most 0.5', async () => {
    expectClose((await compare(means, { alternative: 'greater' })).sequential, {
      low: -0.346393990132,
      high: null,
      pValue: 0.4123046788,
    });
    expectClose((await compare(means, { alternative: 'less' })).sequential, {
      low: null,
      high: 1.76102813647,
      pValue: 0.5,
    });
  });

  it('has a p of at most 1, at which its interval just excludes 0', async () => {
    const { sequential } = await compare(means, { alpha: 0.1, sequential: { tuning: 100 } });
    expectClose(sequential, { low: -0.532135003168, high: 1.94676914951, pValue: 1 });
  });

  it('can be left out', async () => {
    expect((await compare(means, { sequential: null })).sequential).toBeNull();
  });
});

describe('an experiment, the posterior (DATA §5)', () => {
  it('is normal, with chance to win and expected loss of keeping the control or switching', async () => {
    expectClose((await compare(means)).bayesian, {
      effect: 0.290496979098,
      standardError: 0.242754479748,
      low: -0.185293058294,
      high: 0.76628701649,
      chanceToWin: 0.884282378284,
      risk: { keep: 0.304209383991, switch: 0.0137124048933 },
    });
  });

  it('is the effect itself under a flat prior', async () => {
    expectClose((await compare(means, { prior: null })).bayesian, {
      effect: 0.707317073171,
      standardError: 0.378794368177,
      low: -0.0351062460034,
      high: 1.44974039234,
      chanceToWin: 0.969069106293,
      risk: { keep: 0.711873840593, switch: 0.00455676742234 },
    });
  });

  it('takes the prior of the relative effect, scaled for an absolute one', async () => {
    const prior = { mean: 0.02, variance: 0.01 };
    expectClose((await compare(means, { prior })).bayesian, {
      effect: 0.0647806819455,
      standardError: 0.0966874928338,
      chanceToWin: 0.748571308457,
      risk: { keep: 0.0793108414526, switch: 0.0145301595071 },
    });
    expectClose((await compare(means, { prior, difference: 'absolute' })).bayesian, {
      effect: 0.0356580938853,
      standardError: 0.0389513328574,
      low: -0.040685115665,
      high: 0.112001303436,
      chanceToWin: 0.820022928238,
      risk: { keep: 0.0394604674483, switch: 0.00380237356304 },
    });
  });
});

describe('an experiment, sample ratio (DATA §5)', () => {
  const ratio = async (users: number[], weights?: number[]): Promise<number> => {
    const samples = users.map((n, index) => ({ name: `v${index}`, n }));
    return (await ask({ samples, ...(weights === undefined ? {} : { weights }) })).sampleRatio.pValue;
  };

  it('is checked by chi-square, evenly or by weights', async () => {
    expectClose(await ratio([1000, 1100]), 0.0290963317413); // erfc(√(100² ÷ 2100 ÷ 2))
    expectClose(await ratio([1000, 1200], [0.5, 0.5]), 2.00786561243e-5);
    expectClose(await ratio([90, 110, 210], [1, 1, 2]), 0.333683955294); // e^(−χ² ÷ 2) with two degrees
    expect(await ratio([100, 200], [1, 2])).toBeCloseTo(1, 12);
  });

  it('counts a variant without users', async () => {
    expectClose(await ratio([100, 0, 90]), 1.58336148745e-21);
  });

  it('looks at variants with weight above 0; fewer than two of them, or no users, give 1', async () => {
    expectClose(await ratio([1000, 1100, 50], [1, 1, 0]), 0.0290963317413);
    expect(await ratio([1000, 1100], [1, 0])).toBe(1);
    expect(await ratio([1000, 1100], [0, 0])).toBe(1);
    expect(await ratio([5])).toBe(1);
    expect(await ratio([0, 0])).toBe(1);
  });

  it('takes samples without sum into the check only', async () => {
    const { variants, sampleRatio } = await ask({
      samples: [
        { name: 'control', n: 1000, sum: 100 },
        { name: 'new', n: 1100 },
      ],
    });
    expectClose(sampleRatio.pValue, 0.0290963317413);
    expect(variants[1]).toMatchObject({ n: 1100, mean: null, effect: null });
  });
});

describe('an experiment, before the start (DATA §5)', () => {
  const basis = { mean: 10, variance: 3910, users: 400_000, variants: 3 };

  it('asks for the power of an effect, users split evenly', async () => {
    const found = await plan({ plan: { ...basis, effect: 0.05 } });
    expectClose(found.power, 0.521440896088);
    expect(found.minimumEffect).toBe(0.05);
    expectClose(
      (await plan({ plan: { ...basis, effect: 0.5 }, difference: 'absolute' })).power,
      0.541696360658,
    );
    expectClose(
      (await plan({ plan: { ...basis, effect: 0.05 }, alternative: 'greater' })).power,
      0.643858526831,
    );
  });

  it('asks for the smallest effect of a power', async () => {
    const found = await plan({ plan: { ...basis, power: 0.8 } });
    expect(found.minimumEffect).toBeCloseTo(0.0702724117, 5); // the far tail is left out
    expect(found.power).toBe(0.8);
    const absolute = await plan({ plan: { ...basis, power: 0.8 }, difference: 'absolute' });
    expect(absolute.minimumEffect).toBeCloseTo(0.6784804116, 5);
  });

  it('gives one where the other came from', async () => {
    for (const alternative of ['two-sided', 'greater', 'less'] as const)
      for (const difference of ['relative', 'absolute'] as const) {
        const { minimumEffect } = await plan({ plan: { ...basis, power: 0.8 }, alternative, difference });
        const back = await plan({ plan: { ...basis, effect: minimumEffect ?? 0 }, alternative, difference });
        expect(back.power).toBeCloseTo(0.8, 5);
      }
  });

  it('says why there is no answer', async () => {
    for (const without of [{ users: 0 }, { variance: 0 }, { mean: 0 }])
      expect(await plan({ plan: { ...basis, ...without, effect: 0.05 } })).toMatchObject({
        power: null,
        reason: expect.any(String) as string,
      });
  });
});

describe('an experiment, degenerate input (DATA §5)', () => {
  it.each([
    ['no users', { n: 0, sum: 0, sumSquares: 0 }, { n: 10, sum: 5, sumSquares: 8 }],
    ['no users in the variant', { n: 10, sum: 5, sumSquares: 8 }, { n: 0, sum: 0 }],
    ['one user', { n: 10, sum: 5, sumSquares: 8 }, { n: 1, sum: 5, sumSquares: 25 }],
    ['no variance at all', { n: 10, sum: 10, sumSquares: 10 }, { n: 10, sum: 10, sumSquares: 10 }],
    ['proportions of 0', { n: 10, sum: 0 }, { n: 10, sum: 0 }],
    ['a control mean of 0', { n: 10, sum: 0, sumSquares: 8 }, { n: 10, sum: 5, sumSquares: 8 }],
  ])('%s gives a neutral result with a reason', async (_what, control, variant) => {
    const found = await compare([
      { name: 'control', ...control },
      { name: 'new', ...variant },
    ]);
    expect(found).toMatchObject({
      effect: null,
      standardError: null,
      low: null,
      high: null,
      pValue: 1,
      bayesian: { effect: null, low: null, high: null, chanceToWin: 0.5, risk: { keep: null, switch: null } },
      reason: expect.stringMatching(/\w/) as string,
    });
  });

  it('has no result but the sample ratio without anyone exposed', async () => {
    const found = await ask({ experiment_id: 'copy', metric: { event: 'pay', measure: 'users' } });
    expect(found).toEqual({ sampleRatio: { pValue: 1 }, variants: [] });
  });
});

describe('an experiment from exposures', () => {
  const exposed = (variant: string, id = 'copy') => ({ experiment_id: id, variant });
  const pays = (amount: number) => ({ amount });
  const events = [
    ...person('c1', ['experiment_exposure@0', exposed('control')]),
    ...person('c2', ['experiment_exposure@0', exposed('control')], ['pay@10', pays(2)]),
    ...person('c3', ['experiment_exposure@0', exposed('control')], ['pay@10', pays(1)], ['pay@20', pays(3)]),
    ...person('t1', ['pay@-1', pays(100)], ['experiment_exposure@0', exposed('a')], ['pay@10', pays(3)]),
    ...person('t2', ['experiment_exposure@0 experiment_exposure@50', exposed('a')], ['pay@10', pays(5)]),
    ...person('t3', ['experiment_exposure@0', exposed('a')], ['pay@10', pays(7)], ['other@11', pays(50)]),
    ...person(
      'mixed',
      ['experiment_exposure@0', exposed('a')],
      ['experiment_exposure@5', exposed('control')],
      ['pay@10', pays(1_000)],
    ),
    ...person('elsewhere', ['experiment_exposure@0', exposed('a', 'another')], ['pay@10', pays(1_000)]),
    ...person('nobody', ['pay@10', pays(1_000)]),
  ];
  const sum = { event: 'pay', measure: 'sum', property: 'amount' } as const;
  const variantOf = async (question: Question, rows = events): Promise<VariantResult> => {
    const { variants } = await ask({ experiment_id: 'copy', difference: 'absolute', ...question }, rows);
    expect(variants.map(({ name }) => name)).toEqual(['control', 'a']); // the control first, though a comes before it
    return variants[1] as VariantResult;
  };

  it('adds up what each user did after the first exposure; whoever met two variants is in none', async () => {
    expectClose(await variantOf({ metric: sum }), {
      n: 3,
      mean: 5, // 3, 5, 7 against 0, 2, 4
      effect: 3,
      standardError: 1.63299316186,
      low: -1.53391587106,
      high: 7.53391587106,
      pValue: 0.140065984912,
    });
  });

  it('takes users for a proportion, events for a mean', async () => {
    const some = [
      ...['c1', 'c2', 'c3', 'c4'].flatMap((user) =>
        person(user, ['experiment_exposure@0', exposed('control')]),
      ),
      ...['t1', 't2', 't3', 't4'].flatMap((user) => person(user, ['experiment_exposure@0', exposed('a')])),
      ...['c1', 't1', 't2', 't3'].flatMap((user) => person(user, 'pay@5 pay@6')),
    ];
    expectClose(await variantOf({ metric: { event: 'pay', measure: 'users' } }, some), {
      mean: 0.75,
      effect: 0.5,
      standardError: 0.306186217848,
      pValue: 0.153589863304,
    });
    expectClose(await variantOf({ metric: { event: 'pay' } }, some), { mean: 1.5, effect: 1 });
  });

  it('counts exposures and what follows inside the range only', async () => {
    const late = [...events, ...person('t4', ['experiment_exposure@-1d', exposed('a')], ['pay@10', pays(9)])];
    const range = { from: '2026-03-02', to: '2026-03-02' };
    expectClose(await variantOf({ metric: sum, range }, [...late, ...person('t1', ['pay@1d', pays(9)])]), {
      n: 3,
      mean: 5,
    });
  });

  it('takes what users did before as covariate (CUPED)', async () => {
    const before = [1, 2, 3, 1, 2, 4];
    const after = [2, 3, 7, 4, 6, 9];
    const rows = before.flatMap((x, index) =>
      person(
        `u${index}`,
        ['pay@-1d', pays(x)],
        ['pay@-20d', pays(500)], // earlier than the period that is looked at
        ['experiment_exposure@0', exposed(index < 3 ? 'control' : 'a')],
        ['pay@10', pays(after[index] as number)],
      ),
    );
    const range = { from: '2026-03-02', to: '2026-03-05' };
    expectClose(await variantOf({ metric: sum, range, cuped: true }, rows), {
      effect: 1.65853658537, // θ = 83 ÷ 41
      standardError: 0.671211949286,
      low: -0.359672797551,
      high: 3.67674596828,
      pValue: 0.0813575320188,
    });
  });

  it('changes nothing where nobody did anything before (CUPED)', async () => {
    const rows = events.filter((row) => !('amount' in row && row.amount === 100));
    expectClose(await variantOf({ metric: sum, cuped: true }, rows), {
      effect: 3,
      standardError: 1.63299316186,
    });
  });

  it('holds the split against weights', async () => {
    const found = await ask({ experiment_id: 'copy', metric: sum, weights: [0.5, 0.5] }, events);
    expect(found.sampleRatio.pValue).toBeCloseTo(1, 12);
    expect(found.variants.map(({ n }) => n)).toEqual([3, 3]);
  });
});
