import type { AnswerOf } from '../../shared/query/answer.ts';
import type { QueryKind, QuerySpecInput } from '../../shared/query/spec.ts';
import { fillStore, type SceneWorkspace } from './scene-store.ts';

let made = 0;

/** A plain event; ids count up, so that no two are the same. */
export function event(
  eventType: string,
  ts: string,
  fields: Record<string, unknown> = {},
): Record<string, unknown> {
  return { event_id: `e${String(++made).padStart(8, '0')}`, event_type: eventType, ts, ...fields };
}

/** Questions of these tests are asked of the environment `test`. */
export type QuestionOf<Kind extends QueryKind> = { kind: Kind } & Omit<
  Extract<QuerySpecInput, { kind: Kind }>,
  'environment' | 'kind'
>;

/** Puts events in through the import path and asks one question about them. `scene.rows.events` stands instead. */
export async function askEvents<Kind extends QueryKind>(
  events: readonly object[],
  question: QuestionOf<Kind>,
  scene: Omit<SceneWorkspace, 'rows'> & { rows?: SceneWorkspace['rows'] } = {},
): Promise<AnswerOf<Kind>> {
  const store = await fillStore({ ...scene, rows: { events, ...scene.rows } });
  const engine = store.engine();
  try {
    const answer = await engine.run({ environment: 'test', ...question });
    return answer as unknown as AnswerOf<Kind>; // the kind is that of the question
  } finally {
    engine.close();
    store.remove();
  }
}
