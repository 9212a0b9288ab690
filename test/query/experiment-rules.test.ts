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
      standardError: 0.12478363272707539,
      low: 0.045377890326414005,
      high: 0.53462210967358599,
      pValue: 0.020158403781169877,
      reason: null,
    });
  });

  it('divides a relative effect by the control mean, its error by the delta method with both variances', async () => {
    expectClose(await compare(means), {
      effect: 0.70731707317073171,
      standardError: 0.37879436817729326,
      low: -0.035260101823605322,
      high: 1.4498942481650687,
      pValue: 0.061911831934555698,
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
      standardError: 0.33380141238839453,
      low: -0.41286568786527319,
      high: 0.91286568786527319,
      pValue: 0.45577897340803113,
    });
  });

  it('takes p (1 − p) for a proportion, without n − 1', async () => {
    expectClose(await compare(proportions, { difference: 'absolute' }), {
      effect: 0.027272727272727273,
      standardError: 0.013819432305314573, // √(0.1 · 0.9 ÷ 1000 + p (1 − p) ÷ 1100), p = 140 ÷ 1100
      low: 0.00017150124781164618,
      high: 0.054373953297642899,
      pValue: 0.048569036154581363,
    });
    expectClose(await compare(proportions), {
      effect: 0.27272727272727273,
      standardError: 0.15708654723053601,
      low: -0.035334442682782413,
      high: 0.58078898813732787,
      pValue: 0.082682484997595528,
    });
  });

  it('leaves the open end of a one-sided interval null', async () => {
    expectClose(await compare(means, { alternative: 'greater' }), {
      low: 0.084156961724696065,
      high: null,
      pValue: 0.030955915967277849,
    });
    expectClose(await compare(means, { alternative: 'less' }), {
      low: null,
      high: 1.3304771846167673,
      pValue: 0.96904408403272215,
    });
  });

  it('takes alpha as asked', async () => {
    expectClose(await compare(means, { alpha: 0.1 }), {
      low: 0.084156961724696065,
      high: 1.3304771846167673,
      pValue: 0.061911831934555698,
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
    const two = { low: -0.44442378892026664, high: 1.8590579352617301, pValue: 0.69867289659246095 };
    expectClose((await compare(means)).sequential, two);
    expectClose((await compare(means, { sequential: { tuning: 5000 } })).sequential, two);
    expectClose((await compare(means, { difference: 'absolute' })).sequential, {
      low: -0.089410099003007019,
      high: 0.66941009900300702,
      pValue: 0.29074457232089507,
    });
  });

  it('one-sided takes 2α in ρ and ln(1 + √(Nρ² + 1) ÷ 2α); its p is at most 0.5', async () => {
    expectClose((await compare(means, { alternative: 'greater' })).sequential, {
      low: -0.34639399013243707,
      high: null,
      pValue: 0.41230467879958236,
    });
    expectClose((await compare(means, { alternative: 'less' })).sequential, {
      low: null,
      high: 1.7610281364739005,
      pValue: 0.5,
    });
  });

  it('has a p of at most 1, at which its interval just excludes 0', async () => {
    const { sequential } = await compare(means, { alpha: 0.1, sequential: { tuning: 100 } });
    expectClose(sequential, { low: -0.53213500316792173, high: 1.9467691495093851, pValue: 1 });
  });

  it('can be left out', async () => {
    expect((await compare(means, { sequential: null })).sequential).toBeNull();
  });
});

describe('an experiment, the posterior (DATA §5)', () => {
  it('is normal, with chance to win and expected loss of keeping the control or switching', async () => {
    expectClose((await compare(means)).bayesian, {
      effect: 0.29049697909806918,
      standardError: 0.24275447974828227,
      low: -0.18529305829432203,
      high: 0.76628701649046039,
      chanceToWin: 0.88428237828392996,
      risk: { keep: 0.30420938399137646, switch: 0.013712404893307282 },
    });
  });

  it('is the effect itself under a flat prior', async () => {
    expectClose((await compare(means, { prior: null })).bayesian, {
      effect: 0.70731707317073171,
      standardError: 0.37879436817729326,
      low: -0.035106246003368306,
      high: 1.4497403923448317,
      chanceToWin: 0.96906910629313156,
      risk: { keep: 0.71187384059306903, switch: 0.0045567674223373236 },
    });
  });

  it('takes the prior of the relative effect, scaled for an absolute one', async () => {
    const prior = { mean: 0.02, variance: 0.01 };
    expectClose((await compare(means, { prior })).bayesian, {
      effect: 0.064780681945475785,
      standardError: 0.096687492833810256,
      chanceToWin: 0.74857130845740242,
      risk: { keep: 0.079310841452619961, switch: 0.014530159507144176 },
    });
    expectClose((await compare(means, { prior, difference: 'absolute' })).bayesian, {
      effect: 0.035658093885261176,
      standardError: 0.038951332857371865,
      low: -0.04068511566501932,
      high: 0.11200130343554167,
      chanceToWin: 0.82002292823792346,
      risk: { keep: 0.039460467448303394, switch: 0.0038023735630422188 },
    });
  });
});

describe('an experiment, sample ratio (DATA §5)', () => {
  const ratio = async (users: number[], weights?: number[]): Promise<number> => {
    const samples = users.map((n, index) => ({ name: `v${index}`, n }));
    return (await ask({ samples, ...(weights === undefined ? {} : { weights }) })).sampleRatio.pValue;
  };

  it('is checked by chi-square, evenly or by weights', async () => {
    expectClose(await ratio([1000, 1100]), 0.029096331741252216); // erfc(√(100² ÷ 2100 ÷ 2))
    expectClose(await ratio([1000, 1200], [0.5, 0.5]), 2.0078656124264846e-5);
    expectClose(await ratio([90, 110, 210], [1, 1, 2]), 0.33368395529388002); // e^(−χ² ÷ 2) with two degrees
    expect(await ratio([100, 200], [1, 2])).toBeCloseTo(1, 12);
  });

  it('counts a variant without users', async () => {
    expectClose(await ratio([100, 0, 90]), 1.5833614874531311e-21);
  });

  it('looks at variants with weight above 0; fewer than two of them, or no users, give 1', async () => {
    expectClose(await ratio([1000, 1100, 50], [1, 1, 0]), 0.029096331741252216);
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
    expectClose(sampleRatio.pValue, 0.029096331741252216);
    expect(variants[1]).toMatchObject({ n: 1100, mean: null, effect: null });
  });
});

describe('an experiment, before the start (DATA §5)', () => {
  const basis = { mean: 10, variance: 3910, users: 400_000, variants: 3 };

  it('asks for the power of an effect, users split evenly', async () => {
    const found = await plan({ plan: { ...basis, effect: 0.05 } });
    expectClose(found.power, 0.52144089608846642);
    expect(found.minimumEffect).toBe(0.05);
    expectClose(
      (await plan({ plan: { ...basis, effect: 0.5 }, difference: 'absolute' })).power,
      0.54169636065760977,
    );
    expectClose(
      (await plan({ plan: { ...basis, effect: 0.05 }, alternative: 'greater' })).power,
      0.64385852683060004,
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
      standardError: 1.6329931618554521,
      low: -1.5339158710550394,
      high: 7.5339158710550394,
      pValue: 0.14006598491201784,
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
      standardError: 0.30618621784789726,
      pValue: 0.15358986330425468,
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
      effect: 1.6585365853658537, // θ = 83 ÷ 41
      standardError: 0.6712119492861884,
      low: -0.35967279755083671,
      high: 3.676745968282544,
      pValue: 0.081357532018776458,
    });
  });

  it('changes nothing where nobody did anything before (CUPED)', async () => {
    const rows = events.filter((row) => !('amount' in row && row.amount === 100));
    expectClose(await variantOf({ metric: sum, cuped: true }, rows), {
      effect: 3,
      standardError: 1.6329931618554521,
    });
  });

  it('holds the split against weights', async () => {
    const found = await ask({ experiment_id: 'copy', metric: sum, weights: [0.5, 0.5] }, events);
    expect(found.sampleRatio.pValue).toBeCloseTo(1, 12);
    expect(found.variants.map(({ n }) => n)).toEqual([3, 3]);
  });
});
