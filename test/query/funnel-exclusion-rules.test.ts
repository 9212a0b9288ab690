import { describe, expect, it } from 'vitest';
import { event } from '../support/ask-events.ts';
import { askSteps, countSteps, countsIn, secondsIn } from '../support/ask-funnel.ts';
import { permutations, person } from '../support/timelines.ts';

const steps = [{ event: 'a' }, { event: 'b' }, { event: 'c' }];
const two = steps.slice(0, 2);
const minute = { value: 1, unit: 'minute' } as const;
const exclusions = [{ event: 'x' }];
const between = (after: number, before: number) => [{ event: 'x', after, before }];

describe('a funnel, rule 6: exclusions', () => {
  it('take a unit out of every step, not just out of the later ones', async () => {
    const events = [...person('u', 'a@0 x@5 b@10'), ...person('v', 'a@0 b@10')];
    expect(await countSteps(events, { steps: two, exclusions })).toEqual([1, 1]);
    expect(await countSteps(person('u', 'a@0 x@5 b@10 c@20'), { steps, exclusions })).toEqual([0, 0, 0]);
  });

  it('lie strictly after step i and strictly before step j, to the millisecond', async () => {
    for (const moments of ['x@0 a@0 b@10', 'a@0 b@10 x@10', 'x@-0.001 a@0 b@10', 'a@0 b@10 x@10.001'])
      expect([moments, await countSteps(person('u', moments), { steps: two, exclusions })]).toEqual([
        moments,
        [1, 1],
      ]);
    for (const moments of ['a@0 x@0.001 b@10', 'a@0 x@9.999 b@10'])
      expect([moments, await countSteps(person('u', moments), { steps: two, exclusions })]).toEqual([
        moments,
        [0, 0],
      ]);
  });

  it('at the instant of a step do not exclude whatever the storage order', async () => {
    for (const moments of permutations(['a@0', 'x@0', 'b@0']))
      expect(await countSteps(person('u', ...moments), { steps: two, exclusions })).toEqual([1, 1]);
  });

  it('are asked between the two steps that they name', async () => {
    const events = person('u', 'a@0 x@5 b@10 c@20');
    expect(await countSteps(events, { steps, exclusions: between(1, 2) })).toEqual([1, 1, 1]);
    expect(await countSteps(events, { steps, exclusions: between(0, 1) })).toEqual([0, 0, 0]);
    const later = person('u', 'a@0 b@10 x@15 c@20');
    expect(await countSteps(later, { steps, exclusions: between(1, 2) })).toEqual([0, 0, 0]);
    expect(await countSteps(later, { steps, exclusions: between(0, 1) })).toEqual([1, 1, 1]);
    expect(await countSteps(later, { steps, exclusions: between(0, 2) })).toEqual([0, 0, 0]);
  });

  it('exclude also while step j is still open, until the window ends', async () => {
    const question = { steps, exclusions: between(1, 2), window: minute };
    expect(await countSteps(person('u', 'a@0 b@10 x@15'), question)).toEqual([0, 0, 0]);
    expect(await countSteps(person('u', 'a@0 b@10 x@59.999'), question)).toEqual([0, 0, 0]);
    expect(await countSteps(person('u', 'a@0 b@10 x@60.001'), question)).toEqual([1, 1, 0]);
    expect(await countSteps(person('u', 'a@0 x@15'), question)).toEqual([1, 0, 0]); // step 1 was never done
    expect(await countSteps(person('u', 'a@0 x@15'), { ...question, exclusions: between(0, 1) })).toEqual([
      0, 0, 0,
    ]);
  });

  it('lie inside the date range', async () => {
    const range = { from: '2026-03-02T10:00:00Z', to: '2026-03-02T10:01:00Z' };
    for (const [moments, counts] of [
      ['a@0 x@59.999', [0, 0]],
      ['a@0 x@60', [1, 0]],
    ] as const)
      expect(await countSteps(person('u', moments), { steps: two, exclusions, range })).toEqual(counts);
  });

  it('let the best try decide: an excluded one that got furthest takes the unit out', async () => {
    const events = person('u', 'a@0 b@10 a@100 b@110 x@115 c@120');
    const question = { steps, exclusions: between(1, 2), window: minute };
    expect(await countSteps(events, question)).toEqual([0, 0, 0]);
  });

  it('leave the unit in where another clean try gets as far', async () => {
    const question = { steps: two, exclusions, window: minute };
    for (const [moments, time] of [
      ['a@0 x@5 b@10 a@100 b@107', 7],
      ['a@100 b@107 a@200 x@205 b@210', 7],
      ['a@0 x@5 a@8 b@10', 2], // the later first step is a try of its own
    ] as const) {
      const result = await askSteps(person('u', moments), question);
      expect([moments, countsIn(result), secondsIn(result)]).toEqual([moments, [1, 1], [time]]);
    }
  });

  it('do not count against a clean try that got further', async () => {
    const question = { steps, exclusions: between(0, 1), window: minute };
    expect(await countSteps(person('u', 'a@0 x@5 b@10 a@100 b@110 c@120'), question)).toEqual([1, 1, 1]);
    expect(await countSteps(person('u', 'a@0 x@5 a@100 b@110'), question)).toEqual([1, 1, 0]);
  });

  it('may be several, each with its own filters', async () => {
    const question = {
      steps,
      exclusions: [
        { event: 'x', filters: [{ property: 'hard', op: 'is', value: 1 } as const], after: 0, before: 1 },
        { event: 'y', after: 1, before: 2 },
      ],
    };
    for (const [done, counts] of [
      [
        ['a@0', ['x@5', { hard: 1 }], 'b@10 c@20'],
        [0, 0, 0],
      ],
      [
        ['a@0', ['x@5', { hard: 2 }], 'b@10 c@20'],
        [1, 1, 1],
      ],
      [['a@0 y@5 b@10 c@20'], [1, 1, 1]],
      [['a@0 b@10 y@15 c@20'], [0, 0, 0]],
    ] as const)
      expect(await countSteps(person('u', ...done), question)).toEqual(counts);
  });

  it('are the unit’s own, and pass the filters of the question', async () => {
    const events = [...person('u', ['a@0 b@10', { locale: 'en' }], ['x@5', { locale: 'de' }])];
    const others = [...person('v', 'a@0 b@10'), ...person('w', 'x@5')];
    expect(await countSteps([...events, ...others], { steps: two, exclusions })).toEqual([1, 1]);
    const filters = [{ property: 'locale', op: 'is', value: 'en' } as const];
    expect(await countSteps(events, { steps: two, exclusions, filters })).toEqual([1, 1]);
  });

  it('unordered void a try from its start to its completion, or to the end of its window', async () => {
    const question = { steps: two, exclusions, order: 'unordered', window: minute } as const;
    for (const [moments, counts] of [
      ['b@0 x@5 a@10', [1, 0]], // the try that starts at a is clean
      ['b@0 x@5 a@10 b@20', [1, 1]],
      ['x@0 b@0 a@10 x@10', [1, 1]],
      ['b@0 a@10 x@15', [1, 1]], // complete before
      ['b@0 x@15', [0, 0]],
      ['b@0 x@60', [0, 0]],
      ['b@0 x@60.001', [1, 0]],
    ] as const)
      expect([moments, await countSteps(person('u', moments), question)]).toEqual([moments, counts]);
  });

  it('unordered let the best clean try count, also where an excluded one got further', async () => {
    const question = { steps, exclusions, order: 'unordered', window: minute } as const;
    expect(await countSteps(person('u', 'a@0 x@5 b@10 c@20 a@100 b@110'), question)).toEqual([1, 1, 0]);
  });
});

describe('a funnel, rule 7: first-time steps', () => {
  const isGood = [{ property: 'good', op: 'is', value: true } as const];
  const stepFirst = (first: 'ever' | 'matching') => [{ event: 'a' }, { event: 'b', filters: isGood, first }];
  const bad = { good: false };
  const good = { good: true };
  const both = async (events: readonly object[], more: object = {}): Promise<Record<string, number[]>> => ({
    ever: await countSteps(events, { steps: stepFirst('ever'), ...more }),
    matching: await countSteps(events, { steps: stepFirst('matching'), ...more }),
  });

  it('take the earliest event that matches, or the earliest of the type, which must itself match', async () => {
    const events = person('u', 'a@0', ['b@10', bad], ['b@20', good]);
    expect(await both(events)).toEqual({ ever: [1, 0], matching: [1, 1] });
    expect(await both(person('u', 'a@0', ['b@10', good], ['b@20', bad]))).toEqual({
      ever: [1, 1],
      matching: [1, 1],
    });
  });

  it('look at all of time: an earlier event before the range counts against them', async () => {
    expect(await both(person('u', ['b@-30d', bad], 'a@0', ['b@20', good]))).toEqual({
      ever: [1, 0],
      matching: [1, 1],
    });
    expect(await both(person('u', ['b@-30d', good], 'a@0', ['b@20', good]))).toEqual({
      ever: [1, 0],
      matching: [1, 0],
    });
  });

  it('must lie in the range, and in their place', async () => {
    const range = { from: '2026-03-02T10:00:00Z', to: '2026-03-02T10:01:00Z' };
    for (const [moment, counts] of [
      ['b@59.999', [1, 1]],
      ['b@60', [1, 0]],
      ['b@-5', [1, 0]],
    ] as const)
      expect(await both(person('u', 'a@0', [moment, good]), { range })).toEqual({
        ever: counts,
        matching: counts,
      });
    expect(await both(person('u', ['b@-5', good], 'a@0', ['b@5', good]))).toEqual({
      ever: [1, 0],
      matching: [1, 0],
    });
  });

  it('take the filters of the question as part of the match', async () => {
    const events = person(
      'u',
      ['a@0', { locale: 'en' }],
      ['b@10', { ...good, locale: 'de' }],
      ['b@20', { ...good, locale: 'en' }],
    );
    const filters = [{ property: 'locale', op: 'is', value: 'en' } as const];
    expect(await both(events, { filters })).toEqual({ ever: [1, 0], matching: [1, 1] });
  });

  it('let a first step start one try only', async () => {
    const first = [{ event: 'a', first: 'matching' as const }, { event: 'b' }];
    const events = person('u', 'a@0 a@100 b@110');
    expect(await countSteps(events, { steps: first, window: minute })).toEqual([1, 0]);
    expect(await countSteps(person('u', 'a@-30d a@0 b@10'), { steps: first })).toEqual([0, 0]);
  });

  it('are first times of the user, whatever the unit', async () => {
    const steps = [{ event: 'a' }, { event: 'b', first: 'ever' as const }];
    const events = person('u', ['a@0 b@10', { session_id: 's1' }], ['a@20 b@30', { session_id: 's2' }]);
    expect(await countSteps(events, { unit: 'session', steps })).toEqual([2, 1]);
  });

  it('of any event are the user’s first event at all', async () => {
    const steps = [{ event: null, first: 'ever' as const }, { event: 'b' }];
    expect(await countSteps(person('u', 'x@0 b@10'), { steps })).toEqual([1, 1]);
    expect(await countSteps(person('u', 'x@-30d b@10'), { steps })).toEqual([0, 0]);
  });

  it('are each user’s own, and all events of the earliest instant', async () => {
    const events = [
      event('b', '2026-02-01T00:00:00Z', good),
      ...person('u', 'a@0', ['b@10', good]),
      ...person('v', 'a@0', ['b@20', bad], ['b@20', good]),
    ];
    expect(await both(events)).toEqual({ ever: [2, 2], matching: [2, 2] });
  });
});
