import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../shared/query/answer.ts';
import type { QueryEngine } from '../../main/query/query-engine.ts';
import { event } from '../support/ask-events.ts';
import { fillStore, type FilledStore } from '../support/scene-store.ts';
import { instant } from '../support/timelines.ts';

/** Event types, property names and values alike may be any string. */
const NAMES = [
  '$pageview',
  'user signed up',
  'größe ✓ 日本 🎈',
  'e\u0301', // not the same text as é
  'é',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'a.b',
  '/a/b/',
  '"quoted" \\ and \'single\'',
  "'; DROP TABLE events; --",
  '(none)',
  '...',
  'null',
  '0',
  '-1.50',
  ' ',
  '%s %d ${x}',
  'line\nbreak\ttab',
  'x'.repeat(64),
];

/** Per name: a user of that name has the event twice on one day and once on the next, each with the property. */
const eventsOf = (name: string, index: number): object[] =>
  ['0', '60', '1d'].map((offset) =>
    event(name, instant(offset), {
      user_id: `u${index}`,
      session_id: `${name}-${offset}`,
      properties: { [name]: name, value: name, size: index + 1 },
    }),
  );

const range = { from: '2026-03-02', to: '2026-03-03' };
const common = { environment: 'test', range };

describe('names that are any string', () => {
  let store: FilledStore;
  let engine: QueryEngine;
  beforeAll(async () => {
    const users = NAMES.map((name, index) => ({ user_id: `u${index}`, [name]: name, tag: name }));
    store = await fillStore({ rows: { events: NAMES.flatMap(eventsOf), users } });
    engine = store.engine();
  });
  afterAll(() => {
    engine.close();
    store.remove();
  });

  const ask = (question: object): Promise<Answer> => engine.run({ ...common, ...question });

  it('come back as breakdown values, each apart from the others', async () => {
    const trend = await ask({
      kind: 'trend',
      series: [{ event: null }],
      breakdown: { property: 'value', limit: 100 },
    });
    const found =
      trend.kind === 'trend' ? trend.result.series.map(({ breakdown, total }) => [breakdown, total]) : [];
    expect(found.sort()).toEqual(NAMES.map((name) => [name, 3]).sort());
    const types = await ask({
      kind: 'trend',
      series: [{ event: null }],
      breakdown: { property: 'event_type', limit: 100 },
    });
    const typed =
      types.kind === 'trend' ? types.result.series.map(({ breakdown, total }) => [breakdown, total]) : [];
    expect(typed.sort()).toEqual(found);
  });

  it.each(NAMES)('%j names events, properties and values of every kind of question', async (name) => {
    const user = `u${NAMES.indexOf(name)}`;
    const filters = [{ property: name, op: 'is', value: name }];
    const ref = { event: name, filters };
    expect(
      await ask({
        kind: 'trend',
        series: [ref, { event: name, measure: 'sum', property: 'size' }],
        breakdown: { property: name },
      }),
    ).toMatchObject({
      result: {
        series: [
          { breakdown: name, data: [2, 1] },
          { breakdown: name, total: 3 * (NAMES.indexOf(name) + 1) },
        ],
      },
    });
    expect(
      await ask({
        kind: 'funnel',
        unit: { property: name },
        steps: [ref, ref],
        holdConstant: [name],
        breakdown: { property: [name, 'value'] },
        members: true,
      }),
    ).toMatchObject({
      result: {
        steps: [{ name, count: 1, members: [name] }, { count: 1 }],
        breakdowns: [{ value: [name, name], steps: [{ count: 1 }, { count: 1 }] }],
      },
    });
    expect(
      await ask({
        kind: 'retention',
        anchor: ref,
        return: ref,
        type: 'first_ever',
        breakdown: { property: name },
        aggregate: { measure: 'sum', property: name },
        members: true,
      }),
    ).toMatchObject({
      result: {
        cohorts: [{ size: 1, cells: [{ count: 1, value: 0, members: [user] }, { count: 1 }] }, { size: 0 }],
        breakdowns: [{ value: name }],
      },
    });
    expect(await ask({ kind: 'lifecycle', event: name, filters })).toMatchObject({
      result: { new: [1, 0], returning: [0, 1] },
    });
    expect(await ask({ kind: 'stickiness', event: name, breakdown: { property: name } })).toMatchObject({
      result: { counts: [0, 1], breakdowns: [{ value: name, users: 1 }] },
    });
    expect(
      await ask({
        kind: 'paths',
        items: [
          { event: name, by: 'size' },
          { event: null, filters, by: name },
        ],
        steps: 2,
      }),
    ).toMatchObject({ result: { links: [] } }); // twice the same item
    expect(
      await ask({ kind: 'distribution', event: name, property: 'size', breakdown: { property: name } }),
    ).toMatchObject({ result: { n: 3, breakdowns: [{ value: name, n: 3 }] } });
    expect(await ask({ kind: 'sessions', entryFilters: filters, passive: ['__proto__x'] })).toMatchObject({
      result: { sessions: 3, users: 1 },
    });
    expect(await ask({ kind: 'states', groupBy: name })).toMatchObject({ result: { total: { n: 0 } } });
    expect(
      await ask({
        kind: 'stickiness',
        event: null,
        cohort: { all: [{ did: ref }, { user: { property: 'tag', op: 'is', value: name } }] },
      }),
    ).toMatchObject({ result: { users: 1 } });
    expect(await engine.values({ environment: 'test', property: name, search: '', limit: 10 })).toMatchObject(
      {
        values: [{ value: name, events: 3 }],
      },
    );
  });

  const asksOfUsers = async (name: string): Promise<void> => {
    const question = {
      kind: 'stickiness',
      event: name,
      userFilters: [{ property: name, op: 'is', value: name }],
      breakdown: { userProperty: name },
    };
    expect(await ask(question)).toMatchObject({
      result: { users: 1, breakdowns: [{ value: name, users: 1 }] },
    });
  };
  it.each(NAMES)('%j names a property of users', asksOfUsers);

  it('are items of paths', async () => {
    const answer = await ask({ kind: 'paths', range: { from: null, to: null }, gapMinutes: 10_000 });
    const items = answer.kind === 'paths' ? answer.result.links.map(({ source }) => source) : ['?'];
    expect(items).toEqual([]); // each user repeats one event
    const joined = await ask({
      kind: 'paths',
      exclude: NAMES.slice(1),
      items: [{ event: null, by: 'value' }],
    });
    expect(joined).toMatchObject({ result: { links: [] } });
    const sequence = NAMES.map((name, index) =>
      event('step', instant(String(index * 10)), { user_id: 'walker', properties: { name } }),
    );
    const own = await fillStore({ rows: { events: sequence } });
    const walk = own.engine();
    const walked = await walk.run({
      kind: 'paths',
      environment: 'test',
      items: [{ event: 'step', by: 'name' }],
      steps: NAMES.length,
      gapMinutes: 60,
    });
    const links = walked.kind === 'paths' ? [...walked.result.links].sort((a, b) => a.step - b.step) : [];
    const drawn = NAMES.map((name) => (name === '/a/b/' ? '/a/b' : name));
    expect(links.map(({ source, target }) => [source, target])).toEqual(
      drawn.slice(1).map((target, index) => [drawn[index], target]),
    );
    walk.close();
    own.remove();
  });

  it('that nothing has find nothing', async () => {
    for (const name of ['valueOf', '__defineGetter__', 'length', 'prototype']) {
      const ref = { event: name };
      expect(await ask({ kind: 'trend', series: [ref] })).toMatchObject({
        result: { series: [{ total: 0 }] },
      });
      expect(await ask({ kind: 'funnel', unit: { property: name }, steps: [{ event: null }] })).toMatchObject(
        {
          result: { steps: [{ count: 0 }] },
        },
      );
      const filters = [{ property: name, op: 'is_set' }];
      expect(await ask({ kind: 'trend', series: [{ event: null, filters }] })).toMatchObject({
        result: { series: [{ total: 0 }] },
      });
      expect(await ask({ kind: 'stickiness', userFilters: filters })).toMatchObject({ result: { users: 0 } });
      expect(await ask({ kind: 'stickiness', breakdown: { userProperty: name } })).toMatchObject({
        result: { breakdowns: [{ value: null }] },
      });
    }
  });
});

describe('a property that is a number in one event and a text in another', () => {
  const values = [1, '1', 'one', 2.5, '2.5', true, 'true', ''];
  const events = values.map((value, index) =>
    event('a', instant(String(index)), {
      user_id: `u${index}`,
      properties: { mixed: value, bit: 2 ** index },
    }),
  );

  async function withEngine<T>(use: (ask: (question: object) => Promise<Answer>) => Promise<T>): Promise<T> {
    const store = await fillStore({ rows: { events } });
    const engine = store.engine();
    try {
      return await use((question) => engine.run({ ...common, ...question }));
    } finally {
      engine.close();
      store.remove();
    }
  }

  it('is kept as both: filters and breakdowns go by its text, sums by its numbers', () =>
    withEngine(async (ask) => {
      const trend = await ask({ kind: 'trend', series: [{ event: 'a' }], breakdown: { property: 'mixed' } });
      const lines =
        trend.kind === 'trend' ? trend.result.series.map(({ breakdown, total }) => [breakdown, total]) : [];
      expect(lines).toEqual([
        ['1', 2],
        ['2.5', 2],
        ['true', 2],
        ['one', 1],
        [null, 1],
      ]);
      const bits = async (filter: object): Promise<number | null | undefined> => {
        const series = [
          { event: 'a', measure: 'sum', property: 'bit', filters: [{ property: 'mixed', ...filter }] },
        ];
        const answer = await ask({ kind: 'trend', series });
        return answer.kind === 'trend' ? answer.result.series[0]?.total : null;
      };
      expect(await bits({ op: 'is', value: 1 })).toBe(0b11);
      expect(await bits({ op: 'is', value: '2.5' })).toBe(0b11000);
      expect(await bits({ op: 'is', value: true })).toBe(0b1100000);
      const sums = await ask({
        kind: 'trend',
        series: ['sum', 'mean', 'min', 'max'].map((measure) => ({ event: 'a', measure, property: 'mixed' })),
      });
      const totals = sums.kind === 'trend' ? sums.result.series.map(({ total }) => total) : [];
      expect(totals).toEqual([3.5, 1.75, 1, 2.5]);
      expect(await ask({ kind: 'distribution', event: 'a', property: 'mixed' })).toMatchObject({
        result: { n: 2, missing: 6, sum: 3.5 },
      });
    }));

  it('is one unit, one held value and one path item by its text', () =>
    withEngine(async (ask) => {
      expect(
        await ask({
          kind: 'funnel',
          unit: { property: 'mixed' },
          steps: [{ event: 'a' }, { event: 'a' }],
          members: true,
        }),
      ).toMatchObject({
        result: {
          steps: [{ count: 4, members: ['1', '2.5', 'one', 'true'] }, { members: ['1', '2.5', 'true'] }],
        },
      });
      expect(
        await ask({
          kind: 'retention',
          anchor: { event: 'a' },
          return: { event: 'a' },
          aggregate: { measure: 'sum', property: 'mixed' },
        }),
      ).toMatchObject({
        result: { cohorts: [{ size: 8, cells: [{ value: 3.5 }, { value: 0 }] }, { size: 0 }] },
      });
    }));
});
