import { describe, expect, it } from 'vitest';
import type { OracleContext, WireEvent } from '../../support/oracle/types.ts';
import { ask, event, walk } from './ask-oracle.ts';

/** Every expected value here was worked out by hand from DATA §5. */

const DAY = 86_400;
const RANGE = { from: '2026-03-02', to: '2026-03-04' };
const days = (user: string, ...of: readonly number[]) =>
  walk(user, ...of.map((day) => ['a', day * DAY] as const));

describe('lifecycle', () => {
  const lifecycle = (spec: object, events: readonly WireEvent[]) =>
    ask({ kind: 'lifecycle', range: RANGE, ...spec }, events);

  it('tells new, returning, resurrected and dormant users apart', () => {
    const events = [...days('n', 0, 1), ...days('r', -1, 0), ...days('s', -9, 1), ...days('d', -20, -1)];
    expect(lifecycle({ members: true }, events)).toEqual({
      buckets: ['2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z', '2026-03-04T00:00:00.000Z'],
      new: [1, 0, 0],
      returning: [1, 1, 0],
      resurrected: [0, 1, 0],
      dormant: [1, 1, 2],
      newMembers: [['n'], [], []],
      returningMembers: [['r'], ['n'], []],
      resurrectedMembers: [[], ['s'], []],
      dormantMembers: [['d'], ['r'], ['n', 's']],
    });
  });

  it('filters first: an earlier event that does not fit makes nobody old', () => {
    const events = walk('u', ['a', -9 * DAY, { v: 2 }], ['a', 0, { v: 1 }]);
    const filters = [{ property: 'v', op: 'is', value: 1 }];
    expect(lifecycle({ filters }, events)).toMatchObject({ new: [1, 0, 0] });
    expect(lifecycle({ event: { event: 'a', filters } }, events)).toMatchObject({ new: [1, 0, 0] });
    expect(lifecycle({ event: 'a' }, events)).toMatchObject({ new: [0, 0, 0], resurrected: [1, 0, 0] });
    expect(lifecycle({ event: 'b' }, events)).toMatchObject({ resurrected: [0, 0, 0] });
  });

  it('works on whole intervals', () => {
    const spec = { interval: 'week', range: { from: '2026-03-04', to: '2026-03-10' } };
    expect(lifecycle(spec, days('u', 0, 13, 14))).toMatchObject({
      new: [1, 0],
      returning: [0, 1],
      dormant: [0, 0],
    });
  });
});

describe('stickiness', () => {
  const stickiness = (spec: object, events: readonly WireEvent[]) =>
    ask({ kind: 'stickiness', range: { from: '2026-03-02', to: '2026-03-06' }, ...spec }, events);
  const events = [...days('u', 0, 0, 3), ...days('v', 1), ...days('w', -1, 0, 1, 2, 3, 4, 5)];

  it('counts users by the number of their buckets', () => {
    expect(stickiness({ members: true }, events)).toEqual({
      counts: [1, 1, 0, 0, 1],
      users: 3,
      members: [['v'], ['u'], [], [], ['w']],
    });
    expect(stickiness({ cumulative: true }, events)).toEqual({ counts: [3, 2, 1, 1, 1], users: 3 });
  });

  it('counts groups of intervals from the range start', () => {
    // two days and two days and one
    expect(stickiness({ buckets: { count: 2 } }, events)).toEqual({ counts: [1, 1, 1], users: 3 });
  });

  it('lets a bucket count by its events, but never one without', () => {
    const occurrences = (op: string, value: number) => stickiness({ occurrences: { op, value } }, events);
    expect(occurrences('gte', 2)).toEqual({ counts: [1, 0, 0, 0, 0], users: 1 });
    expect(occurrences('is', 1)).toEqual({ counts: [2, 0, 0, 0, 1], users: 3 });
    expect(occurrences('lte', 1)).toEqual({ counts: [2, 0, 0, 0, 1], users: 3 });
  });

  it('leaves out breakdown values that nobody has', () => {
    const two = walk('u', ['a', 0, { v: 1 }], ['a', 1, { v: 2 }], ['a', 2, { v: 2 }]);
    const spec = { occurrences: { op: 'gte', value: 2 }, breakdown: { property: 'v' } };
    expect(stickiness(spec, two)).toMatchObject({ breakdowns: [{ value: '2', counts: [1, 0, 0, 0, 0] }] });
  });
});

describe('paths', () => {
  const MINUTE = 60;
  const visit = (user: string, ...pages: readonly (readonly [string, number])[]) =>
    walk(
      user,
      ...pages.map(([page, minute]) => ['page_view', minute * MINUTE, { page_path: page }] as const),
    );
  const items = [{ event: 'page_view', by: 'page_path' }];
  const paths = (spec: object, events: readonly WireEvent[]) =>
    ask({ kind: 'paths', items, ...spec }, events) as {
      links: { source: string; target: string; step: number; count: number; meanSeconds: number }[];
      remainder: { links: number; count: number };
    };
  const drawn = (spec: object, events: readonly WireEvent[]) =>
    paths(spec, events).links.map(
      ({ source, target, step, count }) => `${step} ${source} ${target} ${count}`,
    );

  it('count transitions by their place, largest first', () => {
    const events = [...visit('u', ['/a', 0], ['/b', 1], ['/a', 5]), ...visit('v', ['/a', 0], ['/b', 3])];
    expect(paths({}, events)).toEqual({
      links: [
        { source: '/a', target: '/b', step: 0, count: 2, meanSeconds: 120 },
        { source: '/b', target: '/a', step: 1, count: 1, meanSeconds: 240 },
      ],
      remainder: { links: 0, count: 0 },
    });
  });

  it('are named by the event type unless by a property; the first fitting entry decides', () => {
    const events = [...walk('u', ['x', 0], ['y', 1]), ...visit('u', ['/a', 1], ['', 2], ['/b', 3])];
    expect(drawn({ items: undefined }, events.slice(0, 2))).toEqual(['0 x y 1']);
    expect(drawn({}, events)).toEqual(['0 /a /b 1']); // no path, no item
    expect(drawn({ items: [...items, { event: null }] }, events)).toEqual([
      '0 x y 1',
      '1 y /a 1',
      '2 /a /b 1',
    ]);
  });

  it('begin anew after a pause of thirty minutes', () => {
    const events = visit('u', ['/a', 0], ['/b', 29.99], ['/c', 59.99], ['/d', 60]);
    expect(drawn({}, events)).toEqual(['0 /a /b 1', '0 /c /d 1']);
    expect(drawn({ gapMinutes: 31 }, events)).toHaveLength(3);
  });

  it('measure a pause between items that are not excluded, so times bridge the gap', () => {
    const events = visit('u', ['/a', 0], ['/login', 20], ['/b', 40]);
    expect(drawn({ exclude: ['/login'] }, events)).toEqual([]);
    expect(paths({ exclude: ['/login/'], gapMinutes: 60 }, events).links).toMatchObject([
      { source: '/a', target: '/b', meanSeconds: 2400 },
    ]);
  });

  it('drop a trailing slash and collapse repeats onto the last one', () => {
    const events = visit('u', ['/a/', 0], ['/a', 10], ['/', 12]);
    expect(paths({}, events).links).toMatchObject([{ source: '/a', target: '/', meanSeconds: 120 }]);
  });

  it('group by patterns anywhere in the item; excluding the pattern removes the group', () => {
    const events = visit('u', ['/en/user/1', 0], ['/user/2/edit', 1], ['/b', 2]);
    const group = ['/user/*', '*/edit'];
    expect(drawn({ group }, events)).toEqual(['0 /user/* /b 1']);
    expect(drawn({ group: ['/user/*/edit', '/user/*'] }, events)).toEqual([
      '0 /user/* /user/*/edit 1',
      '1 /user/*/edit /b 1',
    ]);
    expect(drawn({ group, exclude: ['/user/*'] }, events)).toEqual([]);
    expect(drawn({ exclude: ['/user/*'] }, events)).toHaveLength(2); // without the pattern it is literal
  });

  const long = visit('u', ['/a', 0], ['/b', 1], ['/c', 3], ['/d', 6], ['/e', 10], ['/f', 15], ['/c', 21]);

  it('start at the first occurrence', () => {
    expect(drawn({ start: '/c', steps: 3 }, long)).toEqual(['0 /c /d 1', '1 /d /e 1']);
    expect(paths({ start: '/c', steps: 3 }, long).remainder).toEqual({ links: 2, count: 2 });
    expect(drawn({ start: '/x' }, long)).toEqual([]);
  });

  it('end with the first occurrence and keep the items before it', () => {
    expect(drawn({ end: '/e', steps: 3 }, long)).toEqual(['0 /c /d 1', '1 /d /e 1']);
    expect(paths({ end: '/e', steps: 3 }, long).remainder).toEqual({ links: 2, count: 2 });
  });

  it('with both ends keep the first and the last items around what is hidden', () => {
    expect(paths({ start: '/a', end: '/f', steps: 5 }, long).links).toEqual([
      { source: '/a', target: '/b', step: 0, count: 1, meanSeconds: 60 },
      { source: '/b', target: '...', step: 1, count: 1, meanSeconds: 120 },
      { source: '...', target: '/d', step: 2, count: 1, meanSeconds: 180 },
      { source: '/d', target: '/e', step: 3, count: 1, meanSeconds: 240 },
      { source: '/e', target: '/f', step: 4, count: 1, meanSeconds: 300 },
    ]);
    expect(paths({ start: '/a', end: '/f', steps: 3 }, long)).toEqual({
      links: [
        { source: '/a', target: '...', step: 0, count: 1, meanSeconds: 60 },
        { source: '...', target: '/e', step: 1, count: 1, meanSeconds: 240 },
        { source: '/e', target: '/f', step: 2, count: 1, meanSeconds: 300 },
      ],
      remainder: { links: 4, count: 4 }, // from /a to /b up to /d to /e
    });
    expect(drawn({ start: '/c', end: '/a' }, long)).toEqual([]); // the end lies before the start
  });

  it('order events of one instant by their ids', () => {
    const [first, second] = visit('u', ['/a', 0], ['/b', 0]);
    expect(drawn({}, [second!, first!])).toEqual(['0 /a /b 1']);
  });
});

describe('distribution', () => {
  const numbers = (...values: readonly unknown[]) =>
    values.map((amount) => event('a', '2026-03-02T12:00:00Z', { properties: { amount } }));
  const distribution = (spec: object, events: readonly WireEvent[]) =>
    ask({ kind: 'distribution', event: 'a', property: 'amount', ...spec }, events) as Record<string, unknown>;

  it('sums up numbers; texts are missing', () => {
    const answer = distribution({ quantiles: [0.25, 0.5], bins: 2 }, numbers(1, 2, 3, 10, '7', undefined));
    expect(answer).toMatchObject({
      n: 4,
      missing: 2,
      sum: 16,
      mean: 4,
      min: 1,
      max: 10,
      quantiles: [
        { q: 0.25, value: 1.75 },
        { q: 0.5, value: 2.5 },
      ],
      bins: [
        { from: 1, to: 5.5, count: 3 },
        { from: 5.5, to: 10, count: 1 },
      ],
    });
    // s² = (9 + 4 + 1 + 36) / 3; t(0.975, 3)
    const half = (3.1824463052837095 * Math.sqrt(50 / 3)) / 2;
    const [low, high] = answer['mean_interval'] as [number, number];
    expect(low).toBeCloseTo(4 - half, 12);
    expect(high).toBeCloseTo(4 + half, 12);
  });

  it('has bins by the cube root, and one where all are equal', () => {
    const { bins } = distribution({}, numbers(0, 1, 2, 3, 4, 5, 6, 7, 8)) as { bins: unknown[] };
    expect(bins).toHaveLength(3);
    expect(distribution({ bins: 4 }, numbers(2, 2))).toMatchObject({ bins: [{ from: 2, to: 2, count: 2 }] });
  });

  it('knows nothing of nothing', () => {
    expect(distribution({}, [])).toMatchObject({
      n: 0,
      sum: 0,
      mean: null,
      mean_interval: null,
      min: null,
      bins: [],
    });
    expect(distribution({}, numbers(5))).toMatchObject({ mean: 5, mean_interval: null });
  });
});

describe('cohorts', () => {
  const users = (cohort: unknown, context: Partial<OracleContext> = {}) => {
    const events = [
      ...walk('u', ['a', 0], ['b', 1], ['b', DAY]),
      ...walk('v', ['a', 0], ['a', DAY]),
      ...walk('w', ['b', 0]),
      event('a', '2026-03-02T12:00:00Z'),
    ];
    const asked = { kind: 'stickiness', range: RANGE, members: true, cohort };
    const { members } = ask(asked, events, context) as { members: string[][] };
    return members.flat().sort();
  };

  it('are lists of users', () => {
    expect(users({ users: ['u', 'x'] })).toEqual(['u']);
    expect(users('mine', { cohorts: { mine: { users: ['v'] } } })).toEqual(['v']);
    expect(() => users('unknown')).toThrow();
  });

  it('are rules about what users did and are', () => {
    expect(users({ all: [{ did: { event: 'b' } }] })).toEqual(['u', 'w']);
    expect(users({ all: [{ did: { event: 'b' }, times: { op: 'is', value: 2 } }] })).toEqual(['u']);
    expect(users({ all: [{ did: { event: 'b' }, times: { op: 'lte', value: 1 } }] })).toEqual(['v', 'w']);
    expect(users({ all: [{ did: { event: 'b' }, not: true }] })).toEqual(['v']);
    expect(users({ all: [{ did: { event: 'a' }, range: { from: '2026-03-03' } }] })).toEqual(['v']);
    const plan = { user: { property: 'plan', op: 'is', value: 'mid' } };
    const context = { users: [{ user_id: 'w', plan: 'mid' }] };
    expect(users({ all: [{ any: [plan, { did: { event: 'a' } }] }] }, context)).toEqual(['u', 'v', 'w']);
    expect(users({ all: [plan, { did: { event: 'a' } }] }, context)).toEqual([]);
  });

  it('are cells of other questions', () => {
    const funnel = { kind: 'funnel', steps: [{ event: 'a' }, { event: 'b' }] };
    expect(users({ question: funnel, cell: { step: 0 } })).toEqual(['u', 'v']);
    expect(users({ question: funnel, cell: { step: 1 } })).toEqual(['u']);
    expect(users({ question: funnel, cell: { step: 1, dropped: true } })).toEqual(['v']);
    const retention = { kind: 'retention', anchor: { event: 'a' }, return: { event: 'a' } };
    expect(users({ question: retention, cell: { cohort: '2026-03-02T00:00:00Z', period: 1 } })).toEqual([
      'v',
    ]);
    const lifecycle = { kind: 'lifecycle' };
    expect(
      users({ question: lifecycle, cell: { bucket: '2026-03-03T00:00:00.000Z', status: 'dormant' } }),
    ).toEqual(['w']);
    expect(users({ question: { kind: 'stickiness' }, cell: { count: 2 } })).toEqual(['u', 'v']);
  });

  it('of a question do not take the filters of the question around it', () => {
    const filters = [{ property: 'event_type', op: 'is', value: 'b' }];
    const funnel = { kind: 'funnel', steps: [{ event: 'a' }, { event: 'b' }] };
    const cohort = { question: funnel, cell: { step: 0 } };
    const events = [...walk('u', ['a', 0], ['b', 1]), ...walk('w', ['b', 0])];
    expect(ask({ kind: 'stickiness', filters, cohort }, events)).toMatchObject({ users: 1 });
  });
});

describe('cost of a new customer', () => {
  const costs = [
    { month: '2026-03', channel: 'ads', amount: 310, currency: 'NOK' },
    { month: '2026-03', channel: 'fairs', amount: 620, currency: 'NOK' },
  ];
  const pay = (user: string, day: string) => event('payment', `2026-${day}T12:00:00Z`, { user_id: user });
  const events = [
    pay('u', '03-05'),
    pay('u', '03-06'),
    pay('v', '02-01'),
    pay('v', '03-05'),
    pay('w', '03-20'),
  ];
  const cac = (spec: object, context: Partial<OracleContext> = {}) => {
    const range = { from: '2026-03-01', to: '2026-03-31' };
    const asked = { kind: 'trend', range, interval: 'month', series: [{ measure: 'cac' }], ...spec };
    return (ask(asked, events, { costs, ...context }) as { series: Record<string, unknown>[] }).series;
  };

  it('is the cost of the span ÷ users whose first payment lies in it', () => {
    expect(cac({})).toMatchObject([{ data: [465], totalNumerator: 930, totalDenominator: 2 }]);
  });

  it('spreads a month over its time', () => {
    expect(cac({ interval: 'day', range: { from: '2026-03-05', to: '2026-03-06' } })).toMatchObject([
      { data: [30, null], numerator: [30, 30], total: 60 },
    ]);
  });

  it('knows the channel of costs and of users', () => {
    const users = [{ user_id: 'u', acquisition_channel: 'ads' }];
    const breakdown = { userProperty: 'acquisition_channel' };
    expect(cac({ breakdown, display: 'total' }, { users })).toMatchObject([
      { breakdown: 'ads', total: 310 },
      { breakdown: null, totalNumerator: 0, totalDenominator: 1 },
      { breakdown: 'fairs', total: null, totalNumerator: 620 },
    ]);
    expect(() => cac({ breakdown: { property: 'locale' } })).toThrow();
    expect(() => cac({ breakdown: { property: ['currency', 'locale'] } })).toThrow();
    expect(() => cac({ breakdown: { userProperty: 'plan' } })).toThrow();
  });

  it('never adds currencies', () => {
    const two = [...costs, { month: '2026-03', channel: 'ads', amount: 1, currency: 'EUR' }];
    expect(() => cac({}, { costs: two })).toThrow();
    expect(cac({ breakdown: { property: 'currency' } }, { costs: two })).toHaveLength(3);
    const filters = [{ property: 'currency', op: 'is', value: 'EUR' }];
    expect(cac({ filters }, { costs: two })).toMatchObject([{ totalNumerator: 1, totalDenominator: 0 }]);
  });
});
