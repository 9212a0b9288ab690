import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryEngine } from '../../main/query/query-engine.ts';
import { AppError } from '../../shared/errors.ts';
import { parseQuerySpec } from '../../shared/query/parse-spec.ts';
import { event } from '../support/ask-events.ts';
import { fillStore, type FilledStore } from '../support/scene-store.ts';
import { EVERY_FIELD, type Path, pathsOf, valueAt, withAt } from './every-field.ts';

const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const seed = Number(process.env['TIDEMARK_SEED'] ?? (IS_DEEP ? Date.now() % 1_000_000 : 1));

const wrong = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.constantFrom<unknown>(
      undefined,
      null,
      '',
      'nonsense',
      -1,
      0,
      0.5,
      1e300,
      true,
      [],
      {},
      [[]],
      { any: [] },
      { step: 1 },
      { event: 'a' },
      [{ event: 'a' }],
      '2026-02-31',
      'previous',
      'unordered',
      'D',
      '(',
      '__proto__',
      'cac',
    ),
  },
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
);

const names = Object.keys(EVERY_FIELD);
const broken = fc
  .constantFrom(...names)
  .chain((name) =>
    fc.record({ name: fc.constant(name), path: fc.constantFrom(...pathsOf(EVERY_FIELD[name])), put: wrong }),
  );

describe('a question that makes no sense', () => {
  let store: FilledStore;
  let engine: QueryEngine;
  beforeAll(async () => {
    const events = ['a', 'b', 'x'].map((type, index) =>
      event(type, `2026-03-01T12:00:0${index}Z`, {
        user_id: 'u',
        properties: { amount: 1, account: 'acme', practice_id: 'p', page_path: '/a' },
      }),
    );
    store = await fillStore({ rows: { events, users: [{ user_id: 'u', plan: 'mid' }] } });
    engine = store.engine();
  });
  afterAll(() => {
    engine.close();
    store.remove();
  });

  const refusalOf = async (question: unknown): Promise<AppError | null> => {
    try {
      expect((await engine.run(question)).ok).toBe(true);
      return null;
    } catch (error) {
      if (error instanceof AppError) return error;
      throw error;
    }
  };

  it.each(names)('is whole before it is broken: %s', async (name) => {
    expect(await refusalOf(EVERY_FIELD[name])).toBeNull();
  });

  it(
    `is refused at its place in one line, or answered as it stands; nothing else ever happens, seed ${seed}`,
    async () => {
      await fc.assert(
        fc.asyncProperty(broken, async ({ name, path, put }) => {
          const question = withAt(EVERY_FIELD[name], path, put);
          const refused = await refusalOf(question);
          if (refused === null) {
            if (put !== undefined) expect(isTaken(valueAt(parseQuerySpec(question), path), put)).toBe(true);
            return;
          }
          expect(['bad-input', 'too-large']).toContain(refused.code);
          expect(refused.message).not.toMatch(/\n|undefined|Invalid input|Too (small|big)|object Object/);
          expect(refused.message.length).toBeLessThan(400);
          expect(refused.path).toBeDefined();
          expect([refused.path, isNear(toPath(refused.path ?? ''), path)]).toEqual([refused.path, true]);
          expect(refused.message.startsWith(refused.path ?? '')).toBe(true);
        }),
        { seed, numRuns: IS_DEEP ? 10_000 : 700 },
      );
    },
    IS_DEEP ? 1_200_000 : 30_000,
  );

  it.each(names)('is refused for a field that nobody knows, wherever it stands: %s', async (name) => {
    const question = EVERY_FIELD[name];
    const objects = pathsOf(question).filter((path) => {
      const node = valueAt(question, path);
      return typeof node === 'object' && node !== null && !Array.isArray(node);
    });
    for (const path of objects) {
      const refused = await refusalOf(withAt(question, [...path, 'no_such_field'], 1));
      expect([path, refused?.code, refused?.message]).toEqual([
        path,
        'bad-input',
        expect.stringContaining('no_such_field'),
      ]);
      expect(isNear(toPath(refused?.path ?? ''), [...path, 'no_such_field'])).toBe(true);
    }
  });
});

/** Whether the question that is asked holds what was put there: nothing was dropped or replaced without a word. */
function isTaken(parsed: unknown, put: unknown): boolean {
  if (typeof put !== 'object' || put === null)
    return Object.is(parsed, put) || (parsed === 0 && put === 0) || isEventOf(parsed, put);
  if (typeof parsed !== 'object' || parsed === null) return false;
  if (Array.isArray(put) && (!Array.isArray(parsed) || parsed.length !== put.length)) return false;
  return Object.entries(put).every(([key, value]) => isTaken(valueAt(parsed, [key]), value));
}

/** The name of an event stands for a reference to it. */
const isEventOf = (parsed: unknown, put: unknown): boolean =>
  typeof parsed === 'object' && parsed !== null && Object.is(valueAt(parsed, ['event']), put);

/** Fields further off that no longer fit where another one has changed. */
const CONFLICTS: readonly [changed: RegExp, refused: RegExp][] = [
  [/^series,\d+,measure$/, /^(breakdown|filters|cohort|userFilters)/], // not every metric can be narrowed
  [/^range,/, /^(compare|interval)/], // nothing is before an open range; a long one has too many hours
  [/^cohort,question/, /^cohort,cell/], // the cell is not there any more
];

/** At the place, above it, below it, or at a field beside it that no longer fits to it. */
function isNear(refused: Path, path: Path): boolean {
  if (CONFLICTS.some(([changed, other]) => changed.test(path.join()) && other.test(refused.join())))
    return true;
  const above = path.slice(0, -1);
  const shared = refused.findIndex((key, index) => String(key) !== String(above[index]));
  return shared === -1 || shared >= above.length;
}

const toPath = (text: string): Path =>
  [...text.matchAll(/([^.[\]]+)/g)].map(([key]) => (/^\d+$/.test(key) ? Number(key) : key));
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
