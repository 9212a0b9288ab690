import { describe, expect, it } from 'vitest';
import { event } from '../support/ask-events.ts';
import { askRetention, countReturns, countReturnsBy, countsOf, valuesOf } from '../support/ask-retention.ts';
import { person } from '../support/timelines.ts';

const at = (day: string, time = '12:00:00'): string => `2026-03-${day}T${time}Z`;
const isGood = [{ property: 'good', op: 'is', value: true } as const];
const good = { good: true };
const bad = { good: false };

describe('retention, rule 1: interval 0 is the cohort', () => {
  it('has its size whether or not the return event happened', async () => {
    const { cohorts } = await askRetention([...person('u', 'a@0'), ...person('v', 'a@0 r@5')]);
    expect(cohorts[0]).toEqual({
      start: '2026-03-02T00:00:00.000Z',
      size: 2,
      cells: [2, 0, 0, 0].map((count) => ({ count, partial: false })),
    });
  });

  it('counts users, each once, and events without user not at all', async () => {
    const events = [...person('u', 'a@0 a@1 r@1d r@1d+5'), event('a', at('02')), event('r', at('03'))];
    expect(await countReturns(events)).toEqual([[1, 1, 0, 0], [0, 0, 0], [0, 0], [0]]);
  });

  it('is all that a user with one event has', async () => {
    expect(await countReturns(person('u', 'a@1d'))).toEqual([[0, 0, 0, 0], [1, 0, 0], [0, 0], [0]]);
    expect(await countReturns(person('u', 'r@1d'))).toEqual([[0, 0, 0, 0], [0, 0, 0], [0, 0], [0]]);
  });
});

describe('retention, rule 2: types', () => {
  const events = [...person('u', 'a@0 a@1d r@2d'), ...person('old', 'a@-30d a@1d')];

  it('recurring puts a user in the cohort of every period with an anchor', async () => {
    expect(await countReturns(events)).toEqual([[1, 0, 1, 0], [2, 1, 0], [0, 0], [0]]);
  });

  it('first_time only in that of the earliest matching event over all time', async () => {
    expect(await countReturns(events, { type: 'first_time' })).toEqual([
      [1, 0, 1, 0],
      [0, 0, 0],
      [0, 0],
      [0],
    ]);
  });

  it('first_time goes by the earliest event that matches, first_ever by the earliest of the type, which must match', async () => {
    const anchor = { event: 'a', filters: isGood };
    const ask = (type: 'first_time' | 'first_ever') =>
      countReturns([...person('u', ['a@0', bad], ['a@1d', good]), ...person('v', ['a@0', good])], {
        type,
        anchor,
      });
    expect(await ask('first_time')).toEqual([[1, 0, 0, 0], [1, 0, 0], [0, 0], [0]]);
    expect(await ask('first_ever')).toEqual([[1, 0, 0, 0], [0, 0, 0], [0, 0], [0]]);
    const before = person('u', ['a@-30d', bad], ['a@0', good]);
    expect((await countReturns(before, { type: 'first_time', anchor }))[0]).toEqual([1, 0, 0, 0]);
    expect((await countReturns(before, { type: 'first_ever', anchor }))[0]).toEqual([0, 0, 0, 0]);
  });

  it('takes the filters of the question as part of the match', async () => {
    const first = person('u', ['a@0', { locale: 'de' }], ['a@1d r@2d', { locale: 'en' }]);
    const filters = [{ property: 'locale', op: 'is', value: 'en' } as const];
    expect(await countReturns(first, { type: 'first_time', filters })).toEqual([
      [0, 0, 0, 0],
      [1, 1, 0],
      [0, 0],
      [0],
    ]);
    expect(await countReturns(first, { type: 'first_ever', filters })).toEqual([
      [0, 0, 0, 0],
      [0, 0, 0],
      [0, 0],
      [0],
    ]);
  });

  it('of any event goes by the first event at all', async () => {
    const question = { anchor: { event: null }, return: { event: null } };
    const any = person('u', 'x@0 r@1d');
    expect(await countReturns(any, { ...question, type: 'first_ever' })).toEqual([
      [1, 1, 0, 0],
      [0, 0, 0],
      [0, 0],
      [0],
    ]);
  });
});

describe('retention, rule 3: modes', () => {
  it('calendar counts a return event in the calendar period cohort + k', async () => {
    const events = [
      event('a', at('02', '23:59:59.999'), { user_id: 'u' }),
      event('r', at('03', '00:00:00.000'), { user_id: 'u' }),
      event('a', at('02', '00:00:00.000'), { user_id: 'v' }),
      event('r', at('02', '23:59:59.999'), { user_id: 'v' }),
      event('r', at('04', '23:59:59.999'), { user_id: 'v' }),
    ];
    expect((await countReturns(events))[0]).toEqual([2, 1, 1, 0]);
  });

  it('rolling counts it in k or later', async () => {
    const events = [...person('u', 'a@0 r@2d'), ...person('v', 'a@0 r@1d')];
    expect((await countReturns(events, { mode: 'rolling' }))[0]).toEqual([2, 2, 1, 0]);
    expect((await countReturns(events, { mode: 'calendar' }))[0]).toEqual([2, 1, 1, 0]);
  });

  it('24h counts windows from the user’s own first anchor, half-open: exactly 24 hours later is interval 1', async () => {
    for (const [moment, counts] of [
      ['r@23.99h', [1, 0, 0, 0]],
      ['r@1d+-0.001', [1, 0, 0, 0]],
      ['r@1d', [1, 1, 0, 0]],
      ['r@2d+-0.001', [1, 1, 0, 0]],
      ['r@2d', [1, 0, 1, 0]],
    ] as const)
      expect([moment, (await countReturns(person('u', 'a@0', moment), { mode: '24h' }))[0]]).toEqual([
        moment,
        counts,
      ]);
  });

  it('24h puts a user in one cohort only', async () => {
    const events = person('u', 'a@0 a@1d r@2d');
    expect(await countReturns(events, { mode: '24h' })).toEqual([[1, 0, 1, 0], [0, 0, 0], [0, 0], [0]]);
  });

  it('24h is elapsed time on the day that clocks change', async () => {
    const day = (instant: string): object[] => [
      event('a', '2026-03-28T11:00:00Z', { user_id: 'u' }), // noon in Oslo, 23 hours before the next noon
      event('r', instant, { user_id: 'u' }),
    ];
    const question = {
      mode: '24h',
      zone: 'Europe/Oslo',
      range: { from: '2026-03-28', to: '2026-03-30' },
    } as const;
    expect((await countReturns(day('2026-03-29T10:59:59.999Z'), question))[0]).toEqual([1, 0, 0]);
    expect((await countReturns(day('2026-03-29T11:00:00Z'), question))[0]).toEqual([1, 1, 0]);
    expect((await countReturns(day('2026-03-29T10:00:00Z'), { ...question, mode: 'calendar' }))[0]).toEqual([
      1, 1, 0,
    ]);
  });

  it('24h windows of a week are 7 times 24 hours', async () => {
    const ask = (moment: string) =>
      countReturns(person('u', 'a@0', moment), {
        mode: '24h',
        interval: 'week',
        range: { from: '2026-03-02', to: '2026-03-22' },
      });
    expect((await ask('r@7d+-0.001'))[0]).toEqual([1, 0, 0]);
    expect((await ask('r@7d'))[0]).toEqual([1, 1, 0]);
    expect((await ask('r@14d'))[0]).toEqual([1, 0, 1]);
  });
});

describe('retention, rule 4: minimum returns', () => {
  const twice = { minimumReturns: 2 };

  it('apply to each return interval, never to interval 0', async () => {
    const events = [
      ...person('u', 'a@0 r@1d r@1d+5 r@2d'),
      ...person('v', 'a@0 r@1d r@2d'),
      ...person('w', 'a@0 r@1d r@1d'), // two events at one instant
    ];
    expect((await countReturns(events, twice))[0]).toEqual([3, 2, 0, 0]);
  });

  it('rolling look at one interval at a time, k or a later one', async () => {
    const events = [...person('u', 'a@0 r@2d r@2d+5'), ...person('v', 'a@0 r@1d r@2d r@3d')];
    expect((await countReturns(events, { ...twice, mode: 'rolling' }))[0]).toEqual([2, 1, 1, 0]);
  });

  it('24h look at the user’s own windows', async () => {
    const events = [...person('u', 'a@0 r@1d r@2d+-0.001'), ...person('v', 'a@0 r@1d+-0.001 r@1d')];
    expect((await countReturns(events, { ...twice, mode: '24h' }))[0]).toEqual([2, 1, 0, 0]);
  });

  it('inside a bracket apply to one of its periods', async () => {
    const events = [...person('u', 'a@0 r@1d r@2d'), ...person('v', 'a@0 r@2d r@2d+5')];
    expect((await countReturns(events, { ...twice, brackets: [2] }))[0]).toEqual([2, 1]);
    expect((await countReturns(events, { brackets: [2] }))[0]).toEqual([2, 2]);
  });
});

describe('retention, rule 5: breakdown', () => {
  it('by an event property applies to anchor and return', async () => {
    const events = [
      ...person('u', ['a@0', { locale: 'en' }], ['r@1d', { locale: 'de' }], ['r@2d', { locale: 'en' }]),
      ...person('v', ['a@0 r@1d', { locale: 'en' }], ['a@5', { locale: 'de' }]),
      ...person('w', 'a@0 r@1d'),
    ];
    const first = (counts: number[]): number[][] => [counts, [0, 0, 0], [0, 0], [0]];
    expect(await countReturnsBy(events, { breakdown: { property: 'locale' } })).toEqual([
      ['en', first([2, 1, 1, 0])],
      ['de', first([1, 0, 0, 0])],
      [null, first([1, 1, 0, 0])],
    ]);
  });

  it('by a user property takes the latest value', async () => {
    const events = [
      ...person('u', ['a@0', { plan: 'early' }], ['r@1d', { plan: 'early' }]),
      ...person('v', 'a@0'),
    ];
    const rows = { users: [[{ user_id: 'u', plan: 'early' }], [{ user_id: 'u', plan: 'mid' }]] };
    const found = await countReturnsBy(events, { breakdown: { userProperty: 'plan' } }, { rows });
    expect(found.map(([value, [counts]]) => [value, counts])).toEqual([
      ['mid', [1, 1, 0, 0]],
      [null, [1, 0, 0, 0]],
    ]);
  });

  it('sums up the values over the limit, each user once', async () => {
    const events = [
      ...person('u', ['a@0', { locale: 'de' }], ['a@1 r@1d', { locale: 'fr' }]),
      ...person('v', ['a@0', { locale: 'en' }]),
      ...person('w', ['a@0', { locale: 'en' }]),
    ];
    const result = await askRetention(events, { breakdown: { property: 'locale', limit: 1 } });
    expect(result.breakdowns?.map(({ value }) => value)).toEqual(['en']);
    expect(result.rest).toMatchObject({ values: 2 });
    expect(result.rest?.cohorts.map(countsOf)[0]).toEqual([1, 1, 0, 0]);
  });
});

describe('retention, rule 6: brackets', () => {
  const range = { from: '2026-03-02', to: '2026-03-08' };

  it('count from interval 1, a user once per bracket', async () => {
    const events = [
      ...person('u', 'a@0 r@1d r@2d r@5d'),
      ...person('v', 'a@0 r@3d'),
      ...person('w', 'a@0 r@5'),
    ];
    const counts = await countReturns(events, { brackets: [2, 3], range });
    expect(counts[0]).toEqual([3, 1, 2]); // periods 1 and 2, then 3 to 5
  });

  it('rolling count in this or a later one', async () => {
    const events = [...person('u', 'a@0 r@4d'), ...person('v', 'a@0 r@1d'), ...person('w', 'a@0 r@6d')];
    const question = { brackets: [2, 3, 1], range, mode: 'rolling' as const };
    expect((await countReturns(events, question))[0]).toEqual([3, 3, 2, 1]);
  });

  it('count 24-hour windows likewise', async () => {
    const events = [
      ...person('u', 'a@0 r@3d+-0.001'),
      ...person('v', 'a@0 r@3d'),
      ...person('w', 'a@0 r@1d+-0.001'),
    ];
    expect((await countReturns(events, { brackets: [2, 1], range, mode: '24h' }))[0]).toEqual([3, 1, 1]);
  });

  it('that begin after the range end are left out', async () => {
    const counts = await countReturns(person('u', 'a@4d r@5d'), { brackets: [2, 3], range });
    expect(counts.map((row) => row.length)).toEqual([3, 3, 3, 3, 2, 2, 1]);
    expect(counts[4]).toEqual([1, 1]);
  });
});

describe('retention, rule 7: partial cells', () => {
  const asOfMs = Date.parse(at('04', '11:00:00'));
  const partialOf = async (question: object): Promise<boolean[][]> =>
    (await askRetention(person('u', 'a@0 r@1d'), question, { asOfMs })).cohorts.map(({ cells }) =>
      cells.map(({ partial }) => partial),
    );

  it('are those whose period is not over', async () => {
    expect(await partialOf({})).toEqual([
      [false, false, true, true],
      [false, true, true],
      [true, true],
      [true],
    ]);
    const weeks = { interval: 'week', range: { from: '2026-02-23', to: '2026-03-08' } };
    expect(await partialOf(weeks)).toEqual([[false, true], [true]]);
  });

  it('of a bracket are over when its last period is', async () => {
    expect((await partialOf({ brackets: [1, 2] }))[0]).toEqual([false, false, true]);
    expect((await partialOf({ brackets: [2, 1] }))[0]).toEqual([false, true, true]);
  });

  it('rolling may still grow until the range is over', async () => {
    expect((await partialOf({ mode: 'rolling' }))[0]?.slice(1)).toEqual([true, true, true]);
    const past = { mode: 'rolling', range: { from: '2026-03-01', to: '2026-03-03' } };
    expect((await partialOf(past))[0]).toEqual([false, false, false]);
  });

  it('of 24-hour windows wait for the last member', async () => {
    const [first] = await partialOf({ mode: '24h' });
    expect([first?.[0], first?.[2], first?.[3]]).toEqual([false, true, true]); // u's third window ends on 5 March 10:00
  });
});

describe('retention, rule 8: the range', () => {
  it('is widened to whole intervals at both ends', async () => {
    const events = [
      event('a', at('02', '00:00:00'), { user_id: 'u' }), // Monday
      event('r', at('15', '23:59:59.999'), { user_id: 'u' }),
      event('r', at('16', '00:00:00'), { user_id: 'u' }),
    ];
    const question = { interval: 'week', range: { from: '2026-03-04', to: '2026-03-10' } } as const;
    const { cohorts } = await askRetention(events, question);
    expect(cohorts.map(({ start }) => start)).toEqual([
      '2026-03-02T00:00:00.000Z',
      '2026-03-09T00:00:00.000Z',
    ]);
    expect(cohorts.map(countsOf)).toEqual([[1, 1], [0]]);
  });

  it('never counts events after its widened end', async () => {
    const question = { range: { from: '2026-03-02', to: '2026-03-03' } };
    const events = [...person('u', 'a@0 r@2d'), ...person('v', 'a@1d r@1.5d')]; // 4 March 10:00, 3 March 22:00
    expect(await countReturns(events, question)).toEqual([[1, 0], [1]]);
    expect(await countReturns(events, { ...question, mode: 'rolling' })).toEqual([[1, 0], [1]]);
    const beyond = person('u', 'a@0 r@1.6d'); // inside the window of interval 1, but on 4 March
    expect((await countReturns(beyond, { ...question, mode: '24h' }))[0]).toEqual([1, 0]);
    expect((await countReturns(person('u', 'a@0 r@1.5d'), { ...question, mode: '24h' }))[0]).toEqual([1, 1]);
  });

  it('makes as many columns as are asked, the cohort itself included; those that begin after the end are left out', async () => {
    const counts = await countReturns(person('u', 'a@0 r@1d r@2d'), { periods: 2 });
    expect(counts).toEqual([[1, 1], [0, 0], [0, 0], [0]]);
    const wide = await countReturns(person('u', 'a@0 r@1d'), { periods: 9 });
    expect(wide.map((row) => row.length)).toEqual([4, 3, 2, 1]);
  });

  it('or ends the last so many cohorts, empty ones listed', async () => {
    const { cohorts } = await askRetention(person('u', 'a@0 r@1d a@3d'), { cohorts: 6 });
    expect(cohorts.map(({ start, size }) => [start.slice(5, 10), size])).toEqual([
      ['02-28', 0],
      ['03-01', 0],
      ['03-02', 1],
      ['03-03', 0],
      ['03-04', 0],
      ['03-05', 1],
    ]);
  });
});

describe('retention, rule 9: aggregates', () => {
  const amount = (value: unknown) => ({ amount: value });
  const events = [
    ...person('u', ['r@-60', amount(5)], 'a@0', ['r@0', amount(7)], ['r@60', amount(3)]),
    ...person('v', 'a@0', ['r@60', amount(2)]),
    ...person('u', ['r@1d', amount(4)], ['r@1d+60', amount(6)], ['r@2d', amount('6')]),
    ...person('w', 'a@0', ['r@1d', amount(-1)]),
    ...person('stranger', ['r@1d', amount(1_000)]),
  ];

  it('take the return events of the interval, in interval 0 only those from the anchor event on', async () => {
    const { cohorts } = await askRetention(events, { aggregate: { measure: 'sum', property: 'amount' } });
    expect(cohorts.slice(0, 1).map(valuesOf)).toEqual([[12, 9, 0, 0]]);
  });

  it('are a mean over users, of each user’s sum; counts stay user counts', async () => {
    const { cohorts } = await askRetention(events, { aggregate: { measure: 'mean', property: 'amount' } });
    expect(cohorts.slice(0, 1).map(valuesOf)).toEqual([[6, 4.5, null, null]]);
    expect(cohorts.slice(0, 1).map(countsOf)).toEqual([[3, 2, 1, 0]]);
  });

  it('add a number once per return event, in a bracket those of all its periods', async () => {
    const { cohorts } = await askRetention(events, {
      brackets: [2],
      aggregate: { measure: 'sum', property: 'amount' },
    });
    expect(cohorts.slice(0, 1).map(valuesOf)).toEqual([[12, 9]]);
  });

  it('count a user property once per user and interval', async () => {
    const rows = {
      users: [
        { user_id: 'u', seats: 10 },
        { user_id: 'v', seats: 20 },
        { user_id: 'w', seats: 'many' },
      ],
    };
    const ask = async (measure: 'sum' | 'mean') =>
      (await askRetention(events, { aggregate: { measure, userProperty: 'seats' } }, { rows })).cohorts[0];
    const sums = await ask('sum');
    expect(sums === undefined ? [] : valuesOf(sums)).toEqual([30, 10, 10, 0]);
    const means = await ask('mean');
    expect(means === undefined ? [] : valuesOf(means)).toEqual([15, 10, 10, null]);
  });

  it('follow the windows of 24 hours from the anchor event on', async () => {
    const own = person('u', ['r@-60', amount(1)], 'a@0', ['r@23h', amount(2)], ['r@1d', amount(4)]);
    const { cohorts } = await askRetention(own, {
      mode: '24h',
      aggregate: { measure: 'sum', property: 'amount' },
    });
    expect(cohorts.slice(0, 1).map(valuesOf)).toEqual([[2, 4, 0, 0]]);
  });

  it('are exact however floats come', async () => {
    const floats = person(
      'u',
      'a@0',
      ['r@1d', amount(0.1)],
      ['r@1d+1', amount(1e17)],
      ['r@1d+2', amount(0.2)],
      ['r@1d+3', amount(-1e17)],
    );
    const { cohorts } = await askRetention(floats, { aggregate: { measure: 'sum', property: 'amount' } });
    expect(cohorts[0]?.cells[1]?.value).toBeCloseTo(0.3, 15);
  });
});

describe('retention on the calendar', () => {
  it.each([
    [
      'Europe/Oslo',
      ['2026-03-28', '2026-03-30'],
      ['2026-03-27T23:00', '2026-03-28T23:00', '2026-03-29T22:00'],
    ],
    [
      'Europe/Oslo',
      ['2026-10-24', '2026-10-26'],
      ['2026-10-23T22:00', '2026-10-24T22:00', '2026-10-25T23:00'],
    ],
    [
      'America/Sao_Paulo',
      ['2018-11-03', '2018-11-05'],
      ['2018-11-03T03:00', '2018-11-04T03:00', '2018-11-05T02:00'],
    ],
    [
      'America/Sao_Paulo',
      ['2018-02-17', '2018-02-19'],
      ['2018-02-17T02:00', '2018-02-18T03:00', '2018-02-19T03:00'],
    ],
    [
      'Asia/Kolkata',
      ['2026-03-28', '2026-03-30'],
      ['2026-03-27T18:30', '2026-03-28T18:30', '2026-03-29T18:30'],
    ],
    [
      'Australia/Lord_Howe',
      ['2026-04-04', '2026-04-06'],
      ['2026-04-03T13:00', '2026-04-04T13:00', '2026-04-05T13:30'],
    ],
  ])('has the days of %s from %j', async (zone, [from = '', to = ''], starts) => {
    const instants = starts.map((start) => `${start}:00.000Z`);
    const justBefore = (instant = ''): string => new Date(Date.parse(instant) - 1).toISOString();
    const events = [
      event('a', instants[0] ?? '', { user_id: 'u' }),
      event('r', instants[1] ?? '', { user_id: 'u' }),
      event('a', justBefore(instants[1]), { user_id: 'v' }),
      event('r', justBefore(instants[2]), { user_id: 'v' }),
      event('r', instants[2] ?? '', { user_id: 'v' }),
      event('a', justBefore(instants[0]), { user_id: 'w' }),
    ];
    const { cohorts } = await askRetention(events, { zone, range: { from, to } });
    expect(cohorts.map(({ start }) => start)).toEqual(instants);
    expect(cohorts.map(countsOf)).toEqual([[2, 2, 1], [0, 0], [0]]);
  });

  it('has months of 31, 29 and 31 days, and a leap day', async () => {
    const events = [
      event('a', '2024-01-31T23:59:59.999Z', { user_id: 'u' }),
      event('r', '2024-02-29T23:59:59.999Z', { user_id: 'u' }),
      event('r', '2024-03-01T00:00:00Z', { user_id: 'u' }),
      event('a', '2024-02-29T12:00:00Z', { user_id: 'v' }),
    ];
    const question = { interval: 'month', range: { from: '2024-01-15', to: '2024-03-01' } } as const;
    expect(await countReturns(events, question)).toEqual([[1, 1, 1], [1, 0], [0]]);
    const days = { range: { from: '2024-02-28', to: '2024-03-01' } };
    expect((await askRetention(events, days)).cohorts.map(({ start }) => start.slice(5, 10))).toEqual([
      '02-28',
      '02-29',
      '03-01',
    ]);
  });

  it('begins weeks on the day of the setting', async () => {
    const events = person('u', 'a@5d r@6d'); // Saturday, Sunday
    const question = { interval: 'week', range: { from: '2026-03-02', to: '2026-03-14' } } as const;
    expect(await countReturns(events, question)).toEqual([[1, 0], [0]]);
    expect(await countReturns(events, { ...question, weekStart: 'sunday' })).toEqual([[1, 1], [0]]);
  });

  it('has hours, of one instant too', async () => {
    const events = [...person('u', 'a@0 r@0 r@1h'), ...person('v', 'a@0 r@0')];
    const range = { from: '2026-03-02T10:00:00Z', to: '2026-03-02T12:00:00Z' };
    expect(await countReturns(events, { interval: 'hour', range })).toEqual([[2, 1], [0]]);
    expect(await countReturns([], { interval: 'hour', range })).toEqual([[0, 0], [0]]);
  });

  it('compares with as many periods before', async () => {
    const result = await askRetention([...person('u', 'a@-4d r@-3d'), ...person('v', 'a@0')], {
      compare: 'previous',
    });
    expect(result.cohorts.map(countsOf)[0]).toEqual([1, 0, 0, 0]);
    expect(result.previous?.cohorts.map(countsOf)[0]).toEqual([1, 1, 0, 0]);
  });
});
