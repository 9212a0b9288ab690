import { describe, expect, it } from 'vitest';
import type { WireEvent } from '../../support/oracle/types.ts';
import { ask, event, walk } from './ask-oracle.ts';

/** Every expected value here was worked out by hand from DATA §5. */

const ABC = [{ event: 'a' }, { event: 'b' }, { event: 'c' }];
const HOUR = 3600;
const DAY = 24 * HOUR;

interface Steps {
  steps: { count: number; meanSeconds: number | null; members?: string[] }[];
  breakdowns?: ({ value: unknown } & Steps)[];
  rest?: { values: number; units: number } & Steps;
}

const funnel = (spec: object, events: readonly WireEvent[]): Steps =>
  ask({ kind: 'funnel', steps: ABC, window: { value: 1, unit: 'hour' }, ...spec }, events) as Steps;
const counts = (spec: object, events: readonly WireEvent[]): number[] =>
  funnel(spec, events).steps.map(({ count }) => count);
const times = (spec: object, events: readonly WireEvent[]): (number | null)[] =>
  funnel(spec, events).steps.map(({ meanSeconds }) => meanSeconds);
/** Counts per breakdown value, in the order of the answer. */
const split = (spec: object, events: readonly WireEvent[]): unknown[] =>
  (funnel(spec, events).breakdowns ?? []).map(({ value, steps }) => [value, steps.map(({ count }) => count)]);

describe('rule 1: a unit counts once per step, at its furthest', () => {
  it('over all its tries', () => {
    expect(counts({}, walk('u', ['a', 0], ['b', 1], ['a', 2], ['a', 3], ['b', 4], ['c', 5]))).toEqual([
      1, 1, 1,
    ]);
    expect(counts({}, walk('u', ['a', 0], ['b', 1], ['a', 2]))).toEqual([1, 1, 0]);
  });

  it('whatever the unit is', () => {
    const events = [
      ...walk('u', ['a', 0, { account: 1 }], ['b', 1, { account: '2' }]),
      ...walk('w', ['b', 2, { account: '1' }], ['a', 3]),
    ];
    expect(counts({}, events)).toEqual([2, 1, 0]);
    expect(counts({ unit: { property: 'account' } }, events)).toEqual([1, 1, 0]); // 1 is "1"; w's a has no account
  });

  it('in sessions that are derived after half an hour', () => {
    const events = walk('u', ['a', 0], ['b', 1799], ['a', 1799 + 1800], ['b', 10_000]);
    expect(counts({ unit: 'session' }, events)).toEqual([2, 1, 0]);
  });

  it('with conversion from the step before and from the first', () => {
    const events = [
      ...walk('u', ['a', 0], ['b', 10], ['c', 30]),
      ...walk('v', ['a', 0], ['b', 20]),
      ...walk('w', ['a', 0]),
    ];
    expect(funnel({ members: true }, events).steps).toEqual([
      {
        name: 'a',
        count: 3,
        fromPrevious: null,
        fromFirst: 1,
        meanSeconds: null,
        medianSeconds: null,
        p90Seconds: null,
        members: ['u', 'v', 'w'],
      },
      {
        name: 'b',
        count: 2,
        fromPrevious: 2 / 3,
        fromFirst: 2 / 3,
        meanSeconds: 15,
        medianSeconds: 15,
        p90Seconds: 19,
        members: ['u', 'v'],
      },
      {
        name: 'c',
        count: 1,
        fromPrevious: 1 / 2,
        fromFirst: 1 / 3,
        meanSeconds: 20,
        medianSeconds: 20,
        p90Seconds: 20,
        members: ['u'],
      },
    ]);
    expect(funnel({}, []).steps[1]).toMatchObject({ count: 0, fromPrevious: null, fromFirst: null });
  });
});

describe('rule 2: the window runs from the first step', () => {
  it('its end included, to the millisecond', () => {
    expect(counts({}, walk('u', ['a', 0], ['b', 1], ['c', HOUR]))).toEqual([1, 1, 1]);
    expect(counts({}, walk('u', ['a', 0], ['b', 1], ['c', HOUR + 0.001]))).toEqual([1, 1, 0]);
  });

  it('and ends with the range', () => {
    const range = { from: '2026-03-02T12:00:00Z', to: '2026-03-02T12:00:10Z' };
    expect(counts({ range }, walk('u', ['a', 0], ['b', 9], ['c', 10]))).toEqual([1, 1, 0]);
    expect(counts({ range }, walk('u', ['a', -1], ['b', 9]))).toEqual([0, 0, 0]);
  });

  it('as elapsed time: a month is 30 days', () => {
    const window = { value: 1, unit: 'month' };
    expect(counts({ window }, walk('u', ['a', 0], ['b', 30 * DAY]))).toEqual([1, 1, 0]);
    expect(counts({ window }, walk('u', ['a', 0], ['b', 30 * DAY + 1]))).toEqual([1, 0, 0]);
  });
});

describe('rule 3: tries', () => {
  it('ignore what comes before the first step', () => {
    expect(counts({}, walk('u', ['b', 0], ['a', 1], ['c', 2]))).toEqual([1, 0, 0]);
  });

  it('begin anew with a later first step, which may be in time where the earlier one is not', () => {
    const events = walk('u', ['a', 0], ['a', HOUR], ['b', 2 * HOUR], ['c', 2 * HOUR]);
    expect(counts({}, events)).toEqual([1, 1, 1]);
  });

  it('give all times by the first one that gets furthest', () => {
    expect(times({}, walk('u', ['a', 0], ['a', 5], ['b', 9], ['c', 20]))).toEqual([null, 9, 11]);
    expect(times({}, walk('u', ['a', 0], ['b', 10], ['a', HOUR], ['b', HOUR + 1], ['c', HOUR + 3]))).toEqual([
      null,
      1,
      2,
    ]);
  });

  it('take the first event that can serve a step', () => {
    expect(times({}, walk('u', ['a', 0], ['b', 1], ['b', 5], ['c', 9]))).toEqual([null, 1, 8]);
  });
});

describe('rule 4: one event serves one step', () => {
  const twice = { steps: [{ event: 'a' }, { event: 'a' }] };

  it('so that repeated steps need distinct events', () => {
    expect(counts(twice, walk('u', ['a', 0]))).toEqual([1, 0]);
    expect(counts(twice, walk('u', ['a', 0], ['a', 0]))).toEqual([1, 1]);
  });

  it('and different steps at one instant convert whatever their order', () => {
    expect(counts({}, walk('u', ['c', 0], ['b', 0], ['a', 0]))).toEqual([1, 1, 1]);
    const steps = [{ event: null }, { event: 'a' }];
    expect(counts({ steps }, walk('u', ['a', 0], ['x', 0]))).toEqual([1, 1]);
    expect(counts({ steps }, walk('u', ['a', 0]))).toEqual([1, 0]);
  });

  it('giving an event to the step that has no other', () => {
    const steps = [{ event: 'a' }, { event: null }, { event: 'b' }];
    expect(counts({ steps }, walk('u', ['a', 0], ['b', 1], ['x', 1]))).toEqual([1, 1, 1]);
    expect(counts({ steps }, walk('u', ['a', 0], ['b', 1], ['x', 2]))).toEqual([1, 1, 0]);
  });
});

describe('rule 5: order', () => {
  it('ordered lets other events lie between', () => {
    expect(counts({}, walk('u', ['a', 0], ['x', 1], ['b', 2], ['x', 3], ['c', 4]))).toEqual([1, 1, 1]);
  });

  it('strict does not', () => {
    const order = 'strict';
    expect(counts({ order }, walk('u', ['a', 0], ['b', 2], ['x', 3], ['c', 4]))).toEqual([1, 1, 0]);
    expect(counts({ order }, walk('u', ['x', -1], ['a', 0], ['b', 2], ['c', 4], ['x', 5]))).toEqual([
      1, 1, 1,
    ]);
    const steps = [{ event: 'a' }, { event: 'b', filters: [{ property: 'v', op: 'is', value: 1 }] }];
    expect(counts({ order, steps }, walk('u', ['a', 0], ['b', 1], ['b', 2, { v: 1 }]))).toEqual([1, 0]);
  });

  it('strict lets a repeated first step begin anew, and allows what shares an instant with a step', () => {
    const order = 'strict';
    expect(times({ order }, walk('u', ['a', 0], ['a', 1], ['b', 2], ['c', 3]))).toEqual([null, 1, 1]);
    expect(counts({ order }, walk('u', ['a', 0], ['b', 1], ['a', 2], ['c', 3]))).toEqual([1, 1, 0]);
    expect(counts({ order }, walk('u', ['a', 0], ['x', 0], ['b', 1], ['x', 1], ['c', 2]))).toEqual([1, 1, 1]);
  });

  it('strict does not see what the filters of the question leave out', () => {
    const filters = [{ property: 'event_type', op: 'is_not', value: 'x' }];
    expect(counts({ order: 'strict', filters }, walk('u', ['a', 0], ['x', 1], ['b', 2]))).toEqual([1, 1, 0]);
  });

  it('unordered counts different steps inside the window, from any start', () => {
    const order = 'unordered';
    expect(counts({ order }, walk('u', ['c', 0], ['a', 1], ['c', 2]))).toEqual([1, 1, 0]);
    expect(times({ order }, walk('u', ['c', 0], ['c', 1], ['a', 5], ['b', 7]))).toEqual([null, 5, 2]);
    expect(counts({ order }, walk('u', ['c', 0], ['b', HOUR], ['a', HOUR + 1]))).toEqual([1, 1, 0]);
    const steps = [{ event: 'a' }, { event: null }, { event: 'a' }];
    expect(counts({ order, steps }, walk('u', ['a', 0], ['a', 1]))).toEqual([1, 1, 0]);
  });
});

describe('rule 6: exclusions', () => {
  const between = (after: number, before: number) => ({ exclusions: [{ event: 'x', after, before }] });

  it('lie strictly between two steps', () => {
    expect(counts(between(0, 1), walk('u', ['a', 0], ['x', 1], ['b', 2], ['c', 3]))).toEqual([0, 0, 0]);
    expect(counts(between(1, 2), walk('u', ['a', 0], ['x', 1], ['b', 2], ['c', 3]))).toEqual([1, 1, 1]);
    expect(counts(between(0, 1), walk('u', ['a', 0], ['x', 0], ['b', 2], ['x', 2]))).toEqual([1, 1, 0]);
  });

  it('also while the later step is open, up to the end of the window', () => {
    expect(counts(between(1, 2), walk('u', ['a', 0], ['b', 1], ['x', HOUR]))).toEqual([0, 0, 0]);
    expect(counts(between(1, 2), walk('u', ['a', 0], ['b', 1], ['x', HOUR + 1]))).toEqual([1, 1, 0]);
    expect(counts(between(1, 2), walk('u', ['a', 0], ['x', 1]))).toEqual([1, 0, 0]); // step 1 was never done
  });

  it('take the unit away with its furthest try, unless a clean one gets as far', () => {
    const spoilt = walk('u', ['a', 0], ['x', 1], ['b', 2], ['c', 3]);
    expect(counts(between(0, 1), [...spoilt, ...walk('u', ['a', DAY], ['b', DAY + 1])])).toEqual([0, 0, 0]);
    const clean = walk('u', ['a', DAY], ['b', DAY + 1], ['c', DAY + 5]);
    expect(counts(between(0, 1), [...spoilt, ...clean])).toEqual([1, 1, 1]);
    expect(times(between(0, 1), [...spoilt, ...clean])).toEqual([null, 1, 4]);
  });

  it('let a first step after them begin a clean try', () => {
    expect(counts(between(0, 1), walk('u', ['a', 0], ['x', 1], ['a', 2], ['b', 3], ['c', 4]))).toEqual([
      1, 1, 1,
    ]);
  });

  it('end in a strict order with the try', () => {
    const spec = { ...between(0, 1), order: 'strict' };
    expect(counts(spec, walk('u', ['a', 0], ['x', 1]))).toEqual([0, 0, 0]);
    expect(counts(spec, walk('u', ['a', 0], ['y', 1], ['x', 2]))).toEqual([1, 0, 0]);
  });

  it('void single tries without an order', () => {
    const spec = { ...between(0, 2), order: 'unordered' };
    expect(counts(spec, walk('u', ['a', 0], ['x', 1], ['b', 2], ['c', 3]))).toEqual([1, 1, 0]); // from b on
    expect(counts(spec, walk('u', ['a', 0], ['b', 2], ['c', 3], ['x', 4]))).toEqual([1, 1, 1]);
    expect(counts(spec, walk('u', ['a', 0], ['b', 2], ['x', 4]))).toEqual([0, 0, 0]);
    expect(() => counts({ ...between(0, 1), order: 'unordered' }, [])).toThrow();
  });
});

describe('rule 7: first-time steps', () => {
  const steps = (first: 'ever' | 'matching') => [
    { event: 'a', first, filters: [{ property: 'v', op: 'is', value: 1 }] },
    { event: 'b' },
  ];
  const range = { from: '2026-03-02', to: '2026-03-08' };

  it('ever: the earliest event of the type must itself match', () => {
    const events = walk('u', ['a', 0, { v: 2 }], ['a', 1, { v: 1 }], ['b', 2]);
    expect(counts({ steps: steps('ever') }, events)).toEqual([0, 0]);
    expect(counts({ steps: steps('matching') }, events)).toEqual([1, 1]);
  });

  it('looks over all time, and the event must lie in the range', () => {
    const events = walk('u', ['a', -7 * DAY, { v: 1 }], ['a', 1, { v: 1 }], ['b', 2]);
    expect(counts({ steps: steps('matching'), range }, events)).toEqual([0, 0]);
    expect(counts({ steps: steps('ever'), range }, walk('u', ['b', -7 * DAY], ['a', 1, { v: 1 }]))).toEqual([
      1, 0,
    ]);
  });

  it('makes the filters of the question part of the match', () => {
    const filters = [{ property: 'w', op: 'is', value: 1 }];
    const events = walk('u', ['a', -7 * DAY, { v: 1 }], ['a', 1, { v: 1, w: 1 }]);
    expect(counts({ steps: steps('matching'), range, filters }, events)).toEqual([1, 0]);
    expect(counts({ steps: steps('ever'), range, filters }, events)).toEqual([0, 0]);
  });
});

describe('rule 8: breakdown', () => {
  const breakdown = { property: 'v' };

  it('by first touch: the first step event that has the property', () => {
    const events = [
      ...walk('u', ['x', -1, { v: 'x' }], ['a', 0], ['b', 1, { v: 'p' }], ['c', 2, { v: 'q' }]),
      ...walk('w', ['a', 0, { v: 'q' }], ['b', 1, { v: 'p' }]),
      ...walk('z', ['a', 0, { v: '' }]),
    ];
    expect(split({ breakdown }, events)).toEqual([
      ['p', [1, 1, 1]],
      ['q', [1, 1, 0]],
      [null, [1, 0, 0]],
    ]);
    expect(split({ breakdown, attribution: 'last' }, events)).toEqual([
      ['p', [1, 1, 0]],
      ['q', [1, 1, 1]],
      [null, [1, 0, 0]],
    ]);
  });

  it('with several properties: the first step event that has any of them', () => {
    const events = walk('u', ['a', 0], ['b', 1, { w: 'p' }], ['c', 2, { v: 'q' }]);
    expect(split({ breakdown: { property: ['v', 'w'] } }, events)).toEqual([
      [
        [null, 'p'],
        [1, 1, 1],
      ],
    ]);
  });

  it('by a step: every value that the unit had there, each with its whole funnel', () => {
    const events = [
      ...walk('u', ['a', 0], ['b', 1, { v: 'p' }], ['b', 2, { v: 'q' }], ['c', 3], ['b', 4, { v: 'r' }]),
      ...walk('w', ['a', 0], ['b', 2 * HOUR, { v: 's' }]),
    ];
    expect(split({ breakdown, attribution: { step: 1 } }, events)).toEqual([
      ['p', [1, 1, 1]],
      ['q', [1, 1, 1]],
      ['r', [1, 1, 1]],
    ]);
    const exclusions = [{ event: 'x', after: 0, before: 1 }];
    const spoilt = walk('u', ['a', 0], ['b', 1, { v: 'p' }], ['x', 2], ['b', 3, { v: 'q' }], ['c', 4]);
    expect(split({ breakdown, exclusions, attribution: { step: 1 } }, spoilt)).toEqual([['p', [1, 1, 1]]]);
  });

  it('by each value on its own', () => {
    const events = walk(
      'u',
      ['a', 0, { v: 'p' }],
      ['b', 1, { v: 'q' }],
      ['a', 2, { v: 'q' }],
      ['b', 3, { v: 'q' }],
    );
    expect(split({ breakdown, attribution: 'each' }, events)).toEqual([
      ['p', [1, 0, 0]],
      ['q', [1, 1, 0]],
    ]);
  });

  it('sums up what is over the limit, a unit once', () => {
    const events = [
      ...walk('t', ['a', 0, { v: 'p' }]),
      ...walk('s', ['a', 0, { v: 'p' }]),
      ...walk('u', ['a', 0, { v: 'q' }], ['b', 1]),
      ...walk('w', ['a', 0, { v: 'r' }]),
    ];
    const { rest } = funnel({ breakdown: { property: 'v', limit: 1 } }, events);
    expect(rest).toMatchObject({ values: 2, units: 2, steps: [{ count: 2 }, { count: 1 }, { count: 0 }] });
  });

  it('refuses a step without a place', () => {
    expect(() => split({ breakdown, order: 'unordered', attribution: { step: 1 } }, [])).toThrow();
    expect(() => split({ breakdown, attribution: { step: 3 } }, [])).toThrow();
  });
});

describe('rule 9: optional steps', () => {
  const steps = [{ event: 'a' }, { event: 'b', optional: true }, { event: 'c' }];

  it('count when done in place and never block', () => {
    expect(counts({ steps }, walk('u', ['a', 0], ['c', 1]))).toEqual([1, 0, 1]);
    expect(counts({ steps }, walk('u', ['a', 0], ['b', 1], ['c', 2]))).toEqual([1, 1, 1]);
    expect(counts({ steps }, walk('u', ['a', 0], ['c', 1], ['b', 2]))).toEqual([1, 0, 1]);
    expect(counts({ steps }, walk('u', ['a', 0], ['b', 1]))).toEqual([1, 1, 0]);
  });

  it('give way to the next required step', () => {
    const either = [{ event: 'a' }, { event: null, optional: true }, { event: 'c' }];
    expect(counts({ steps: either }, walk('u', ['a', 0], ['c', 1], ['c', 2]))).toEqual([1, 0, 1]);
  });

  it('begin an exclusion at the step before where they were left out', () => {
    const exclusions = [{ event: 'x', after: 1, before: 2 }];
    expect(counts({ steps, exclusions }, walk('u', ['a', 0], ['x', 1]))).toEqual([1, 0, 0]); // b may still come
    expect(counts({ steps, exclusions }, walk('u', ['a', 0], ['x', 1], ['c', 2]))).toEqual([0, 0, 0]);
    expect(counts({ steps, exclusions }, walk('u', ['a', 0], ['x', 1], ['b', 2], ['c', 3]))).toEqual([
      1, 1, 1,
    ]);
  });

  it('measure from the last required step, and times from the last step that was done', () => {
    const events = [...walk('u', ['a', 0], ['c', 4]), ...walk('w', ['a', 0], ['b', 6], ['c', 8])];
    expect(funnel({ steps }, events).steps).toMatchObject([
      { count: 2 },
      { count: 1, fromPrevious: 1 / 2, meanSeconds: 6 },
      { count: 2, fromPrevious: 1, meanSeconds: 3 },
    ]);
  });
});

describe('rule 10: properties held constant', () => {
  it('must be those of the first step', () => {
    const holdConstant = ['v'];
    expect(
      counts({ holdConstant }, walk('u', ['a', 0, { v: 1 }], ['b', 1, { v: '1' }], ['c', 2, { v: 2 }])),
    ).toEqual([1, 1, 0]);
    expect(counts({ holdConstant }, walk('u', ['a', 0], ['b', 1]))).toEqual([0, 0, 0]);
    const crossed = walk('u', ['a', 0, { v: 1 }], ['a', 1, { v: 2 }], ['b', 2, { v: 1 }], ['c', 3, { v: 2 }]);
    expect(counts({ holdConstant }, crossed)).toEqual([1, 1, 0]);
  });
});

describe('rule 11: trend', () => {
  const spec = {
    show: 'trend',
    window: { value: 3, unit: 'day' },
    range: { from: '2026-03-02', to: '2026-03-04' },
  };
  const trend = (more: object, events: readonly WireEvent[]) => {
    const { entered, converted } = ask({ kind: 'funnel', steps: ABC, ...spec, ...more }, events) as Record<
      string,
      number[]
    >;
    return [entered, converted];
  };

  it('is dated by the first step, and counts a unit once per bucket', () => {
    const events = walk('u', ['a', 0], ['a', 1], ['b', DAY], ['a', DAY + 1], ['c', DAY + 2]);
    expect(trend({}, events)).toEqual([
      [1, 1, 0],
      [1, 0, 0],
    ]);
    expect(trend({ fromStep: 1 }, events)).toEqual([
      [1, 0, 0],
      [1, 0, 0],
    ]);
    expect(ask({ kind: 'funnel', steps: ABC, ...spec, members: true }, events)).toMatchObject({
      buckets: ['2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z', '2026-03-04T00:00:00.000Z'],
      rate: [1, 0, null],
      enteredMembers: [['u'], ['u'], []],
      convertedMembers: [['u'], [], []],
    });
  });

  it('judges exclusions bucket by bucket', () => {
    const exclusions = [{ event: 'x', after: 0, before: 1 }];
    const steps = [{ event: 'a' }, { event: 'b' }];
    const partial = walk('u', ['a', 0], ['x', 1], ['a', DAY], ['b', DAY + 1]);
    // Monday's try also gets to b, but over x: a full conversion that is excluded; Tuesday's is clean
    expect(trend({ steps, exclusions }, partial)).toEqual([
      [0, 1, 0],
      [0, 1, 0],
    ]);
  });

  it('lets an excluded full conversion void partial tries of other buckets', () => {
    const exclusions = [{ event: 'x', after: 0, before: 1 }];
    const steps = [{ event: 'a' }, { event: 'b' }];
    const window = { value: 1, unit: 'hour' };
    const events = walk('u', ['a', 0], ['x', 1], ['b', 2], ['a', DAY]);
    expect(trend({ steps, exclusions, window }, events)).toEqual([
      [0, 0, 0],
      [0, 0, 0],
    ]);
    const open = walk('u', ['a', 0], ['x', 1], ['a', DAY]); // excluded, but no full conversion
    expect(trend({ steps, exclusions, window }, open)).toEqual([
      [0, 1, 0],
      [0, 0, 0],
    ]);
  });
});

describe('rule 12: time to convert', () => {
  const time = (events: readonly WireEvent[], more: object = {}) =>
    ask({ kind: 'funnel', steps: ABC, show: 'time', toStep: 1, ...more }, events);
  const inSeconds = (...seconds: number[]) =>
    seconds.flatMap((after, index) => walk(`u${index}`, ['a', 0], ['b', after]));

  it('has as many bins as the cube root of its samples, of whole seconds', () => {
    // 9 samples: 3 bins; (20 - 2) / 3 = 6
    expect(time(inSeconds(2, 7, 8, 13.999, 14, 15, 20, 20, 20))).toEqual({
      bins: [
        { fromSeconds: 2, toSeconds: 8, count: 2 },
        { fromSeconds: 8, toSeconds: 14, count: 2 },
        { fromSeconds: 14, toSeconds: 20, count: 5 },
      ],
      meanSeconds: 119.999 / 9,
      medianSeconds: 14,
    });
    expect(time(inSeconds(0.5, 1), { bins: 3 })).toMatchObject({
      bins: [
        { fromSeconds: 0.5, toSeconds: 1.5, count: 2 },
        { fromSeconds: 1.5, count: 0 },
        { fromSeconds: 2.5, count: 0 },
      ],
    });
    expect(time([])).toEqual({ bins: [], meanSeconds: null, medianSeconds: null });
  });

  it('measures between the steps that are asked for', () => {
    const events = walk('u', ['a', 0], ['b', 10], ['c', 25]);
    expect(time(events, { toStep: 2 })).toMatchObject({ meanSeconds: 25 });
    expect(time(events, { fromStep: 1, toStep: 2 })).toMatchObject({ meanSeconds: 15 });
    expect(() => time(events, { fromStep: 2, toStep: 2 })).toThrow();
  });
});

describe('names of steps', () => {
  it('are given, else those of the events', () => {
    const steps = [
      { event: 'a', name: 'Start' },
      { anyOf: [{ event: 'b' }, { event: 'c' }] },
      { event: null },
    ];
    expect(funnel({ steps }, [event('a', 0)]).steps).toMatchObject([
      { name: 'Start' },
      { name: 'b, c' },
      { name: 'any event' },
    ]);
  });
});
