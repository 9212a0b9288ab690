import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryEngine } from '../../main/query/query-engine.ts';
import { AppError } from '../../shared/errors.ts';
import { event } from '../support/ask-events.ts';
import { fillStore, type FilledStore } from '../support/scene-store.ts';

const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const seed = Number(process.env['TIDEMARK_SEED'] ?? (IS_DEEP ? Date.now() % 1_000_000 : 1));

/** A question that uses every field, to break it in one place. */
const whole = {
  kind: 'trend',
  environment: 'test',
  range: { from: '2026-03-01', to: '2026-03-02' },
  zone: 'Europe/Oslo',
  weekStart: 'monday',
  interval: 'day',
  filters: [
    { property: 'locale', op: 'is', value: ['a', 1] },
    { any: [{ property: 'x', op: 'between', value: [1, 2] }] },
  ],
  userFilters: [{ property: 'plan', op: 'is_set' }],
  cohort: { new: true },
  breakdown: { property: ['locale', 'platform'], limit: 5 },
  compare: { shiftDays: 7 },
  series: [
    { event: 'a', name: 'A', measure: 'quantile', property: 'amount', q: 0.5 },
    {
      anyOf: [{ event: 'a' }, { event: null, filters: [{ property: 'x', op: 'regex', value: '^a' }] }],
      measure: 'ratio',
      of: { event: 'b' },
    },
    { measure: 'capture_rate', filters: [] },
  ],
  formulas: ['A / B', '(C + 1) * 2'],
  display: 'cumulative',
};

type Path = (string | number)[];

function pathsOf(node: unknown, path: Path = []): Path[] {
  if (typeof node !== 'object' || node === null) return [path];
  const keys: (string | number)[] = Array.isArray(node) ? [...node.keys()] : Object.keys(node);
  return [
    path,
    ...keys.flatMap((key) => pathsOf((node as Record<string | number, unknown>)[key], [...path, key])),
  ];
}

/** A copy of the question with something else at one place. */
function brokenAt(path: Path, put: unknown): unknown {
  if (path.length === 0) return put;
  const copy = structuredClone(whole) as Record<string | number, unknown>;
  const holder = path
    .slice(0, -1)
    .reduce<Record<string | number, unknown>>((node, key) => node[key] as typeof node, copy);
  const [last = ''] = path.slice(-1);
  if (put === undefined) Reflect.deleteProperty(holder, last);
  else holder[last] = put;
  return copy;
}

const wrong = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    '',
    'nonsense',
    -1,
    0.5,
    1e300,
    true,
    [],
    {},
    [[]],
    { any: [] },
    '2026-02-31',
    'D',
    '(',
    '__proto__',
    'cac',
  ),
  fc.jsonValue({ maxDepth: 3 }),
);

describe('a question that makes no sense', () => {
  let store: FilledStore;
  let engine: QueryEngine;
  beforeAll(async () => {
    store = await fillStore({ rows: { events: [event('a', '2026-03-01T12:00:00Z')] } });
    engine = store.engine();
  });
  afterAll(() => {
    engine.close();
    store.remove();
  });

  it('is whole before it is broken', async () => {
    await expect(engine.run(whole)).resolves.toMatchObject({ ok: true });
  });

  it(
    `is refused with its place in one line, or answered; nothing else ever happens, seed ${seed}`,
    async () => {
      const places = fc.constantFrom(...pathsOf(whole));
      await fc.assert(
        fc.asyncProperty(places, wrong, async (path, put) => {
          const spec = brokenAt(path, put);
          try {
            expect((await engine.run(spec)).ok).toBe(true);
          } catch (error) {
            if (!(error instanceof AppError)) throw error;
            expect(error.code).toBe('bad-input');
            expect(error.message).not.toMatch(/\n|undefined|Invalid input|Too (small|big)|object Object/);
            expect(error.message.length).toBeLessThan(400);
            if (error.path !== undefined && error.path !== '')
              expect(`${error.message} `).toContain(lastName(error.path));
          }
        }),
        { seed, numRuns: IS_DEEP ? 20_000 : 500 },
      );
    },
    IS_DEEP ? 1_200_000 : 30_000,
  );

  it.each([
    [
      'an event id as a property',
      { filters: [{ property: 'event_id', op: 'is', value: 'x' }] },
      'event_id identifies rows',
    ],
    [
      'previous of an open range',
      { range: { from: null, to: '2026-03-01' }, compare: 'previous' },
      'needs a range with both ends',
    ],
  ])('such as %s is refused', async (_what, part, message) => {
    await expect(
      engine.run({ kind: 'trend', environment: 'test', series: [{ event: 'a' }], ...part }),
    ).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining(message) as string,
    });
  });
});

describe('an answer beyond what anyone reads', () => {
  it('is refused before it is put together', async () => {
    const events = Array.from({ length: 60 }, (_, index) =>
      event('session_completed', '2026-03-01T12:00:00Z', {
        properties: { practice_id: `p${index}`, practice_session_id: `r${index}` },
      }),
    );
    const store = await fillStore({ rows: { events } });
    const engine = store.engine();
    const range = { from: '2022-01-01', to: '2026-06-01' };
    const common = { environment: 'test', interval: 'hour', range } as const;
    const lines = {
      kind: 'trend',
      ...common,
      series: [{ event: null }],
      breakdown: { property: 'practice_id', limit: 60 },
    };
    for (const question of [lines, { kind: 'states', ...common }]) {
      await expect(engine.run(question)).rejects.toMatchObject({
        code: 'too-large',
        message: expect.stringContaining('at most 2000000 are sent') as string,
      });
    }
    engine.close();
    store.remove();
  });
});

/** The name that a message must mention: the last one of its path. */
const lastName = (path: string): string => /([^.[\]]+)(\[\d+\])*$/.exec(path)?.[1] ?? path;
