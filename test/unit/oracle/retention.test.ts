import { describe, expect, it } from 'vitest';
import type { OracleContext, WireEvent } from '../../support/oracle/types.ts';
import { ask, event } from './ask-oracle.ts';

/** Every expected value here was worked out by hand from DATA §5. */

const did = (user: string, type: string, ...days: readonly string[]): WireEvent[] =>
  days.map((day) => event(type, day.includes('T') ? day : `${day}T12:00:00Z`, { user_id: user }));

interface Cohort {
  start: string;
  size: number;
  cells: { count: number; partial: boolean; value?: number | null; members?: string[] }[];
}

const retention = (spec: object, events: readonly WireEvent[], context: Partial<OracleContext> = {}) => {
  const range = { from: '2026-03-02', to: '2026-03-05' };
  const asked = { kind: 'retention', anchor: { event: 'a' }, return: { event: 'r' }, range, ...spec };
  return (ask(asked, events, context) as { cohorts: Cohort[] }).cohorts;
};
const triangle = (spec: object, events: readonly WireEvent[]): number[][] =>
  retention(spec, events).map(({ cells }) => cells.map(({ count }) => count));

describe('rule 1: interval 0', () => {
  it('is the cohort, whether or not the return event happened', () => {
    const events = [
      ...did('u', 'a', '2026-03-02'),
      ...did('u', 'r', '2026-03-03'),
      ...did('w', 'a', '2026-03-02'),
    ];
    expect(retention({}, events)[0]).toMatchObject({
      start: '2026-03-02T00:00:00.000Z',
      size: 2,
      cells: [{ count: 2 }, { count: 1 }, { count: 0 }, { count: 0 }],
    });
  });

  it('is listed for empty cohorts, too; cells after the range are left out', () => {
    expect(triangle({}, [])).toEqual([[0, 0, 0, 0], [0, 0, 0], [0, 0], [0]]);
    expect(triangle({ periods: 2 }, [])).toEqual([[0, 0], [0, 0], [0, 0], [0]]);
    expect(retention({ cohorts: 2 }, []).map(({ start }) => start.slice(0, 10))).toEqual([
      '2026-03-04',
      '2026-03-05',
    ]);
  });
});

describe('rule 2: who joins when', () => {
  const events = [
    ...did('u', 'a', '2026-03-02', '2026-03-04'),
    ...did('w', 'a', '2026-02-01', '2026-03-02'),
    ...did('u', 'r', '2026-03-05'),
  ];

  it('recurring: in every period with an anchor event', () => {
    expect(triangle({}, events)).toEqual([[2, 0, 0, 1], [0, 0, 0], [1, 1], [0]]);
  });

  it('first time: only in the period of the first one over all time', () => {
    expect(triangle({ type: 'first_time' }, events)).toEqual([[1, 0, 0, 1], [0, 0, 0], [0, 0], [0]]);
  });

  it('first ever: the first one of the type must itself match', () => {
    const anchor = { event: 'a', filters: [{ property: 'v', op: 'is', value: 1 }] };
    const twice = [
      event('a', '2026-03-02T01:00:00Z', { user_id: 'u', properties: { v: 2 } }),
      event('a', '2026-03-03T01:00:00Z', { user_id: 'u', properties: { v: 1 } }),
    ];
    expect(triangle({ anchor, type: 'first_time' }, twice)).toEqual([[0, 0, 0, 0], [1, 0, 0], [0, 0], [0]]);
    expect(triangle({ anchor, type: 'first_ever' }, twice)).toEqual([[0, 0, 0, 0], [0, 0, 0], [0, 0], [0]]);
  });

  it('makes the filters of the question part of the match', () => {
    const filters = [{ property: 'ts', op: 'gte', value: '2026-03-03' }];
    expect(triangle({ type: 'first_time', filters }, events)).toEqual([[0, 0, 0, 0], [0, 0, 0], [1, 1], [0]]);
    expect(triangle({ type: 'first_ever', filters }, events)).toEqual([[0, 0, 0, 0], [0, 0, 0], [0, 0], [0]]);
  });
});

describe('rule 3: intervals', () => {
  it('rolling: in this period or a later one', () => {
    const events = [...did('u', 'a', '2026-03-02'), ...did('u', 'r', '2026-03-04')];
    expect(triangle({}, events)[0]).toEqual([1, 0, 1, 0]);
    expect(triangle({ mode: 'rolling' }, events)[0]).toEqual([1, 1, 1, 0]);
  });

  it('24 hours: windows from the own first anchor, half-open, one cohort for each user', () => {
    const events = [
      ...did('u', 'a', '2026-03-02T20:00:00Z', '2026-03-03T21:00:00Z'),
      ...did('u', 'r', '2026-03-03T19:59:59.999Z'),
      ...did('w', 'a', '2026-03-02T20:00:00Z'),
      ...did('w', 'r', '2026-03-03T20:00:00Z'),
    ];
    expect(triangle({ mode: '24h' }, events)).toEqual([[2, 1, 0, 0], [0, 0, 0], [0, 0], [0]]);
    expect(triangle({}, events)).toEqual([[2, 2, 0, 0], [1, 0, 0], [0, 0], [0]]);
  });

  it('follow the calendar of the zone over a change of clocks', () => {
    const events = [
      ...did('u', 'a', '2026-03-28T23:30:00Z'), // Sunday 29 March in Oslo, a day of 23 hours
      ...did('u', 'r', '2026-03-29T22:00:00Z'), // Monday
    ];
    const spec = { zone: 'Europe/Oslo', range: { from: '2026-03-29', to: '2026-03-30' } };
    expect(retention(spec, events)).toMatchObject([
      { start: '2026-03-28T23:00:00.000Z', size: 1, cells: [{ count: 1 }, { count: 1 }] },
      { start: '2026-03-29T22:00:00.000Z', size: 0 },
    ]);
  });
});

describe('rule 4: minimum returns', () => {
  const events = [
    ...did('u', 'a', '2026-03-02'),
    ...did('u', 'r', '2026-03-03T01:00:00Z', '2026-03-04T01:00:00Z', '2026-03-04T02:00:00Z'),
  ];

  it('apply to each return interval, never to interval 0', () => {
    expect(triangle({ minimumReturns: 2 }, events)[0]).toEqual([1, 0, 1, 0]);
    expect(triangle({ minimumReturns: 2, mode: 'rolling' }, events)[0]).toEqual([1, 1, 1, 0]);
    expect(triangle({ minimumReturns: 3, mode: 'rolling' }, events)[0]).toEqual([1, 0, 0, 0]);
  });

  it('inside a bracket to one of its periods', () => {
    expect(triangle({ minimumReturns: 2, brackets: [2] }, events)[0]).toEqual([1, 1]);
    expect(triangle({ minimumReturns: 3, brackets: [2] }, events)[0]).toEqual([1, 0]);
  });
});

describe('rule 5: breakdown', () => {
  const at = (user: string, type: string, day: string, v: string) =>
    event(type, `${day}T12:00:00Z`, { user_id: user, properties: { v } });
  const events = [
    at('u', 'a', '2026-03-02', 'p'),
    at('u', 'a', '2026-03-03', 'q'),
    at('u', 'r', '2026-03-04', 'q'),
    at('w', 'a', '2026-03-02', 'p'),
    at('w', 'r', '2026-03-03', 'never an anchor'),
  ];
  const split = (spec: object, users: OracleContext['users'] = []) => {
    const range = { from: '2026-03-02', to: '2026-03-04' };
    const asked = { kind: 'retention', anchor: { event: 'a' }, return: { event: 'r' }, range, ...spec };
    const { breakdowns } = ask(asked, events, { users }) as {
      breakdowns: { value: unknown; cohorts: Cohort[] }[];
    };
    return breakdowns.map(({ value, cohorts }) => [
      value,
      cohorts.map(({ cells }) => cells.map(({ count }) => count)),
    ]);
  };

  it('by event property applies to anchor and return', () => {
    expect(split({ breakdown: { property: 'v' } })).toEqual([
      ['p', [[2, 0, 0], [0, 0], [0]]],
      ['q', [[0, 0, 0], [1, 1], [0]]],
    ]);
    // as if filtered by the value; of the first event of the type the value is looked at afterwards
    expect(split({ breakdown: { property: 'v' }, type: 'first_time' })).toEqual([
      ['p', [[2, 0, 0], [0, 0], [0]]],
      ['q', [[0, 0, 0], [1, 1], [0]]],
    ]);
    expect(split({ breakdown: { property: 'v' }, type: 'first_ever' })).toEqual([
      ['p', [[2, 0, 0], [0, 0], [0]]],
    ]);
  });

  it('by user property uses the latest value', () => {
    expect(split({ breakdown: { userProperty: 'plan' } }, [{ user_id: 'u', plan: 'mid' }])).toEqual([
      ['mid', [[1, 0, 1], [1, 1], [0]]],
      [null, [[1, 1, 0], [0, 0], [0]]],
    ]);
  });
});

describe('rule 6: brackets', () => {
  it('count from interval 1, and a user once in each', () => {
    const range = { from: '2026-03-02', to: '2026-03-08' };
    const events = [
      ...did('u', 'a', '2026-03-02'),
      ...did('u', 'r', '2026-03-03', '2026-03-04', '2026-03-07'),
      ...did('w', 'a', '2026-03-02'),
      ...did('w', 'r', '2026-03-05'),
    ];
    // intervals 1–2, 3–4, 5–7
    expect(triangle({ range, brackets: [2, 2, 3] }, events)[0]).toEqual([2, 1, 1, 1]);
    expect(triangle({ range, brackets: [2, 2, 3], mode: 'rolling' }, events)[0]).toEqual([2, 2, 2, 1]);
    // a return after the last bracket is in none
    expect(triangle({ range, brackets: [2, 2], mode: 'rolling' }, events)[0]).toEqual([2, 2, 1]);
    expect(triangle({ range, brackets: [2, 2, 3] }, events)[5]).toEqual([0, 0]); // the second begins after the range
    expect(() => triangle({ periods: 2, brackets: [1] }, [])).toThrow();
  });
});

describe('rule 7: cells whose period is not over', () => {
  const partial = (spec: object, now: string) =>
    retention({ range: { from: '2026-03-02', to: '2026-03-03' }, ...spec }, [], {
      nowMs: Date.parse(now),
    }).map(({ cells }) => cells.map((cell) => cell.partial));

  it('are partial', () => {
    expect(partial({}, '2026-03-04T00:00:00Z')).toEqual([[false, false], [false]]);
    expect(partial({}, '2026-03-03T23:59:59Z')).toEqual([[false, true], [true]]);
  });

  it('in 24-hour mode wait for the last window of the last member', () => {
    expect(partial({ mode: '24h' }, '2026-03-04T23:59:59Z')).toEqual([[false, true], [true]]);
    expect(partial({ mode: '24h' }, '2026-03-05T00:00:00Z')).toEqual([[false, false], [false]]);
  });

  it('rolling wait for the end of the range', () => {
    expect(partial({ mode: 'rolling' }, '2026-03-03T12:00:00Z')).toEqual([[false, true], [true]]);
  });
});

describe('rule 8: the end of the range', () => {
  it('is widened to whole periods, and nothing after it counts', () => {
    const events = [
      ...did('u', 'a', '2026-03-02'),
      ...did('u', 'r', '2026-03-15T23:00:00Z', '2026-03-16T00:00:00Z'),
    ];
    const spec = { interval: 'week', range: { from: '2026-03-04', to: '2026-03-10' } };
    expect(retention(spec, events)).toMatchObject([
      { start: '2026-03-02T00:00:00.000Z', size: 1, cells: [{ count: 1 }, { count: 1 }] },
      { start: '2026-03-09T00:00:00.000Z', size: 0, cells: [{ count: 0 }] },
    ]);
    const late = [...did('u', 'a', '2026-03-02'), ...did('u', 'r', '2026-03-16T00:00:00Z')];
    expect(triangle({ ...spec, mode: 'rolling' }, late)[0]).toEqual([1, 0]);
    expect(triangle({ interval: 'week', range: { to: '2026-03-10' }, cohorts: 1 }, events)).toEqual([[0]]);
  });
});

describe('rule 9: aggregates', () => {
  const paid = (user: string, at: string, amount?: unknown) =>
    event('r', `2026-03-${at}:00:00Z`, { user_id: user, properties: amount === undefined ? {} : { amount } });
  const events = [
    ...did('u', 'a', '2026-03-02'),
    ...did('w', 'a', '2026-03-02'),
    paid('u', '02T11', 100), // before the anchor event
    paid('u', '02T12', 1),
    paid('u', '03T01', 2),
    paid('u', '03T02', 4),
    paid('w', '03T03', 8),
    paid('w', '04T03', '16'),
    paid('x', '03T03', 32), // in no cohort
  ];
  const values = (spec: object, users: OracleContext['users'] = []) =>
    retention(spec, events, { users })[0]?.cells.map(({ value }) => value);

  it('take the return events of the interval, in interval 0 from the anchor event on', () => {
    expect(values({ aggregate: { measure: 'sum', property: 'amount' } })).toEqual([1, 14, 0, 0]);
    expect(values({ aggregate: { measure: 'mean', property: 'amount' } })).toEqual([1, 7, null, null]);
    expect(values({ aggregate: { measure: 'sum', property: 'amount' }, brackets: [3] })).toEqual([1, 14]);
    expect(values({ aggregate: { measure: 'sum', property: 'amount' }, mode: 'rolling' })).toEqual([
      1, 14, 0, 0,
    ]);
  });

  it('take the users whom the cell counts', () => {
    expect(values({ aggregate: { measure: 'sum', property: 'amount' }, minimumReturns: 2 })).toEqual([
      1, 6, 0, 0,
    ]);
  });

  it('take a user property once for each user and interval', () => {
    const users = [
      { user_id: 'u', seats: 5 },
      { user_id: 'w', seats: 'many' },
    ];
    expect(values({ aggregate: { measure: 'sum', userProperty: 'seats' } }, users)).toEqual([5, 5, 0, 0]);
    expect(values({ aggregate: { measure: 'mean', userProperty: 'seats' } }, users)).toEqual([
      5,
      5,
      null,
      null,
    ]);
  });

  it('leave the counts counts of users', () => {
    const cohort = retention({ aggregate: { measure: 'sum', property: 'amount' }, members: true }, events)[0];
    expect(cohort?.cells.map(({ count, members }) => [count, members])).toEqual([
      [2, ['u', 'w']],
      [2, ['u', 'w']],
      [1, ['w']],
      [0, []],
    ]);
  });
});

describe('the compared range', () => {
  it('is as many whole periods directly before', () => {
    const asked = {
      kind: 'retention',
      anchor: { event: 'a' },
      return: { event: 'r' },
      interval: 'week',
      range: { from: '2026-03-04', to: '2026-03-10' },
      compare: 'previous',
    };
    const { previous } = ask(asked, did('u', 'a', '2026-02-16')) as { previous: { cohorts: Cohort[] } };
    expect(previous.cohorts.map(({ start, size }) => [start.slice(0, 10), size])).toEqual([
      ['2026-02-16', 1],
      ['2026-02-23', 0],
    ]);
  });
});
