import { describe, expect, it } from 'vitest';
import { answerSlowly } from '../support/oracle/answer-slowly.ts';
import { exactSum, quantile, wilson } from '../support/oracle/exact.ts';
import { evaluate } from '../support/oracle/formula.ts';
import type { OracleContext, Spec, WireEvent } from '../support/oracle/types.ts';
import { bucketsOf } from '../support/oracle/zone.ts';

/** Every expected value here was worked out by hand. */

const CONTEXT: OracleContext = {
  zone: 'UTC',
  weekStart: 'monday',
  nowMs: Date.parse('2026-01-01T00:00:00Z'),
  users: [],
  taxonomy: ['calm', 'clear'],
};

let lastId = 0;
const event = (event_type: string, ts: string, rest: Record<string, unknown> = {}): WireEvent => ({
  event_id: `e${++lastId}`,
  event_type,
  ts,
  ...rest,
});

const ask = (spec: object, events: WireEvent[], context: Partial<OracleContext> = {}) =>
  answerSlowly({ environment: 'test', ...spec } as Spec, events, { ...CONTEXT, ...context });

const firstSeries = (spec: object, events: WireEvent[], context: Partial<OracleContext> = {}) => {
  const { series } = ask({ kind: 'trend', ...spec }, events, context).result as {
    series: Record<string, unknown>[];
  };
  return series[0];
};

describe('numbers', () => {
  it('sums without losing what is small beside what is large', () => {
    expect(exactSum([1e308, 1, 1e-300, -1e308])).toBe(1);
    expect(exactSum([0.1, 0.2])).toBe(0.1 + 0.2); // one addition is rounded once anyway
    expect(exactSum(Array<number>(10).fill(0.1))).toBe(1); // naively 0.9999999999999999
    expect(exactSum([5e-324, 5e-324])).toBe(1e-323);
    expect(exactSum([-1.5, 0.25])).toBe(-1.25);
  });

  it('takes quantiles of type 7', () => {
    expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
    expect(quantile([10, 20], 0.95)).toBe(19.5);
    expect(quantile([], 0.5)).toBeNull();
  });

  it('bounds a share after Wilson', () => {
    const { low, high } = wilson(8, 10) ?? { low: 0, high: 0 };
    expect(low).toBeCloseTo(0.4901625, 6);
    expect(high).toBeCloseTo(0.9433178, 6);
    expect(wilson(0, 0)).toBeNull();
  });

  it('reads formulas by precedence, null and zero carried', () => {
    expect(evaluate('A + B * (2 - 0.5)', [1, 2])).toBe(4);
    expect(evaluate('-A / B', [6, 3])).toBe(-2);
    expect(evaluate('A / B', [6, 0])).toBeNull();
    expect(evaluate('A - B', [6, null])).toBeNull();
  });
});

describe('time', () => {
  const hoursOn = (zone: string, from: string, to: string) =>
    bucketsOf({ startMs: Date.parse(from), endMs: Date.parse(to) }, 'hour', {
      zone,
      weekStart: 'monday',
    }).map(({ startMs, endMs }) => (endMs - startMs) / 60_000);

  it('gives the Oslo day that repeats an hour 25 hours', () => {
    const hours = hoursOn('Europe/Oslo', '2018-10-27T22:00:00Z', '2018-10-28T23:00:00Z');
    expect(hours).toEqual(Array(25).fill(60));
  });

  it('lengthens and shortens an hour by half where clocks move by half an hour', () => {
    expect(hoursOn('Australia/Lord_Howe', '2018-03-31T13:00:00Z', '2018-03-31T16:30:00Z')).toEqual([
      60, 90, 60,
    ]);
    expect(hoursOn('Australia/Lord_Howe', '2018-10-06T14:30:00Z', '2018-10-06T16:30:00Z')).toEqual([
      60, 30, 60,
    ]);
  });

  it('begins a day at one o’clock where midnight was skipped', () => {
    const events = [event('a', '2018-11-04T02:59:59.999Z'), event('a', '2018-11-04T03:00:00Z')];
    const range = { from: '2018-11-03', to: '2018-11-04' };
    const spec = { kind: 'trend', zone: 'America/Sao_Paulo', range, series: [{ event: 'a' }] };
    expect(ask(spec, events).result).toMatchObject({
      buckets: ['2018-11-03T03:00:00.000Z', '2018-11-04T03:00:00.000Z'],
      series: [{ data: [1, 1], total: 2 }],
    });
  });

  it('compares with as many calendar days, not hours', () => {
    const events = [event('a', '2018-10-26T22:00:00Z'), event('a', '2018-10-26T21:59:00Z')];
    const spec = {
      kind: 'trend',
      zone: 'Europe/Oslo',
      range: { from: '2018-10-28', to: '2018-10-28' },
      compare: 'previous',
      series: [{ event: 'a' }],
    };
    expect(ask(spec, events).result).toMatchObject({
      previousBuckets: ['2018-10-26T22:00:00.000Z'],
      series: [{ total: 0 }, { compare: 'previous', total: 1 }],
    });
  });

  it('names the buckets that are still open', () => {
    const nowMs = Date.parse('2018-11-05T00:00:00Z');
    const range = { from: '2018-11-02', to: '2018-11-05' };
    const trend = { kind: 'trend', range, series: [{ event: 'a' }] };
    expect(ask(trend, [], { nowMs }).partial).toEqual(['2018-11-05']);
    const rate = { ...trend, series: [{ measure: 'capture_rate' }] };
    expect(ask(rate, [], { nowMs }).partial).toEqual(['2018-11-04', '2018-11-05']);
  });
});

describe('filters', () => {
  const values = [1, '1', true, 'Crème', ['crème', 'b'], '', undefined];
  const events = values.map((v) => event('a', '2018-11-04T12:00:00Z', { properties: { v } }));
  const passing = (filter: object) => {
    const kept = events.filter(
      (one) => firstSeries({ series: [{ event: 'a', filters: [filter] }] }, [one])?.['total'],
    );
    return kept.map(({ properties }) => properties?.['v']);
  };

  it('compares values of different types by their text', () => {
    expect(passing({ property: 'v', op: 'is', value: '1' })).toEqual([1, '1']);
    expect(passing({ property: 'v', op: 'is', value: ['true', 1] })).toEqual([1, '1', true]);
  });

  it('ignores case in contains, not in regex', () => {
    expect(passing({ property: 'v', op: 'contains', value: 'CRÈ' })).toEqual(['Crème', ['crème', 'b']]);
    expect(passing({ property: 'v', op: 'regex', value: '^Cr' })).toEqual(['Crème']);
  });

  it('lets a missing property pass negations only', () => {
    expect(passing({ property: 'v', op: 'is_not', value: [1, 'b', ''] })).toEqual([true, 'Crème', undefined]);
    expect(passing({ property: 'v', op: 'is_not_set' })).toEqual([undefined]);
    expect(
      passing({
        any: [
          { property: 'v', op: 'is', value: '' },
          { property: 'v', op: 'gt', value: 'm' },
        ],
      }),
    ).toEqual([true, '']);
  });

  it('orders numbers as numbers, and a number with a text by text', () => {
    const sized = [9, 10, '10'].map((v) => event('b', '2018-11-04T12:00:00Z', { properties: { v } }));
    const total = (value: unknown) =>
      firstSeries({ series: [{ event: 'b', filters: [{ property: 'v', op: 'gte', value }] }] }, sized)?.[
        'total'
      ];
    expect(total(10)).toBe(2); // 10, and "10" by text
    expect(total('9')).toBe(1); // 9 by text; "10" sorts before "9"
  });
});

describe('trend', () => {
  it('counts an id once and an event without user in totals only', () => {
    const once = event('a', '2018-11-04T12:00:00Z', { user_id: 'u' });
    const events = [once, { ...once }, event('a', '2018-11-04T13:00:00Z')];
    expect(firstSeries({ series: [{ event: 'a' }] }, events)).toMatchObject({ total: 2 });
    expect(firstSeries({ series: [{ event: null, measure: 'users' }] }, events)).toMatchObject({ total: 1 });
  });

  it('looks at seven days for weekly actives, also before the range', () => {
    const events = ['2018-11-01', '2018-11-07', '2018-11-08'].map((day, index) =>
      event('a', `${day}T12:00:00Z`, { user_id: `u${index}` }),
    );
    const range = { from: '2018-11-07', to: '2018-11-08' };
    expect(firstSeries({ range, series: [{ event: 'a', measure: 'weekly_active' }] }, events)).toMatchObject({
      data: [2, 2],
      total: 2,
    });
  });

  it('sums up the values over the limit, users once', () => {
    const events = ['x', 'x', 'y', 'z'].map((v) =>
      event('a', '2018-11-04T12:00:00Z', { user_id: 'u', properties: { v } }),
    );
    const spec = {
      kind: 'trend',
      breakdown: { property: 'v', limit: 1 },
      series: [{ event: 'a', measure: 'users' }],
      display: 'total',
    };
    expect(ask(spec, events).result).toMatchObject({
      series: [{ breakdown: 'x', total: 1 }],
      rest: { values: 2, units: 1, series: [{ total: 1 }] },
    });
  });

  it('splits new from returning at seven days after the first sight', () => {
    const events = ['2018-11-01T00:00:00Z', '2018-11-07T23:59:59.999Z', '2018-11-08T00:00:00Z'].map((ts) =>
      event('a', ts, { user_id: 'u' }),
    );
    const total = (isNew: boolean, users: OracleContext['users'] = []) =>
      firstSeries({ cohort: { new: isNew }, series: [{ event: 'a' }] }, events, { users })?.['total'];
    expect([total(true), total(false)]).toEqual([2, 1]);
    expect(total(true, [{ user_id: 'u', first_seen_at: '2018-10-30T00:00:00Z' }])).toBe(1);
  });
});

describe('practices', () => {
  const run = (
    id: string,
    practice: string,
    master: string,
    captured: boolean,
    at = '2018-11-04T12:00:00Z',
  ) => {
    const properties = { practice_session_id: id, practice_id: practice, master_id: master };
    const completed = event('session_completed', at, { properties });
    const later = new Date(Date.parse(at) + 86_400_000).toISOString();
    const reaction = event('reaction_captured', later, { properties: { ...properties, state: 'calm' } });
    return captured ? [completed, reaction] : [completed];
  };
  const runs = [
    ...run('r1', 'p', 'm1', true),
    ...run('r2', 'p', 'm1', false),
    ...run('r3', 'p', 'm2', false),
    ...run('r4', 'p', 'm2', false),
    ...run('r5', 'q', 'm1', true),
  ];

  it('counts a reaction 24 hours later and dates it by the completion', () => {
    const range = { from: '2018-11-04', to: '2018-11-04' };
    expect(firstSeries({ range, series: [{ measure: 'capture_rate' }] }, runs)).toMatchObject({
      data: [0.4],
      totalNumerator: 2,
      totalDenominator: 5,
    });
    const late = [
      ...run('r6', 'p', 'm1', false),
      event('reaction_captured', '2018-11-05T12:00:00.001Z', {
        properties: { practice_session_id: 'r6' },
      }),
    ];
    expect(firstSeries({ range, series: [{ measure: 'capture_rate' }] }, late)).toMatchObject({ total: 0 });
  });

  it('leaves completions untouched by a filter on the state', () => {
    const filters = [{ property: 'state', op: 'is', value: 'clear' }];
    expect(firstSeries({ filters, series: [{ measure: 'capture_rate' }] }, runs)).toMatchObject({
      totalNumerator: 0,
      totalDenominator: 5,
    });
  });

  it('compares a master with the same mix of practices', () => {
    const breakdown = { property: 'master_id' };
    const impact = firstSeries({ breakdown, display: 'total', series: [{ measure: 'master_impact' }] }, runs);
    // r_p = 1/4, r_q = 1: m1 captured 2 of p, p, q; expected 2 · 1/4 + 1 = 1.5; half-width 1.96 · √(2 · 3/16) / 3
    expect(impact).toMatchObject({ breakdown: 'm1', total: 0.5 / 3, comparable: 2 / 3 });
    expect(impact?.['totalHigh']).toBeCloseTo(0.5 / 3 + (1.96 * Math.sqrt(0.375)) / 3, 12);
  });

  it('shows practices × states, all states of the taxonomy', () => {
    const range = { from: '2018-11-04', to: '2018-11-05' };
    const { rows, total } = ask({ kind: 'states', range }, runs).result as {
      rows: unknown[];
      total: unknown;
    };
    expect(rows).toMatchObject([
      {
        value: 'p',
        n: 1,
        captured: 1,
        completed: 4,
        states: [
          { state: 'calm', value: 1 },
          { state: 'clear', count: 0 },
        ],
      },
      { value: 'q', n: 1, captured: 1, completed: 1 },
    ]);
    expect(total).toMatchObject({ n: 2, captured: 2, completed: 5, captureRate: { value: 0.4 } });
  });
});

describe('sessions', () => {
  const view = (ts: string, rest: Record<string, unknown> = {}) =>
    event('page_view', ts, { user_id: 'u', ...rest });

  it('ends a derived session after a pause of thirty minutes', () => {
    const events = [view('2018-11-04T12:00:00Z'), view('2018-11-04T12:29:59Z'), view('2018-11-04T12:59:59Z')];
    expect(ask({ kind: 'sessions' }, events).result).toMatchObject({
      sessions: 2,
      users: 1,
      views: 3,
      bounce_rate: 0.5,
      mean_duration: 1799 / 2,
      views_per_session: 1.5,
    });
  });

  it('counts a session on every day it touches, whole', () => {
    const session = { session_id: 's' };
    const events = [view('2018-11-04T23:59:00Z', session), view('2018-11-05T00:01:00Z', session)];
    expect(ask({ kind: 'sessions', interval: 'day' }, events).result).toMatchObject({
      sessions: [1, 1],
      views: [1, 1],
      mean_duration: [120, 120],
      views_per_session: [2, 2],
      bounce_rate: [0, 0],
    });
  });

  it('lets a passive event neither prolong a session nor end a bounce', () => {
    const events = [
      view('2018-11-04T12:00:00Z'),
      event('performance_metric', '2018-11-04T12:10:00Z', { user_id: 'u' }),
      view('2018-11-04T12:35:00Z'),
    ];
    const spec = { kind: 'sessions', passive: ['performance_metric'], measures: ['sessions', 'bounce_rate'] };
    expect(ask(spec, events).result).toMatchObject({ sessions: 2, bounce_rate: 1 });
  });

  it('judges bounces of the sessions that were entered with a fitting event', () => {
    const events = [
      view('2018-11-04T12:00:00Z', { session_id: 's', properties: { page_path: '/a' } }),
      view('2018-11-04T12:05:00Z', { session_id: 's', properties: { page_path: '/b' } }),
    ];
    const filters = [{ property: 'page_path', op: 'is', value: '/b' }];
    expect(ask({ kind: 'sessions', filters }, events).result).toMatchObject({
      sessions: 1,
      views: 1,
      views_per_session: 2,
      bounce_rate: null,
      bounce_rate_interval: null,
    });
  });
});
