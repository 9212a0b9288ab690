import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { QueryEngineOptions } from '../../main/query/create-query-engine.ts';
import type { QueryEngine } from '../../main/query/query-engine.ts';
import { fillStore, type FilledStore } from '../support/scene-store.ts';

/** Threads, shares of the users and what the shared memory holds change how long an answer takes, never the answer. */

const WORKER_FILE = new URL('../../main/query/workers/worker-entry.ts', import.meta.url);
const DAY_MS = 86_400_000;
const FIRST_MS = Date.UTC(2026, 0, 5);
const EVENTS = 6_000;
const TYPES = [
  'practice_opened',
  'session_completed',
  'reaction_captured',
  'page_view',
  'experiment_exposure',
];

/** A seeded stream of numbers in 0..1. Source: mulberry32, public domain. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function eventsOf(seed: number): object[] {
  const random = randomNumbers(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  return Array.from({ length: EVENTS }, (_, index) => ({
    event_id: `e-${index}`,
    event_type: pick(TYPES),
    ts: new Date(
      FIRST_MS + Math.floor(random() * 30) * DAY_MS + Math.floor(random() * 400) * 60_000,
    ).toISOString(),
    user_id: `usr_${Math.floor(random() ** 2 * 300)}`,
    session_id: random() < 0.7 ? `s-${Math.floor(random() * 900)}` : undefined,
    locale: pick(['nb-NO', 'en-GB', undefined]),
    properties: {
      practice_session_id: `run-${Math.floor(random() * 1_500)}`,
      practice_id: pick(['p1', 'p2', 'p3']),
      page_path: pick(['/', '/a/', '/b', '/c/1']),
      state: pick(['calm', 'tense', 'clear']),
      duration_seconds: random() < 0.9 ? random() * 1_000 : 'long',
      experiment_id: 'copy',
      variant: pick(['control', 'new']),
    },
  }));
}

const common = { environment: 'test', range: { from: '2026-01-06', to: '2026-02-01' } };
const steps = [{ event: 'practice_opened' }, { event: 'session_completed' }, { event: 'reaction_captured' }];
const QUESTIONS: Record<string, object> = {
  trend: {
    kind: 'trend',
    series: [{ event: null, measure: 'users' }, { measure: 'capture_rate' }],
    breakdown: { property: 'locale' },
  },
  'sum of fractions': {
    kind: 'trend',
    series: [{ event: 'session_completed', measure: 'mean', property: 'duration_seconds' }],
  },
  states: { kind: 'states', interval: 'day' },
  sessions: { kind: 'sessions', interval: 'day' },
  funnel: { kind: 'funnel', steps, window: { value: 3, unit: 'day' }, members: true },
  'funnel by practice': { kind: 'funnel', steps, breakdown: { property: 'practice_id', limit: 2 } },
  'strict funnel with exclusion': {
    kind: 'funnel',
    steps,
    order: 'strict',
    exclusions: [{ event: 'page_view' }],
  },
  'unordered funnel': { kind: 'funnel', steps, order: 'unordered', show: 'trend' },
  'funnel of first times': {
    kind: 'funnel',
    steps: [{ event: 'practice_opened', first: 'matching' }, { event: null }],
  },
  'funnel of sessions': { kind: 'funnel', steps, unit: 'session', show: 'time' },
  'funnel of runs': {
    kind: 'funnel',
    steps,
    unit: { property: 'practice_session_id' },
    holdConstant: ['practice_id'],
  },
  retention: {
    kind: 'retention',
    interval: 'week',
    anchor: { event: 'practice_opened' },
    return: { event: null },
    aggregate: { measure: 'mean', property: 'duration_seconds' },
    members: true,
  },
  'first-time retention': {
    kind: 'retention',
    type: 'first_time',
    mode: '24h',
    anchor: { event: 'page_view' },
    return: { event: 'page_view' },
    breakdown: { property: 'locale' },
  },
  lifecycle: { kind: 'lifecycle', interval: 'week', event: { event: 'page_view' }, members: true },
  stickiness: { kind: 'stickiness', event: 'page_view', cumulative: true },
  paths: {
    kind: 'paths',
    items: [{ event: 'page_view', by: 'page_path' }, { event: null }],
    gapMinutes: 600,
  },
  distribution: {
    kind: 'distribution',
    event: 'session_completed',
    property: 'duration_seconds',
    breakdown: { property: 'practice_id' },
  },
  experiment: {
    kind: 'experiment',
    experiment_id: 'copy',
    metric: { event: 'session_completed', measure: 'sum', property: 'duration_seconds' },
    cuped: true,
  },
  'cohort of a cell': {
    kind: 'lifecycle',
    interval: 'week',
    cohort: { question: { kind: 'funnel', steps }, cell: { step: 1, dropped: true } },
  },
  'cohort of rules': {
    kind: 'stickiness',
    cohort: {
      all: [
        { did: { event: 'page_view' }, times: { op: 'gte', value: 3 } },
        { did: { event: 'reaction_captured' }, not: true },
      ],
    },
  },
  'new users': {
    kind: 'retention',
    interval: 'week',
    cohort: { new: true },
    anchor: { event: null },
    return: { event: null },
  },
};

let store: FilledStore;
let expected: Record<string, unknown>;
const defects: string[] = [];

const threads = (workers: number, workerFile = WORKER_FILE): Partial<QueryEngineOptions> => ({
  threads: { workers, workerFile, worthPartingRows: 0, onDefect: (stack) => defects.push(stack) },
});

async function answers(options: Partial<QueryEngineOptions>): Promise<Record<string, unknown>> {
  const engine = store.engine({ cachedResults: 0, ...options });
  try {
    const asked = Object.entries(QUESTIONS).map(async ([name, spec]) => [name, await answerOf(engine, spec)]);
    return Object.fromEntries(await Promise.all(asked)) as Record<string, unknown>;
  } finally {
    engine.close();
  }
}

async function answerOf(engine: QueryEngine, spec: object): Promise<unknown> {
  const { elapsedMs: _, ...answer } = await engine.run({ ...common, ...spec });
  return answer;
}

beforeAll(async () => {
  store = await fillStore({
    zone: 'Europe/Oslo',
    asOfMs: FIRST_MS + 31 * DAY_MS,
    rows: { events: eventsOf(7) },
  });
  expected = await answers({});
});
afterAll(() => store.remove());

describe('answers are the same', () => {
  it.each([1, 2, 8])('with %i threads, the users cut into shares', async (workers) => {
    expect(await answers(threads(workers))).toEqual(expected);
    expect(defects).toEqual([]);
  });

  it.each([1, 40_000, 1_000_000])('with %i bytes of shared memory', async (memoryBudgetBytes) => {
    expect(await answers({ ...threads(2), memoryBudgetBytes })).toEqual(expected);
  });

  it('where threads do not start', async () => {
    const missing = new URL('../../main/query/workers/no-such-file.ts', import.meta.url);
    expect(await answers(threads(2, missing))).toEqual(expected);
    defects.length = 0;
  });
});

describe('a question on threads', () => {
  it('is cancelled while it runs, and the next one is answered', async () => {
    const engine = store.engine({ cachedResults: 0, ...threads(2) });
    try {
      const stop = new AbortController();
      const asked = engine.run({ ...common, ...QUESTIONS['paths'] }, { signal: stop.signal });
      stop.abort();
      await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
      expect(await answerOf(engine, QUESTIONS['funnel'] ?? {})).toEqual(expected['funnel']);
    } finally {
      engine.close();
    }
  });

  it('is refused with its path, as without threads', async () => {
    const engine = store.engine(threads(2));
    try {
      const spec = {
        ...common,
        kind: 'lifecycle',
        cohort: { question: { kind: 'funnel', steps }, cell: { step: 9 } },
      };
      await expect(engine.run(spec)).rejects.toMatchObject({ code: 'bad-input', path: 'cohort.cell.step' });
    } finally {
      engine.close();
    }
  });
});
