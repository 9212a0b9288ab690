import { spawnSync } from 'node:child_process';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { QueryEngine } from '../../main/query/query-engine.ts';
import type { TrendLine } from '../../shared/query/answer.ts';
import type { Spec, WireEvent } from '../support/oracle/types.ts';
import { fillStore, type FilledStore } from '../support/scene-store.ts';
import { askable } from './askable.ts';
import { scenes } from './generate-cases.ts';
import type { Scene } from './generate-scenes.ts';
import { specDrafts, toSpec } from './generate-specs.ts';

/** Pairs of questions, or of ways to store the same events, that must be answered alike. */

const IS_DEEP = process.env['TIDEMARK_DEEP'] === '1';
const SCENES = IS_DEEP ? 400 : 12;
const seed = Number(process.env['TIDEMARK_SEED'] ?? (IS_DEEP ? Date.now() % 1_000_000 : 1));
const TIMEOUT_MS = IS_DEEP ? 1_800_000 : 60_000;

const questions = specDrafts(await askable());
const drafts = fc.array(questions, { minLength: 4, maxLength: 6 });

/** Checks a property of scenes and questions; the seed stands in the name and in what fast-check prints. */
function holds(what: string, check: (scene: Scene, specs: Spec[]) => Promise<void>): void {
  it(
    `${what}, seed ${seed}`,
    () =>
      fc.assert(
        fc.asyncProperty(scenes, drafts, (scene, drawn) =>
          check(
            scene,
            drawn.map((draft) => toSpec(draft, scene)),
          ),
        ),
        { seed, numRuns: SCENES },
      ),
    TIMEOUT_MS,
  );
}

const storeOf = ({ context }: Scene, events: readonly object[] | readonly (readonly object[])[]) =>
  fillStore({
    zone: context.zone,
    weekStart: context.weekStart,
    asOfMs: context.nowMs,
    rows: {
      events,
      users: context.users,
      taxonomy:
        context.taxonomy.length === 0
          ? []
          : [
              {
                version: '1',
                valid_from: '2000-01-01',
                states: context.taxonomy.map((id, index) => ({ id, label: id, order: index + 1 })),
              },
            ],
    },
  });

/** Result and open buckets, or why a question was refused. */
async function replyOf(engine: QueryEngine, spec: object): Promise<unknown> {
  try {
    const { result, partial } = await engine.run(spec);
    return { result, partial };
  } catch (error) {
    return { refused: (error as Error).message };
  }
}

async function repliesOf(
  store: FilledStore,
  specs: readonly object[],
  cachedResults?: number,
): Promise<unknown[]> {
  const engine = store.engine(cachedResults === undefined ? {} : { cachedResults });
  const replies = [];
  for (const spec of specs) replies.push(await replyOf(engine, spec));
  engine.close();
  return replies;
}

/** The same id counts once, by its first copy: other orders of arrival would make another copy the first. */
const withoutCopies = (events: readonly WireEvent[]): WireEvent[] => [
  ...new Map([...events].reverse().map((event) => [event.event_id, event])).values(),
];

describe('an answer does not change', () => {
  holds('by a filter that every event passes', async (scene, specs) => {
    const store = await storeOf(scene, scene.events);
    const always = { property: 'event_type', op: 'is_set' };
    const filtered = specs.map((spec) => ({ ...spec, filters: [...(spec.filters ?? []), always] }));
    expect(await repliesOf(store, filtered)).toEqual(await repliesOf(store, specs));
    store.remove();
  });

  holds('by the order, the files and the segments in which events came', async (scene, specs) => {
    const events = withoutCopies(scene.events);
    const whole = await storeOf(scene, events);
    const expected = await repliesOf(whole, specs);
    whole.remove();
    const thirds = [0, 1, 2].map((part) => events.filter((_event, index) => index % 3 === part));
    for (const order of [[...events].reverse(), thirds.filter((part) => part.length > 0)]) {
      const store = await storeOf(scene, order);
      expect(await repliesOf(store, specs)).toEqual(expected);
      store.remove();
    }
  });

  holds('by the result cache, nor by asking twice', async (scene, specs) => {
    const store = await storeOf(scene, scene.events);
    const expected = await repliesOf(store, specs, 0);
    expect(await repliesOf(store, [...specs, ...specs])).toEqual([...expected, ...expected]);
    store.remove();
  });

  it(
    'by the time zone of the process',
    async () => {
      const pairs = fc.sample(fc.tuple(scenes, fc.array(questions, { minLength: 12, maxLength: 12 })), {
        numRuns: IS_DEEP ? 20 : 2,
        seed,
      });
      for (const [scene, drawn] of pairs) {
        const store = await storeOf(scene, scene.events);
        const specs = drawn.map((draft) => toSpec(draft, scene));
        const answerable = await answerableOf(store, specs);
        const [first, ...others] = ['UTC', 'Pacific/Apia', 'America/New_York'].map((zone) =>
          answersInProcess(store, answerable, zone),
        );
        for (const other of others) expect(other).toBe(first);
        store.remove();
      }
    },
    TIMEOUT_MS,
  );
});

async function answerableOf(store: FilledStore, specs: readonly Spec[]): Promise<Spec[]> {
  const replies = await repliesOf(store, specs);
  return specs.filter((_spec, index) => !Object.hasOwn(replies[index] as object, 'refused'));
}

function answersInProcess({ dataDir }: FilledStore, specs: readonly Spec[], zone: string): string {
  const script = path.join(import.meta.dirname, '../support/answer-child.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, [script, dataDir], {
    input: JSON.stringify(specs),
    env: { ...process.env, TZ: zone },
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return stdout;
}

describe('breakdown values add up to the whole', () => {
  holds('of events, sums and sessions', async (scene, specs) => {
    const store = await storeOf(scene, scene.events);
    const engine = store.engine();
    for (const { range, filters = [] } of specs) {
      const question = { environment: 'test', range, filters } as const;
      const series = [{ event: null }, { event: null, measure: 'sum', property: 'amount' }] as const;
      const trend = { kind: 'trend', ...question, series } as const;
      const whole = await engine.run(trend);
      const split = await engine.run({
        ...trend,
        breakdown: { property: ['mixed', 'locale'], limit: 10_000 },
      });
      if (whole.kind !== 'trend' || split.kind !== 'trend') throw new Error('another kind was answered');
      expect(
        addUp(split.result.series.slice(0, split.result.series.length / 2), whole.result.buckets.length),
      ).toEqual(whole.result.series[0]?.data);
      const sessions = await engine.run({
        kind: 'sessions',
        ...question,
        breakdown: { property: 'platform', limit: 10_000 },
      });
      if (sessions.kind !== 'sessions') throw new Error('another kind was answered');
      const total = (sessions.result.breakdowns ?? []).reduce((sum, { sessions: n }) => sum + Number(n), 0);
      expect(total).toBe(sessions.result.sessions);
    }
    engine.close();
    store.remove();
  });
});

const addUp = (lines: readonly TrendLine[], buckets: number): number[] =>
  Array.from({ length: buckets }, (_, bucket) =>
    lines.reduce((sum, { data }) => sum + (data[bucket] ?? 0), 0),
  );
