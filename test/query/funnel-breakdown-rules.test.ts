import { describe, expect, it } from 'vitest';
import { askFunnelTime, askFunnelTrend, askSteps, countStepsBy, countsIn } from '../support/ask-funnel.ts';
import { permutations, person } from '../support/timelines.ts';

const steps = [{ event: 'a' }, { event: 'b' }, { event: 'c' }];
const two = steps.slice(0, 2);
const byLocale = { property: 'locale' };
const locale = (value: unknown) => ({ locale: value });

describe('a funnel, rule 8: breakdown attribution', () => {
  it('first touch is the first step event that has the property', async () => {
    const events = [
      ...person('u', 'a@0', ['b@10', locale('de')], ['c@20', locale('en')]),
      ...person('v', ['a@0', locale('en')], ['b@10', locale('de')]),
    ];
    const question = { steps, breakdown: byLocale };
    expect(await countStepsBy(events, question)).toEqual([
      ['de', [1, 1, 1]],
      ['en', [1, 1, 0]],
    ]);
    expect(await countStepsBy(events, { ...question, attribution: 'first' })).toEqual([
      ['de', [1, 1, 1]],
      ['en', [1, 1, 0]],
    ]);
  });

  it('touches are step events in the range that pass the filters, not other events', async () => {
    const events = person(
      'u',
      ['a@-1d', locale('before')],
      ['x@-1', locale('other')],
      ['a@0', { ...locale('wrong'), bad: true }],
      ['a@1 b@2', locale('right')],
    );
    const filters = [{ property: 'bad', op: 'is_not_set' } as const];
    expect(await countStepsBy(events, { steps: two, breakdown: byLocale, filters })).toEqual([
      ['right', [1, 1]],
    ]);
  });

  it('with several properties first touch has any of them', async () => {
    const events = person(
      'u',
      'a@0',
      ['b@10', { platform: 'web' }],
      ['c@20', { locale: 'de', platform: 'ios' }],
    );
    const breakdown = { property: ['locale', 'platform'] };
    expect(await countStepsBy(events, { steps, breakdown })).toEqual([
      [
        [null, 'web'],
        [1, 1, 1],
      ],
    ]);
    expect(await countStepsBy(events, { steps, breakdown, attribution: 'last' })).toEqual([
      [
        ['de', 'ios'],
        [1, 1, 1],
      ],
    ]);
  });

  it('last touch is the last step event that has the property', async () => {
    const events = person('u', ['a@0', locale('en')], ['b@10', locale('de')], 'c@20');
    const question = { steps, breakdown: byLocale, attribution: 'last' } as const;
    expect(await countStepsBy(events, question)).toEqual([['de', [1, 1, 1]]]);
  });

  it('at one instant does not depend on how events are stored', async () => {
    for (const order of permutations([0, 1])) {
      const events = person('u', ['a@0', locale('en')], ['a@0', locale('de')]);
      const stored = order.map((index) => events[index] as object);
      const asked = { steps: two, breakdown: byLocale };
      expect(await countStepsBy([], asked, { rows: { events: stored.map((row) => [row]) } })).toEqual([
        ['en', [1, 0]], // of the smaller event id
      ]);
      const last = { ...asked, attribution: 'last' } as const;
      expect(await countStepsBy([], last, { rows: { events: stored.map((row) => [row]) } })).toEqual([
        ['de', [1, 0]],
      ]);
    }
  });

  it('step k puts a unit in the bucket of every value it had there, with its whole funnel', async () => {
    const events = person(
      'u',
      ['a@0', locale('en')],
      ['b@10', locale('de')],
      ['b@20', locale('fr')],
      ['c@30', locale('nl')],
    );
    expect(await countStepsBy(events, { steps, breakdown: byLocale, attribution: { step: 1 } })).toEqual([
      ['de', [1, 1, 1]],
      ['fr', [1, 1, 1]],
    ]);
  });

  it('step k has no bucket for a unit that never got there', async () => {
    const events = [...person('u', ['a@0 b@10', locale('en')]), ...person('v', ['a@0', locale('de')])];
    const question = { steps: two, breakdown: byLocale, attribution: { step: 1 } };
    expect(await countStepsBy(events, question)).toEqual([['en', [1, 1]]]);
    expect(countsIn(await askSteps(events, question))).toEqual([2, 1]); // without breakdown both are there
    const early = person('w', ['b@0', locale('too early')], ['a@10 b@20', locale('in place')]);
    expect(await countStepsBy(early, question)).toEqual([['in place', [1, 1]]]);
  });

  it('step k of a unit without a value there is "(none)"', async () => {
    const events = person('u', ['a@0', locale('en')], 'b@10');
    const question = { steps: two, breakdown: byLocale, attribution: { step: 1 } };
    expect(await countStepsBy(events, question)).toEqual([[null, [1, 1]]]);
  });

  it('each runs the funnel on the step events of one value', async () => {
    const events = [
      ...person('u', ['a@0', locale('en')], ['b@10', locale('de')], ['a@20 b@30 c@40', locale('fr')]),
      ...person('v', ['a@0 b@10', locale('de')]),
    ];
    expect(await countStepsBy(events, { steps, breakdown: byLocale, attribution: 'each' })).toEqual([
      ['de', [1, 1, 0]],
      ['en', [1, 0, 0]],
      ['fr', [1, 1, 1]],
    ]);
  });

  it('each leaves exclusions and what breaks strictness to the whole unit', async () => {
    const events = person('u', ['a@0 b@10', locale('de')], ['x@5', locale('en')]);
    const question = { steps: two, breakdown: byLocale, attribution: 'each' } as const;
    expect(await countStepsBy(events, question)).toEqual([['de', [1, 1]]]);
    expect(await countStepsBy(events, { ...question, order: 'strict' })).toEqual([['de', [1, 0]]]);
    expect(await countStepsBy(events, { ...question, exclusions: [{ event: 'x' }] })).toEqual([]);
  });

  it('unordered takes step 0 for the event that starts a try', async () => {
    const events = [
      ...person('u', ['b@0', locale('de')], ['a@10', locale('en')]),
      ...person('v', ['a@0', locale('en')], ['b@10', locale('de')]),
    ];
    const question = {
      steps: two,
      order: 'unordered',
      breakdown: byLocale,
      attribution: { step: 0 },
      window: { value: 1, unit: 'minute' },
    } as const;
    // every event starts a try: both users had both values there
    expect(await countStepsBy(events, question)).toEqual([
      ['de', [2, 2]],
      ['en', [2, 2]],
    ]);
    await expect(askSteps(events, { ...question, attribution: { step: 1 } })).rejects.toMatchObject({
      code: 'bad-input',
      path: 'attribution.step',
      message: expect.stringContaining('no fixed place') as string,
    });
  });

  it('missing and empty are one "(none)" bucket, listed by size like the others, last among equals', async () => {
    const events = [
      ...person('u', 'a@0 b@10'),
      ...person('v', ['a@0', { theme: '' }]),
      ...person('w', ['a@0', { theme: 'dark' }]),
      ...person('x', ['a@0', { theme: 'light' }], ['a@1', { theme: 'dark' }]),
    ];
    expect(await countStepsBy(events, { steps: two, breakdown: { property: 'theme' } })).toEqual([
      [null, [2, 1]],
      ['dark', [1, 0]],
      ['light', [1, 0]],
    ]);
  });

  it('buckets that nobody enters are not listed', async () => {
    const events = person('u', ['b@0', locale('de')]);
    expect(await countStepsBy(events, { steps: two, breakdown: byLocale })).toEqual([]);
    expect(await countStepsBy(events, { steps: two, breakdown: byLocale, attribution: 'each' })).toEqual([]);
    const excluded = person('u', ['a@0 x@5', locale('de')]);
    expect(
      await countStepsBy(excluded, { steps: two, breakdown: byLocale, exclusions: [{ event: 'x' }] }),
    ).toEqual([]);
  });

  it('draws at most 25 buckets and sums up the others; a larger limit opens them', async () => {
    const events = Array.from({ length: 30 }, (_, index) =>
      person(`u${index}`, [index < 10 ? 'a@0 b@10' : 'a@0', locale(`l${String(index).padStart(2, '0')}`)]),
    ).flat();
    const drawn = await askSteps(events, { steps: two, breakdown: byLocale });
    expect(drawn.breakdowns?.map(({ value }) => value).at(-1)).toBe('l24');
    expect(drawn.breakdowns).toHaveLength(25);
    expect(drawn.rest).toMatchObject({ values: 5, units: 5 });
    expect(drawn.rest === undefined ? [] : countsIn(drawn.rest)).toEqual([5, 0]);
    const all = await askSteps(events, { steps: two, breakdown: { ...byLocale, limit: 30 } });
    expect(all.breakdowns).toHaveLength(30);
    expect(all.rest).toBeUndefined();
  });

  it('the rest counts a unit once that is in several of its values', async () => {
    const events = [
      ...person('u', ['a@0', locale('de')], ['a@1 b@2', locale('fr')]),
      ...person('v', ['a@0', locale('en')]),
      ...person('w', ['a@0', locale('en')]),
    ];
    const question = { steps: two, breakdown: { ...byLocale, limit: 1 }, attribution: 'each' } as const;
    const result = await askSteps(events, question);
    expect(result.breakdowns?.map((content) => [content.value, countsIn(content)])).toEqual([['en', [2, 0]]]);
    expect(result.rest).toMatchObject({ values: 2, units: 1 });
    expect(result.rest === undefined ? [] : countsIn(result.rest)).toEqual([1, 1]);
  });

  it('by a user property takes its latest value', async () => {
    const events = [...person('u', 'a@0 b@10'), ...person('v', 'a@0'), ...person('w', 'a@0')];
    const users = [
      [{ user_id: 'u', plan: 'early', seats: 3 }],
      [
        { user_id: 'u', plan: 'mid', seats: 3 },
        { user_id: 'v', plan: 'early', seats: '3' },
      ],
    ];
    const ask = (userProperty: string) =>
      countStepsBy(events, { steps: two, breakdown: { userProperty } }, { rows: { users } });
    expect(await ask('plan')).toEqual([
      ['early', [1, 0]],
      ['mid', [1, 1]],
      [null, [1, 0]],
    ]);
    expect(await ask('seats')).toEqual([
      ['3', [2, 1]],
      [null, [1, 0]],
    ]);
  });

  it('shows numbers and truths by their text', async () => {
    const events = [
      ...person('u', ['a@0', { size: 2 }]),
      ...person('v', ['a@0 b@1', { size: '2' }]),
      ...person('w', ['a@0', { size: true }]),
    ];
    expect(await countStepsBy(events, { steps: two, breakdown: { property: 'size' } })).toEqual([
      ['2', [2, 1]],
      ['true', [1, 0]],
    ]);
  });

  it('stands beside a trend and a time, and beside what is compared', async () => {
    const events = [
      ...person('u', ['a@0 b@10', locale('de')]),
      ...person('v', ['a@1d b@1d+30', locale('de')]),
      ...person('w', ['a@-4d b@-3.5d', locale('en')]),
    ];
    const trend = await askFunnelTrend(events, { steps: two, breakdown: byLocale, compare: 'previous' });
    expect(trend.breakdowns).toMatchObject([{ value: 'de', entered: [1, 1, 0, 0], converted: [1, 1, 0, 0] }]);
    expect(trend.previous?.breakdowns).toMatchObject([{ value: 'en', entered: [1, 0, 0, 0] }]);
    const time = await askFunnelTime(events, { steps: two, breakdown: byLocale });
    expect(time.breakdowns).toMatchObject([{ value: 'de', meanSeconds: 20, medianSeconds: 20 }]);
  });
});
