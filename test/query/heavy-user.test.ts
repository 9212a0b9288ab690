import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../shared/query/answer.ts';
import type { QueryEngine } from '../../main/query/query-engine.ts';
import { fillStore, type FilledStore } from '../support/scene-store.ts';

/**
 * One user who goes a, b, c, a, b, c … second by second. Whatever looks at pairs of events, or at all of them once per
 * value, does not come back from a million of them.
 */
const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const ROUNDS = IS_DEEP ? 333_334 : 4_000;
const EVENTS = 3 * ROUNDS;
const FIRST_MS = Date.parse('2026-03-02T00:00:00Z');
const HOURS = Math.ceil(EVENTS / 3_600);
const DAYS = Math.ceil(EVENTS / 86_400);
const EACH_WITHIN_MS = IS_DEEP ? 240_000 : 10_000; // against a hang; each takes a second or so on a quiet machine
const STORED_WITHIN_MS = IS_DEEP ? 300_000 : 30_000;

const [a, b, c, never] = ['a', 'b', 'c', 'never'].map((name) => ({ event: name }));
const range = {
  from: '2026-03-02',
  to: new Date(FIRST_MS + (DAYS - 1) * 86_400_000).toISOString().slice(0, 10),
};

const eventsAt = (tsOf: (index: number) => number): object[] =>
  Array.from({ length: EVENTS }, (_, index) => ({
    event_id: `e${index}`,
    event_type: 'abc'[index % 3],
    ts: tsOf(index),
    user_id: 'u',
    properties: { round: `r${Math.floor(index / 3)}`, amount: 1 },
  }));

describe(`a user with ${EVENTS.toLocaleString('en')} events`, () => {
  let store: FilledStore;
  let engine: QueryEngine;
  beforeAll(async () => {
    store = await fillStore({ rows: { events: eventsAt((index) => FIRST_MS + index * 1_000) } });
    engine = store.engine({ memoryBudgetBytes: 512 << 20 });
  }, STORED_WITHIN_MS);
  afterAll(() => {
    engine.close();
    store.remove();
  });

  const ask = (question: object): Promise<Answer> => engine.run({ environment: 'test', ...question });
  const counts = async (question: object): Promise<number[]> => {
    const { result } = await ask({ kind: 'funnel', ...question });
    return 'steps' in result ? result.steps.map(({ count }) => count) : [];
  };

  it.each<[string, object, number[]]>([
    ['ordered', { steps: [a, b, c] }, [1, 1, 1]],
    ['ordered and never done', { steps: [a, b, c, never] }, [1, 1, 1, 0]],
    [
      'in a short window',
      { steps: [a, b, c, a, b, never], window: { value: 3, unit: 'second' } },
      [1, 1, 1, 1, 0, 0],
    ],
    ['strict', { steps: [a, b, c, a], order: 'strict' }, [1, 1, 1, 1]],
    ['strict and never done', { steps: [a, c], order: 'strict' }, [1, 0]],
    ['unordered', { steps: [c, b, a, never], order: 'unordered' }, [1, 1, 1, 0]],
    ['excluded in every try', { steps: [a, b, never], exclusions: [c] }, [0, 0, 0]],
    ['void in every try', { steps: [a, never], order: 'unordered', exclusions: [b] }, [0, 0]],
    [
      'of first times',
      {
        steps: [
          { ...a, first: 'ever' },
          { ...c, first: 'matching' },
        ],
      },
      [1, 1],
    ],
    ['held by round', { steps: [a, b, c, a], holdConstant: ['round'] }, [1, 1, 1, 0]],
    [
      'strict and held by round',
      { steps: [a, b, c, a], holdConstant: ['round'], order: 'strict' },
      [1, 1, 1, 0],
    ],
    ['of rounds', { unit: { property: 'round' }, steps: [a, b, c, a] }, [ROUNDS, ROUNDS, ROUNDS, 0]],
    ['of sessions', { unit: 'session', steps: [a, b, c] }, [1, 1, 1]],
  ])(
    'has a funnel %s',
    async (_what, question, expected) => {
      expect(await counts(question)).toEqual(expected);
    },
    EACH_WITHIN_MS,
  );

  it(
    'has a funnel of each round',
    async () => {
      const breakdown = { property: 'round', limit: 2 };
      const answer = await ask({ kind: 'funnel', steps: [a, b, c, a], breakdown, attribution: 'each' });
      expect(answer).toMatchObject({
        result: {
          breakdowns: [
            { value: 'r0', steps: [{ count: 1 }, { count: 1 }, { count: 1 }, { count: 0 }] },
            { value: 'r1' },
          ],
          rest: { values: ROUNDS - 2, units: 1 },
        },
      });
    },
    EACH_WITHIN_MS,
  );

  it(
    'has a funnel by day, and by hour a conversion in each',
    async () => {
      const trend = { kind: 'funnel', steps: [a, b, c], show: 'trend', range };
      expect(await ask(trend)).toMatchObject({
        result: {
          entered: Array.from({ length: DAYS }, () => 1),
          rate: Array.from({ length: DAYS }, () => 1),
        },
      });
      const { result } = await ask({ ...trend, interval: 'hour' });
      const entered = 'entered' in result ? result.entered : [];
      expect(entered.reduce((sum, count) => sum + count, 0)).toBe(HOURS);
    },
    EACH_WITHIN_MS,
  );

  it(
    'comes back every hour, with what it added up',
    async () => {
      const question = {
        kind: 'retention',
        interval: 'hour',
        anchor: a,
        return: b,
        minimumReturns: 2,
        periods: 2,
      };
      const answer = await ask({
        ...question,
        range: { from: null, to: null },
        aggregate: { measure: 'sum', property: 'amount' },
      });
      const cohorts = 'cohorts' in answer.result ? answer.result.cohorts : [];
      expect(cohorts).toHaveLength(HOURS);
      expect(cohorts[0]?.cells.map(({ count, value }) => [count, value])).toEqual([
        [1, 1_200],
        [1, 1_200],
      ]);
      expect(cohorts.at(-1)?.cells).toMatchObject([{ count: 1, value: ROUNDS - 1_200 * (HOURS - 1) }]);
    },
    EACH_WITHIN_MS,
  );

  it(
    'comes back in windows of 24 hours, and by round never',
    async () => {
      const question = { kind: 'retention', anchor: a, return: b, mode: '24h', range };
      expect(await ask(question)).toMatchObject({
        result: {
          cohorts: [
            { size: 1, cells: Array.from({ length: DAYS }, () => ({ count: 1 })) },
            ...Array.from({ length: DAYS - 1 }, () => ({ size: 0 })),
          ],
        },
      });
      const byRound = await ask({ ...question, breakdown: { property: 'round', limit: 1 } });
      expect(byRound).toMatchObject({ result: { rest: { values: ROUNDS - 1 } } });
    },
    EACH_WITHIN_MS,
  );

  it(
    'is there in every hour, by lifecycle and stickiness',
    async () => {
      const open = { interval: 'hour', range: { from: null, to: null } };
      const life = await ask({ kind: 'lifecycle', event: 'a', ...open });
      expect(life).toMatchObject({ result: { new: [1, ...Array.from({ length: HOURS - 1 }, () => 0)] } });
      const sticky = await ask({
        kind: 'stickiness',
        event: 'a',
        ...open,
        breakdown: { property: 'round', limit: 1 },
      });
      expect(sticky).toMatchObject({ result: { users: 1, rest: { values: ROUNDS - 1, users: 1 } } });
      expect('counts' in sticky.result ? sticky.result.counts.at(-1) : null).toBe(1);
    },
    EACH_WITHIN_MS,
  );

  it(
    'walks one path, or as many as there are rounds',
    async () => {
      expect(await ask({ kind: 'paths' })).toMatchObject({
        result: {
          links: [
            { source: 'a', target: 'b', step: 0, count: 1, meanSeconds: 1 },
            { source: 'b', target: 'c', step: 1 },
            { source: 'c', target: 'a', step: 2 },
            { source: 'a', target: 'b', step: 3 },
          ],
          remainder: { links: EVENTS - 5, count: EVENTS - 5 },
        },
      });
      const byRound = await ask({ kind: 'paths', breakdown: { property: 'round', limit: 1 } });
      expect(byRound).toMatchObject({
        result: {
          breakdowns: [
            {
              links: [
                { source: 'a', target: 'b' },
                { source: 'b', target: 'c' },
              ],
            },
          ],
          rest: { values: ROUNDS - 1 },
        },
      });
    },
    EACH_WITHIN_MS,
  );

  it(
    'is one session and one distribution',
    async () => {
      expect(await ask({ kind: 'sessions' })).toMatchObject({
        result: { sessions: 1, mean_duration: EVENTS - 1 },
      });
      expect(await ask({ kind: 'distribution', event: null, property: 'amount' })).toMatchObject({
        result: { n: EVENTS, sum: EVENTS, mean: 1 },
      });
    },
    EACH_WITHIN_MS,
  );

  it(
    'stops soon after a cancel, in the middle of a funnel with a value per round',
    async () => {
      const stop = new AbortController();
      const question = {
        environment: 'test',
        kind: 'funnel',
        steps: [a, b, c],
        breakdown: { property: 'round' },
        attribution: { step: 1 },
      };
      const asked = engine.run(question, { signal: stop.signal });
      setTimeout(() => stop.abort(), 50);
      await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    },
    EACH_WITHIN_MS,
  );
});

describe(`${EVENTS.toLocaleString('en')} events of one instant`, () => {
  let store: FilledStore;
  let engine: QueryEngine;
  beforeAll(async () => {
    store = await fillStore({ rows: { events: eventsAt(() => FIRST_MS) } });
    engine = store.engine({ memoryBudgetBytes: 512 << 20 });
  }, STORED_WITHIN_MS);
  afterAll(() => {
    engine.close();
    store.remove();
  });

  it.each<[string, object, number]>([
    ['ordered', { steps: Array.from({ length: 20 }, (_, index) => ({ event: 'abc'[index % 3] })) }, 20],
    ['strict', { steps: Array.from({ length: 20 }, () => a), order: 'strict' }, 20],
    ['unordered', { steps: Array.from({ length: 20 }, () => ({ event: null })), order: 'unordered' }, 20],
    ['held by round', { steps: [c, b, a, a], holdConstant: ['round'] }, 3],
    ['excluded by none of them', { steps: [c, b], exclusions: [a] }, 2],
  ])(
    'convert %s',
    async (_what, question, furthest) => {
      const { result } = await engine.run({ environment: 'test', kind: 'funnel', ...question });
      const done = 'steps' in result ? result.steps.filter(({ count }) => count === 1).length : 0;
      expect(done).toBe(furthest);
    },
    EACH_WITHIN_MS,
  );

  it(
    'are in one bucket of everything',
    async () => {
      const ask = (question: object): Promise<Answer> => engine.run({ environment: 'test', ...question });
      expect(await ask({ kind: 'retention', anchor: a, return: b })).toMatchObject({
        result: { cohorts: [{ size: 1 }] },
      });
      expect(await ask({ kind: 'lifecycle' })).toMatchObject({ result: { new: [1] } });
      expect(await ask({ kind: 'stickiness', interval: 'hour' })).toMatchObject({ result: { users: 1 } });
      expect(await ask({ kind: 'sessions' })).toMatchObject({ result: { sessions: 1, mean_duration: 0 } });
      const paths = await ask({ kind: 'paths', items: [{ event: 'a' }, { event: 'b' }] });
      expect(
        'links' in paths.result ? paths.result.links.every(({ meanSeconds }) => meanSeconds === 0) : false,
      ).toBe(true);
    },
    EACH_WITHIN_MS,
  );
});
