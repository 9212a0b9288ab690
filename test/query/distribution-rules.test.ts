import { describe, expect, it } from 'vitest';
import type { DistributionContent } from '../../shared/query/kind-answers.ts';
import type { Expanded } from '../../shared/query/answer.ts';
import { askEvents, event, type QuestionOf } from '../support/ask-events.ts';
import { instant, person } from '../support/timelines.ts';

const ask = async (
  events: readonly object[],
  question: Partial<Omit<QuestionOf<'distribution'>, 'kind'>> = {},
): Promise<Expanded<DistributionContent>> =>
  (
    await askEvents(events, {
      kind: 'distribution',
      range: { from: '2026-03-02', to: '2026-03-05' },
      event: 'a',
      property: 'amount',
      ...question,
    })
  ).result;

const amounts = (...values: unknown[]): object[] =>
  values.map((amount, index) => event('a', instant(String(index)), { amount }));

describe('a distribution (QUERY.md)', () => {
  it('answers numbers with n, exact quantiles (type 7) and the interval of the mean', async () => {
    const result = await ask(amounts(6, 1, 2), { quantiles: [0, 0.25, 0.5, 0.9, 1] });
    expect(result).toMatchObject({ n: 3, missing: 0, sum: 9, mean: 3, min: 1, max: 6 });
    expect(result.quantiles.map(({ q }) => q)).toEqual([0, 0.25, 0.5, 0.9, 1]);
    [1, 1.5, 2, 5.2, 6].forEach((value, index) =>
      expect(result.quantiles[index]?.value).toBeCloseTo(value, 12),
    );
    // t(0.975, 2) = 4.302652729911275, s = √7, s ÷ √3 = √(7 ÷ 3)
    const half = 4.302652729911275 * Math.sqrt(7 / 3);
    expect(result.mean_interval?.[0]).toBeCloseTo(3 - half, 9);
    expect(result.mean_interval?.[1]).toBeCloseTo(3 + half, 9);
  });

  it('has the median, 95 % and 99 % where nothing is asked', async () => {
    const { quantiles } = await ask(amounts(...Array.from({ length: 101 }, (_, index) => index)));
    expect(quantiles.map(({ q }) => q)).toEqual([0.5, 0.95, 0.99]);
    [50, 95, 99].forEach((value, index) => expect(quantiles[index]?.value).toBeCloseTo(value, 12));
  });

  it('takes the numbers of a property that is a number in one event and a text in another', async () => {
    const result = await ask(amounts(1, '5', 'long', true, null, [], undefined, 3));
    expect(result).toMatchObject({ n: 2, missing: 6, sum: 4, mean: 2, min: 1, max: 3 });
  });

  it('cuts ⌈∛n⌉ bins, or as many as are asked; the last one holds the maximum', async () => {
    expect((await ask(amounts(0, 1, 2, 3, 4, 5, 6, 6))).bins).toEqual([
      { from: 0, to: 3, count: 3 },
      { from: 3, to: 6, count: 5 },
    ]);
    expect((await ask(amounts(0, 1, 4), { bins: 4 })).bins.map(({ count }) => count)).toEqual([1, 1, 0, 1]);
    expect((await ask(amounts(0.5, 0.5))).bins).toEqual([{ from: 0.5, to: 0.5, count: 2 }]);
    expect((await ask(amounts(...Array.from({ length: 125 }, (_, index) => index)))).bins).toHaveLength(5);
  });

  it('counts events inside the range that pass the filters, of users or not', async () => {
    const events = [
      ...person('u', ['a@0', { amount: 1, locale: 'en' }], ['a@1', { amount: 2 }], ['a@-1d', { amount: 4 }]),
      ...amounts(8),
      ...person('u', ['b@0', { amount: 16 }]),
    ];
    expect(await ask(events)).toMatchObject({ n: 3, sum: 11 });
    expect(await ask(events, { event: null })).toMatchObject({ n: 4, sum: 27 });
    const filters = [{ property: 'locale', op: 'is', value: 'en' } as const];
    expect(await ask(events, { filters })).toMatchObject({ n: 1, sum: 1 });
    expect(await ask(events, { event: { event: 'a', filters } })).toMatchObject({ n: 1, sum: 1 });
  });

  it('breaks down by size, sums up the rest and compares', async () => {
    const events = [
      ...person('u', ['a@0', { amount: 1, locale: 'en' }], ['a@1', { amount: 3, locale: 'en' }]),
      ...person('u', ['a@2', { amount: 10, locale: 'de' }], ['a@3', { amount: 20, locale: 'fr' }]),
      ...person('u', ['a@-4d', { amount: 7, locale: 'en' }]),
    ];
    const result = await ask(events, { breakdown: { property: 'locale', limit: 1 }, compare: 'previous' });
    expect(result.breakdowns).toMatchObject([{ value: 'en', n: 2, mean: 2 }]);
    expect(result.rest).toMatchObject({ values: 2, units: 2, n: 2, mean: 15 });
    expect(result.previous).toMatchObject({ n: 1, mean: 7 });
  });

  it('adds floats exactly', async () => {
    expect(await ask(amounts(0.1, 1e17, 0.2, -1e17, 0.3))).toMatchObject({ sum: 0.6 });
  });

  it('is not defined without numbers, and has no interval with one', async () => {
    const nothing = { sum: 0, mean: null, mean_interval: null, min: null, max: null, bins: [] };
    const none = await ask(amounts('x'));
    expect(none).toMatchObject({ ...nothing, n: 0, missing: 1 });
    expect(none.quantiles).toEqual([0.5, 0.95, 0.99].map((q) => ({ q, value: null })));
    expect(await ask([])).toMatchObject({ ...nothing, n: 0, missing: 0 });
    expect(await ask(amounts(5))).toMatchObject({ n: 1, mean: 5, mean_interval: null, min: 5, max: 5 });
  });
});
