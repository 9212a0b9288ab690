import { describe, expect, it } from 'vitest';
import type { TrendLine } from '../../shared/query/answer.ts';
import { askEvents, event, type QuestionOf } from '../support/ask-events.ts';

const range = { from: '2026-03-02', to: '2026-03-05' };
const at = (day: number, time = '12:00:00'): string => `2026-03-${String(day).padStart(2, '0')}T${time}Z`;
const user = (id: string) => ({ user_id: id });
const amount = (value: unknown) => ({ properties: { amount: value } });

const linesBy = (
  series: readonly TrendLine[],
): [TrendLine['breakdown'], TrendLine['compare'], (number | null)[]][] =>
  series.map(({ breakdown, compare, data }) => [breakdown, compare, data]);

describe('a trend (DATA §5)', () => {
  it('counts only what lies inside the range, though its first bucket begins before', async () => {
    const events = [
      event('a', at(2, '05:59:59.999')),
      event('a', at(2, '06:00:00')),
      event('a', at(3, '06:00:00')),
    ];
    const { result } = await askEvents(events, {
      kind: 'trend',
      range: { from: '2026-03-02T06:00:00Z', to: '2026-03-03T06:00:00Z' },
      series: [{ event: 'a' }],
    });
    expect(result.buckets).toEqual(['2026-03-02T00:00:00.000Z', '2026-03-03T00:00:00.000Z']);
    expect(result.series[0]).toMatchObject({ data: [1, 0], total: 1 });
  });

  it('counts a user once per bucket and once in the total, and events without user in neither', async () => {
    const events = [
      event('a', at(2), user('u')),
      event('b', at(2, '13:00:00'), user('u')),
      event('a', at(3), user('u')),
      event('a', at(3), user('v')),
      event('a', at(4)),
    ];
    const { result } = await askEvents(events, {
      kind: 'trend',
      range,
      series: [{ event: null, measure: 'users' }],
    });
    expect(result.series[0]).toMatchObject({ data: [1, 2, 0, 0], total: 2 });
  });

  it('looks at the 6 days before a day for weekly actives, also before the range', async () => {
    const events = [event('a', '2026-02-24T10:00:00Z', user('early')), event('a', at(2), user('u'))];
    const { result } = await askEvents(events, {
      kind: 'trend',
      range,
      series: [{ event: 'a', measure: 'weekly_active' }],
    });
    expect(result.series[0]).toMatchObject({ data: [2, 1, 1, 1], total: 1 }); // early is 6 days before the 2nd
  });

  it('looks at the 168 hours that end with an hour, at plain users of a week, and at the last day for a total', async () => {
    const events = [
      event('a', '2026-03-01T10:00:00Z', user('u')),
      event('a', '2026-03-04T10:00:00Z', user('v')),
    ];
    const hours = await askEvents(events, {
      kind: 'trend',
      interval: 'hour',
      range: { from: '2026-03-08T08:00:00Z', to: '2026-03-08T12:00:00Z' },
      series: [{ event: 'a', measure: 'weekly_active' }],
    });
    expect(hours.result.series[0]).toMatchObject({ data: [2, 2, 1, 1], total: 1 });
    const weeks = await askEvents(events, {
      kind: 'trend',
      interval: 'week',
      range: { from: '2026-03-02', to: '2026-03-15' },
      series: [{ event: 'a', measure: 'weekly_active' }],
    });
    expect(weeks.result.series[0]).toMatchObject({ data: [1, 0], total: 0 });
  });

  it('takes ratios, means and formulas of the whole range for a total', async () => {
    const events = [
      event('a', at(2), amount(1)),
      event('a', at(3), amount(2)),
      event('a', at(3, '13:00:00'), amount(6)),
      event('b', at(3)),
      event('b', at(3, '13:00:00')),
    ];
    const { result } = await askEvents(events, {
      kind: 'trend',
      range,
      series: [
        { event: 'a', measure: 'mean', property: 'amount' },
        { event: 'b', measure: 'ratio', of: { event: 'a' } },
      ],
    });
    expect(result.series[0]).toMatchObject({
      data: [1, 4, null, null],
      total: 3,
      totalNumerator: 9,
      totalDenominator: 3,
    });
    expect(result.series[1]).toMatchObject({ data: [0, 1, null, null], total: 2 / 3 });
    const formula = await askEvents(events, {
      kind: 'trend',
      range,
      series: [{ event: 'b' }, { event: 'a' }],
      formulas: ['A / B', 'A / B * 100 + 1'],
    });
    expect(formula.result.series.map(({ name, data, total }) => [name, data, total])).toEqual([
      ['A / B', [0, 1, null, null], 2 / 3],
      ['A / B * 100 + 1', [1, 101, null, null], (2 / 3) * 100 + 1],
    ]);
  });

  it('has sum 0 and mean, least, most and quantile null in a bucket without events', async () => {
    const events = [event('a', at(3), amount(5))];
    const { result } = await askEvents(events, {
      kind: 'trend',
      range,
      series: [
        { event: 'a', measure: 'sum', property: 'amount' },
        { event: 'a', measure: 'mean', property: 'amount' },
        { event: 'a', measure: 'min', property: 'amount' },
        { event: 'a', measure: 'max', property: 'amount' },
        { event: 'a', measure: 'quantile', q: 0.5, property: 'amount' },
      ],
    });
    expect(result.series.map(({ data }) => data)).toEqual([
      [0, 5, 0, 0],
      [null, 5, null, null],
      [null, 5, null, null],
      [null, 5, null, null],
      [null, 5, null, null],
    ]);
  });

  it('carries null through a formula and makes a division by zero null', async () => {
    const events = [event('a', at(2), amount(4)), event('b', at(2))];
    const { result } = await askEvents(events, {
      kind: 'trend',
      range,
      series: [{ event: 'a', measure: 'mean', property: 'amount' }, { event: 'b' }],
      formulas: ['A + 0', 'A / B', 'B / B'],
    });
    expect(result.series.map(({ data }) => data)).toEqual([
      [4, null, null, null],
      [4, null, null, null],
      [1, null, null, null],
    ]);
  });

  it('starts a cumulative line at 0 and adds what is defined', async () => {
    const events = [event('a', at(3), amount(4)), event('a', at(5), amount(2))];
    const { result } = await askEvents(events, {
      kind: 'trend',
      range,
      display: 'cumulative',
      series: [{ event: 'a', measure: 'mean', property: 'amount' }],
    });
    expect(result.series[0]).toMatchObject({ data: [0, 4, 4, 6], total: 3 });
  });

  it('lists in each period only the breakdown values that occur in it, in any of the series', async () => {
    const events = [
      event('a', at(1), { locale: 'de' }),
      event('a', at(2), { locale: 'en' }),
      event('b', at(2), { locale: 'fr' }),
    ];
    const { result } = await askEvents(events, {
      kind: 'trend',
      range: { from: '2026-03-02', to: '2026-03-02' },
      compare: 'previous',
      series: [{ event: 'a' }, { event: 'b' }],
      breakdown: { property: 'locale' },
    });
    expect(linesBy(result.series)).toEqual([
      ['en', 'current', [1]],
      ['fr', 'current', [0]],
      ['de', 'previous', [1]],
      ['en', 'current', [0]],
      ['fr', 'current', [1]],
      ['de', 'previous', [0]],
    ]);
  });

  it('orders lines by series, then size, then current before previous, and sums up the rest', async () => {
    const sizes = { de: 1, en: 3, fr: 2, nl: 1 };
    const events = Object.entries(sizes).flatMap(([locale, count]) =>
      Array.from({ length: count }, (_, n) => event('a', at(2, `10:0${n}:00`), { locale, user_id: `u${n}` })),
    );
    const { result } = await askEvents([...events, event('a', at(1), { locale: 'en' })], {
      kind: 'trend',
      range: { from: '2026-03-02', to: '2026-03-02' },
      compare: { shiftDays: 1 },
      series: [{ event: 'a' }, { event: 'a', measure: 'users' }],
      breakdown: { property: 'locale', limit: 2 },
    });
    expect(result.series.map(({ breakdown, compare, data }) => [breakdown, compare, ...data])).toEqual([
      ['en', 'current', 3],
      ['en', 'previous', 1],
      ['fr', 'current', 2],
      ['en', 'current', 3],
      ['en', 'previous', 0],
      ['fr', 'current', 2],
    ]);
    expect(result.rest).toMatchObject({ values: 2, units: 3 }); // two events, one user: the two locales are his
    expect(result.rest?.series.map(({ compare, total }) => [compare, total])).toEqual([
      ['current', 2],
      ['previous', 0],
      ['current', 1],
      ['previous', 0],
    ]);
  });

  it('shows missing and empty as null, numbers and truths by their text, several properties as a list', async () => {
    const events = [
      event('a', at(2), { platform: 'web', properties: { size: 1.5 } }),
      event('a', at(2), { platform: '', properties: { size: 'big' } }),
      event('a', at(2), { properties: { size: true } }),
      event('b', at(2), { platform: 'web', properties: { size: 1.5 } }),
    ];
    const ask = (property: string | string[]) =>
      askEvents(events, { kind: 'trend', range, series: [{ event: null }], breakdown: { property } });
    const one = await ask('size');
    expect(one.result.series.map(({ breakdown, total }) => [breakdown, total])).toEqual([
      ['1.5', 2],
      ['big', 1],
      ['true', 1],
    ]);
    const several = await ask(['platform', 'size']);
    expect(several.result.series.map(({ breakdown, total }) => [breakdown, total])).toEqual([
      [['web', '1.5'], 2],
      [[null, 'big'], 1],
      [[null, 'true'], 1],
    ]);
  });

  it('breaks down by the latest property of the user', async () => {
    const events = [event('a', at(2), user('u')), event('a', at(2), user('v')), event('a', at(2))];
    const { result } = await askEvents(
      events,
      { kind: 'trend', range, series: [{ event: 'a' }], breakdown: { userProperty: 'plan' } },
      { rows: { users: [{ user_id: 'u', plan: 'early' }] } },
    );
    expect(result.series.map(({ breakdown, total }) => [breakdown, total])).toEqual([
      [null, 2],
      ['early', 1],
    ]);
  });

  it('counts new users until 7 days after they were first seen, returning ones from then on, nobody in neither', async () => {
    const events = [
      event('a', '2026-03-02T00:00:00Z', user('u')),
      event('a', '2026-03-03T11:59:59.999Z', user('u')),
      event('a', '2026-03-03T12:00:00Z', user('u')),
      event('a', '2026-03-05T00:00:00Z', user('v')),
      event('a', '2026-03-05T00:00:00Z'),
    ];
    const rows = { users: [{ user_id: 'u', first_seen_at: '2026-02-24T12:00:00Z' }] };
    const ask = (isNew: boolean) =>
      askEvents(events, { kind: 'trend', range, cohort: { new: isNew }, series: [{ event: 'a' }] }, { rows });
    const fresh = await ask(true);
    expect(fresh.result.series[0]?.data).toEqual([1, 1, 0, 1]);
    expect(fresh.notes).toEqual([
      'first_seen_at of 1 of 2 users is not known: their first event in the store stands in.',
    ]);
    expect((await ask(false)).result.series[0]?.data).toEqual([0, 1, 0, 0]);
  });

  it('adds floats exactly, in whatever order and files they came', async () => {
    const values = [0.1, 1e17, 0.2, -1e17, 0.3];
    const days = values.map((value, index) => event('a', at(2, `10:00:0${index}`), amount(value)));
    const sums = await Promise.all(
      [[days], [[...days].reverse()], days.map((day) => [day])].map(async (files) => {
        const { result } = await askEvents(
          [],
          {
            kind: 'trend',
            range,
            series: [{ event: 'a', measure: 'sum', property: 'amount' }],
          },
          { rows: { events: files } },
        );
        return result.series[0]?.total;
      }),
    );
    expect(sums).toEqual([0.6, 0.6, 0.6]);
  });

  it('counts the sessions that events name, and those derived where they name none', async () => {
    const events = [
      event('a', at(2, '10:00:00'), { user_id: 'u', session_id: 's1' }),
      event('a', at(2, '10:10:00'), { user_id: 'u', session_id: 's1' }),
      event('a', at(2, '11:00:00'), user('u')),
      event('b', at(2, '11:29:00'), user('u')),
      event('a', at(2, '11:58:00'), user('u')),
      event('a', at(2, '12:28:00'), user('u')),
      event('a', at(2, '11:00:00')),
    ];
    const { result } = await askEvents(events, {
      kind: 'trend',
      range,
      series: [{ event: 'a', measure: 'sessions' }],
    });
    expect(result.series[0]?.total).toBe(3); // s1, 11:00 to 11:58 held together by b, and 12:28 after a pause of 30 min
  });

  it('is empty, not an error, for an environment without events', async () => {
    const events = [event('a', at(2))];
    const answer = await askEvents(events, {
      kind: 'trend',
      series: [{ event: 'a' }],
      environment: 'nowhere',
    } as QuestionOf<'trend'>);
    expect(answer).toMatchObject({
      ok: true,
      rowsRead: 0,
      segmentsRead: 0,
      completeTo: null,
      fresh: true,
      partial: [],
    });
    expect(answer.result).toEqual({
      buckets: [],
      series: [{ name: 'a', compare: 'current', data: [], total: 0 }],
    });
  });
});
