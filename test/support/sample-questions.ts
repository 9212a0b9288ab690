import type { Answer } from '../../shared/query/answer.ts';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import { unpackAnswer } from '../../shared/query/unpack-answer.ts';
import { AnswerCollector } from '../../shared/rpc/answer-parts.ts';
import type { RpcClient } from '../../shared/rpc/client-core.ts';
import { readTable } from '../../main/hosts/read-table.ts';

const common = { environment: 'sample' } as const;

/** Questions that together read every segment, every kind of column and the dimensions. */
const QUESTIONS: readonly QuerySpecInput[] = [
  {
    ...common,
    kind: 'trend',
    series: [{ event: null, measure: 'events' }],
    breakdown: { property: 'event_type', limit: 100 },
  },
  { ...common, kind: 'trend', series: [{ event: null, measure: 'users' }], interval: 'week' },
  { ...common, kind: 'trend', series: [{ measure: 'capture_rate' }], breakdown: { property: 'locale' } },
  {
    ...common,
    kind: 'trend',
    series: [{ event: 'session_completed', measure: 'sum', property: 'duration_seconds' }],
  },
  {
    ...common,
    kind: 'trend',
    series: [{ event: null, measure: 'sessions' }],
    breakdown: { userProperty: 'plan' },
  },
  { ...common, kind: 'states', groupBy: 'practice_id' },
  { ...common, kind: 'states', groupBy: 'master_id', cohort: { new: true } },
  { ...common, kind: 'sessions' },
];

export type Answers = Record<string, unknown>;

export async function ask(client: RpcClient, spec: unknown): Promise<Answer> {
  const parts = new AnswerCollector();
  await client.stream(
    'query.run',
    { spec },
    { onPart: (part) => parts.add(part), onRestart: () => parts.clear() },
  );
  return unpackAnswer(parts.packed(), readTable);
}

/** What the store says, without what may differ between two runs: how often it committed and how long it took. */
export async function answersOf(client: RpcClient): Promise<Answers> {
  const answers: Answers = {};
  for (const spec of QUESTIONS) {
    const { result, completeTo, fresh, partial, rowsRead, lateSources } = await ask(client, spec);
    answers[JSON.stringify(spec)] = { result, completeTo, fresh, partial, rowsRead, lateSources };
  }
  const { environments, sources, store } = await client.call('query.workspace', {});
  answers['workspace'] = { environments, events: store.events };
  answers['sources'] = sources.map(({ lastSyncAt: _, ...source }) => source);
  return answers;
}
