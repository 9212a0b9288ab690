import { describe, expect, it } from 'vitest';
import { event } from '../support/ask-events.ts';
import { askSteps, countSteps, countsIn, secondsIn } from '../support/ask-funnel.ts';
import { instant, permutations, person } from '../support/timelines.ts';

const steps = [{ event: 'a' }, { event: 'b' }, { event: 'c' }];
const two = steps.slice(0, 2);
const seconds = (value: number) => ({ value, unit: 'second' }) as const;
const isGood = [{ property: 'good', op: 'is', value: true } as const];

describe('a funnel, rule 1: a unit counts once per step, at the furthest step over all its tries', () => {
  it('counts a user once however often he goes through', async () => {
    const events = [
      ...person('u', 'a@0 b@10 a@20 b@30 c@40 a@50 b@60 c@70'),
      ...person('v', 'a@0 a@10 b@20'),
      ...person('w', 'a@0'),
    ];
    const result = await askSteps(events, { steps });
    expect(countsIn(result)).toEqual([3, 2, 1]);
    expect(result.steps.map(({ fromPrevious }) => fromPrevious)).toEqual([null, 2 / 3, 1 / 2]);
    expect(result.steps.map(({ fromFirst }) => fromFirst)).toEqual([1, 2 / 3, 1 / 3]);
  });

  it('takes the furthest of several tries, whichever comes first', async () => {
    const events = [...person('u', 'a@0 b@5 a@100'), ...person('v', 'a@0 a@100 b@105')];
    expect(await countSteps(events, { steps, window: seconds(60) })).toEqual([2, 2, 0]);
  });

  it('names steps as asked, else by their events, and has no rate and no time where nobody is', async () => {
    const { steps: asked } = await askSteps(person('u', 'b@0'), {
      steps: [{ event: 'a', name: 'First' }, { event: null }, { anyOf: [{ event: 'a' }, { event: 'b' }] }],
    });
    expect(asked.map(({ name }) => name)).toEqual(['First', 'any event', 'a, b']);
    for (const step of asked)
      expect(step).toMatchObject({
        count: 0,
        fromPrevious: null,
        fromFirst: null,
        meanSeconds: null,
        medianSeconds: null,
        p90Seconds: null,
      });
  });

  it('leaves events without user out, and joins the events of one user whatever session they are of', async () => {
    const events = [
      event('a', instant('0')),
      event('b', instant('1')),
      event('a', instant('0'), { user_id: 'u', session_id: 's1' }),
      event('b', instant('1'), { user_id: 'u', session_id: 's2' }),
    ];
    expect(await countSteps(events, { steps: two })).toEqual([1, 1]);
  });

  it('of sessions joins what one session holds, named or derived by a pause of 30 minutes', async () => {
    const named = (session: string) => ({ session_id: session });
    const events = [
      ...person('u', ['a@0', named('s1')], ['b@1', named('s2')], ['a@2', named('s2')], ['b@3', named('s2')]),
      ...person('v', 'a@0 b@29m a@2h b@2.5h'),
      ...person('w', ['b@5', named('s1')]), // a session has no user of its own: s1 goes on
    ];
    expect(await countSteps(events, { unit: 'session', steps: two })).toEqual([4, 3]);
  });

  it('of any property joins events by its text, whoever did them; without a value they take no part', async () => {
    const events = [
      ...person('u', ['a@0', { account: 7 }], ['a@0', { account: true }], ['a@0', { account: 'x' }]),
      ...person(
        'v',
        ['b@1', { account: '7' }],
        ['b@1', { account: 'true' }],
        ['b@1', { account: 'y' }],
        'a@0 b@1',
        ['a@0 b@1', { account: '' }],
      ),
      event('a', instant('0'), { account: 1.5 }),
      event('b', instant('1'), { account: 1.5 }),
    ];
    expect(await countSteps(events, { unit: { property: 'account' }, steps: two })).toEqual([4, 3]);
  });

  it('of an event column joins likewise', async () => {
    const events = [
      ...person('u', ['a@0', { platform: 'web' }]),
      ...person('v', ['b@1', { platform: 'web' }]),
    ];
    expect(await countSteps(events, { unit: { property: 'platform' }, steps: two })).toEqual([1, 1]);
    expect(await countSteps(events, { unit: { property: 'user_id' }, steps: two })).toEqual([1, 0]);
    expect(await countSteps(events, { unit: { property: 'nothing' }, steps: two })).toEqual([0, 0]);
  });
});

describe('a funnel, rule 2: the window runs from the first step, end inclusive, inside the range', () => {
  it('ends with its last millisecond', async () => {
    const window = seconds(60);
    expect(await countSteps(person('u', 'a@0 b@60'), { steps: two, window })).toEqual([1, 1]);
    expect(await countSteps(person('u', 'a@0 b@60.001'), { steps: two, window })).toEqual([1, 0]);
  });

  it('runs from the first step of a try, not from the step before', async () => {
    const window = seconds(60);
    expect(await countSteps(person('u', 'a@0 b@40 c@60'), { steps, window })).toEqual([1, 1, 1]);
    expect(await countSteps(person('u', 'a@0 b@40 c@60.001'), { steps, window })).toEqual([1, 1, 0]);
  });

  it.each([
    ['second', 1],
    ['minute', 60],
    ['hour', 3_600],
    ['day', 86_400],
    ['week', 7 * 86_400],
    ['month', 30 * 86_400],
  ] as const)('counts elapsed time: a %s is %i seconds', async (unit, length) => {
    const events = [
      ...person('u', `a@0 b@${length}`),
      ...person('v', `a@0 b@${length}+0.001`),
      ...person('w', `a@0 b@${length}+-0.001`),
    ];
    const question = { steps: two, window: { value: 1, unit }, range: { from: null, to: null } };
    expect(await countSteps(events, question)).toEqual([3, 2]);
  });

  it('is elapsed time also over a change of clocks', async () => {
    const events = [
      event('a', '2026-03-28T11:00:00Z', { user_id: 'u' }), // noon in Oslo, 23 hours before the next noon
      event('b', '2026-03-29T11:00:00Z', { user_id: 'u' }),
      event('a', '2026-03-28T11:00:00Z', { user_id: 'v' }),
      event('b', '2026-03-29T11:00:00.001Z', { user_id: 'v' }),
    ];
    const question = {
      steps: two,
      zone: 'Europe/Oslo',
      window: { value: 1, unit: 'day' },
      range: { from: '2026-03-28', to: '2026-03-29' },
    } as const;
    expect(await countSteps(events, question)).toEqual([2, 1]);
  });

  it.each(['ordered', 'strict', 'unordered'] as const)(
    '%s takes steps inside the range only',
    async (order) => {
      const events = [
        event('a', '2026-03-01T23:59:59.999Z', { user_id: 'before' }),
        event('b', '2026-03-02T00:00:00Z', { user_id: 'before' }),
        event('a', '2026-03-02T00:00:00Z', { user_id: 'inside' }),
        event('b', '2026-03-05T23:59:59.999Z', { user_id: 'inside' }),
        event('a', '2026-03-05T23:59:59.999Z', { user_id: 'after' }),
        event('b', '2026-03-06T00:00:00Z', { user_id: 'after' }),
      ];
      const counts = await countSteps(events, { steps: two, order });
      expect(counts).toEqual(order === 'unordered' ? [3, 1] : [2, 1]); // unordered, a try also starts at b
    },
  );
});

describe('a funnel, rule 3: tries', () => {
  it('ignores events before the first step', async () => {
    const result = await askSteps(person('u', 'c@-10 b@0 a@10 b@30 c@70'), { steps });
    expect([countsIn(result), secondsIn(result)]).toEqual([
      [1, 1, 1],
      [20, 40],
    ]);
  });

  it('takes the times of the earliest try that reaches the furthest step', async () => {
    expect(secondsIn(await askSteps(person('u', 'a@0 a@10 b@30'), { steps: two }))).toEqual([30]);
    expect(secondsIn(await askSteps(person('u', 'a@0 b@30 a@100 b@101'), { steps: two }))).toEqual([30]);
  });

  it('starts a new try at a later first step once the window of the first has run out', async () => {
    const late = await askSteps(person('u', 'a@0 a@50 b@70'), { steps: two, window: seconds(60) });
    expect(secondsIn(late)).toEqual([20]);
  });

  it('takes all times of the try that gets furthest, not those of an earlier one that got less far', async () => {
    const result = await askSteps(person('u', 'a@0 b@30 a@100 b@105 c@112'), { steps, window: seconds(60) });
    expect([countsIn(result), secondsIn(result)]).toEqual([
      [1, 1, 1],
      [5, 7],
    ]);
  });
});

describe('a funnel, rule 4: one event serves one step', () => {
  it('wants distinct events for repeated identical steps', async () => {
    const twice = [{ event: 'a' }, { event: 'a' }];
    for (const order of ['ordered', 'strict', 'unordered'] as const) {
      expect(await countSteps(person('u', 'a@0'), { steps: twice, order })).toEqual([1, 0]);
      expect(await countSteps(person('u', 'a@0 a@10'), { steps: twice, order })).toEqual([1, 1]);
      expect(await countSteps(person('u', 'a@0 a@0'), { steps: twice, order })).toEqual([1, 1]);
    }
  });

  it('does not let an event that fits two steps serve both', async () => {
    const overlapping = [{ event: 'a' }, { event: null }, { event: null }];
    expect(await countSteps(person('u', 'a@0'), { steps: overlapping })).toEqual([1, 0, 0]);
    expect(await countSteps(person('u', 'a@0 x@10'), { steps: overlapping })).toEqual([1, 1, 0]);
    expect(await countSteps(person('u', 'a@0 x@10 y@10'), { steps: overlapping })).toEqual([1, 1, 1]);
  });

  it.each(['ordered', 'strict', 'unordered'] as const)(
    '%s converts different steps at one instant whatever their storage order',
    async (order) => {
      for (const moments of permutations(['a@0', 'b@0', 'c@0'])) {
        const result = await askSteps(person('u', ...moments), { steps, order });
        expect([moments, countsIn(result), secondsIn(result)]).toEqual([moments, [1, 1, 1], [0, 0]]);
      }
    },
  );

  it('keeps the order of steps at one instant: a step that comes twice needs two events', async () => {
    const there = [{ event: 'a' }, { event: 'b' }, { event: 'a' }];
    expect(await countSteps(person('u', 'a@0 b@0'), { steps: there })).toEqual([1, 1, 0]);
    for (const moments of permutations(['a@0', 'b@0', 'a@0']))
      expect(await countSteps(person('u', ...moments), { steps: there })).toEqual([1, 1, 1]);
  });

  it('shares events at one instant out so that the unit gets as far as it can', async () => {
    const shared = [{ event: 'a' }, { event: null, filters: isGood }, { event: 'b' }];
    for (const [first, second] of [
      ['b', 'x'],
      ['x', 'b'],
    ]) {
      const events = person('u', 'a@0', [`${first}@10 ${second}@10`, { good: true }]);
      expect(await countSteps(events, { steps: shared })).toEqual([1, 1, 1]);
    }
  });
});

describe('a funnel, rule 5: orders', () => {
  it('ordered lets other events lie between', async () => {
    expect(await countSteps(person('u', 'a@0 x@5 c@6 b@10 x@15 c@20'), { steps })).toEqual([1, 1, 1]);
  });

  it('ordered does not take steps out of their order', async () => {
    expect(await countSteps(person('u', 'a@0 c@10 b@20'), { steps })).toEqual([1, 1, 0]);
  });

  it('strict breaks at any other event of the unit between two steps', async () => {
    expect(await countSteps(person('u', 'a@0 x@5 b@10 c@20'), { steps, order: 'strict' })).toEqual([1, 0, 0]);
    expect(await countSteps(person('u', 'a@0 b@10 x@15 c@20'), { steps, order: 'strict' })).toEqual([
      1, 1, 0,
    ]);
    expect(await countSteps(person('u', 'x@-1 a@0 b@10 c@20 x@21'), { steps, order: 'strict' })).toEqual([
      1, 1, 1,
    ]);
  });

  it('strict breaks also at an event with the name of the step that fails its filter', async () => {
    const events = person('u', 'a@0', ['b@10', { good: false }], ['b@20', { good: true }]);
    const filtered = [{ event: 'a' }, { event: 'b', filters: isGood }];
    expect(await countSteps(events, { steps: filtered, order: 'strict' })).toEqual([1, 0]);
    expect(await countSteps(events, { steps: filtered })).toEqual([1, 1]);
  });

  it('strict does not see events of other units, nor those that the filters of the question leave out', async () => {
    const events = [...person('u', 'a@0', ['x@5', { good: false }], 'b@10'), ...person('v', 'x@5')];
    expect(await countSteps(events, { steps: two, order: 'strict' })).toEqual([1, 0]);
    const filters = [{ property: 'good', op: 'is_not', value: false } as const];
    expect(await countSteps(events, { steps: two, order: 'strict', filters })).toEqual([1, 1]);
  });

  it('strict allows a repeated first step', async () => {
    const result = await askSteps(person('u', 'a@0 a@10 b@30'), { steps: two, order: 'strict' });
    expect([countsIn(result), secondsIn(result)]).toEqual([[1, 1], [20]]);
  });

  it('strict begins again where the first step comes in the middle', async () => {
    expect(await countSteps(person('u', 'a@0 b@10 a@20 c@30'), { steps, order: 'strict' })).toEqual([
      1, 1, 0,
    ]);
    expect(await countSteps(person('u', 'a@0 b@10 a@20 b@25 c@30'), { steps, order: 'strict' })).toEqual([
      1, 1, 1,
    ]);
  });

  it('unordered starts a try at any step and counts distinct steps', async () => {
    const result = await askSteps(person('u', 'c@0 c@5 a@10 c@20 b@40'), { steps, order: 'unordered' });
    expect([countsIn(result), secondsIn(result)]).toEqual([
      [1, 1, 1],
      [10, 30],
    ]);
    expect(await countSteps(person('u', 'c@0 c@5 c@10'), { steps, order: 'unordered' })).toEqual([1, 0, 0]);
  });

  it('unordered counts what lies inside the window of one try', async () => {
    const events = person('u', 'c@0 a@100 b@160');
    expect(await countSteps(events, { steps, order: 'unordered', window: seconds(60) })).toEqual([1, 1, 0]);
    expect(await countSteps(events, { steps, order: 'unordered', window: seconds(59) })).toEqual([1, 0, 0]);
    expect(await countSteps(events, { steps, order: 'unordered', window: seconds(160) })).toEqual([1, 1, 1]);
  });

  it('unordered gives an event that fits two steps to the one that nothing else fits', async () => {
    const shared = [{ anyOf: [{ event: 'x' }, { event: 'y' }] }, { event: 'x' }];
    for (const moments of ['x@0 y@10', 'y@0 x@10'])
      expect(await countSteps(person('u', moments), { steps: shared, order: 'unordered' })).toEqual([1, 1]);
    expect(await countSteps(person('u', 'y@0 y@10'), { steps: shared, order: 'unordered' })).toEqual([1, 0]);
  });
});

describe('a funnel, rule 9: optional steps', () => {
  const withOptional = [{ event: 'a' }, { event: 'o', optional: true }, { event: 'b' }];

  it('count when done in place', async () => {
    const result = await askSteps([...person('u', 'a@0 o@10 b@30'), ...person('v', 'a@0 b@5')], {
      steps: withOptional,
    });
    expect(countsIn(result)).toEqual([2, 1, 2]);
    expect(result.steps.map(({ fromPrevious }) => fromPrevious)).toEqual([null, 1 / 2, 1]); // b of a, not of o
    expect(secondsIn(result)).toEqual([10, 12.5]); // 20 s from o, and 5 s from a
  });

  it('never block, and do not count out of place', async () => {
    for (const moments of ['o@-5 a@0 b@10', 'a@0 b@10 o@20'])
      expect(await countSteps(person('u', moments), { steps: withOptional })).toEqual([1, 0, 1]);
  });

  it('leave an event that fits them and the next required step to the required one', async () => {
    const either = [{ event: 'a' }, { event: null, optional: true }, { event: 'b' }];
    expect(await countSteps(person('u', 'a@0 b@10'), { steps: either })).toEqual([1, 0, 1]);
    expect(await countSteps(person('u', 'a@0 x@5 b@10'), { steps: either })).toEqual([1, 1, 1]);
  });

  it('may come last, and several in a row', async () => {
    const last = [
      { event: 'a' },
      { event: 'o', optional: true },
      { event: 'p', optional: true },
      { event: 'b' },
      { event: 'q', optional: true },
    ];
    const events = [
      ...person('u', 'a@0 p@1 b@2 q@3'),
      ...person('v', 'a@0 o@1 p@2 b@3'),
      ...person('w', 'a@0 o@1'),
    ];
    expect(await countSteps(events, { steps: last })).toEqual([3, 2, 2, 2, 1]);
  });

  it('let strict steps follow each other with or without them', async () => {
    for (const [moments, counts] of [
      ['a@0 o@5 b@10', [1, 1, 1]],
      ['a@0 b@10', [1, 0, 1]],
      ['a@0 o@5 x@6 b@10', [1, 1, 0]],
      ['a@0 x@4 o@5 b@10', [1, 0, 0]],
    ] as const)
      expect(await countSteps(person('u', moments), { steps: withOptional, order: 'strict' })).toEqual(
        counts,
      );
  });
});

describe('a funnel, rule 10: properties held constant', () => {
  const held = (practice: unknown) => ({ practice_id: practice });

  it('have one value on every step of a try', async () => {
    const question = { steps: two, holdConstant: ['practice_id'] };
    const switched = person('u', ['a@0', held('p1')], ['b@10', held('p2')]);
    expect(await countSteps(switched, question)).toEqual([1, 0]);
    expect(await countSteps(switched, { steps: two })).toEqual([1, 1]);
    const back = await askSteps([...switched, ...person('u', ['b@20', held('p1')])], question);
    expect([countsIn(back), secondsIn(back)]).toEqual([[1, 1], [20]]);
  });

  it('let a later first step of another value start its own try', async () => {
    const events = person('u', ['a@0', held('p1')], ['a@5', held('p2')], ['b@10', held('p2')]);
    const result = await askSteps(events, { steps: two, holdConstant: ['practice_id'] });
    expect([countsIn(result), secondsIn(result)]).toEqual([[1, 1], [5]]);
  });

  it('are compared by their text, all of them, and a missing one is no value', async () => {
    const text = [...person('u', ['a@0', held(1)], ['b@1', held('1')])];
    expect(await countSteps(text, { steps: two, holdConstant: ['practice_id'] })).toEqual([1, 1]);
    const both = [
      ...person('u', ['a@0', { ...held('p'), locale: 'de' }], ['b@1', { ...held('p'), locale: 'en' }]),
      ...person('v', ['a@0 b@1', { ...held('p'), locale: 'de' }]),
      ...person('w', ['a@0 b@1', held('p')]),
    ];
    expect(await countSteps(both, { steps: two, holdConstant: ['practice_id', 'locale'] })).toEqual([2, 1]);
  });

  it('hold in an unordered funnel, too', async () => {
    const events = [
      ...person('u', ['b@0', held('p1')], ['a@10', held('p2')]),
      ...person('v', ['b@0', held('p1')], ['a@10', held('p1')]),
    ];
    const question = { steps: two, order: 'unordered' as const, holdConstant: ['practice_id'] };
    expect(await countSteps(events, question)).toEqual([2, 1]);
  });
});
