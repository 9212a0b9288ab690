import type { Answer, AnswerOf } from '../../shared/query/answer.ts';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
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

type Asked<Spec extends QuerySpecInput> = AnswerOf<Spec['kind']>;
/** Questions of these tests are asked of the environment `test`. */
type Question = QuerySpecInput extends infer Spec
  ? Spec extends QuerySpecInput
    ? Omit<Spec, 'environment'>
    : never
  : never;

/** Puts events in through the import path and asks one question about them. `scene.rows.events` stands instead. */
export async function askEvents<Kind extends QuerySpecInput['kind']>(
  events: readonly object[],
  question: Extract<Question, { kind: Kind }>,
  scene: Omit<SceneWorkspace, 'rows'> & { rows?: SceneWorkspace['rows'] } = {},
): Promise<Asked<Extract<QuerySpecInput, { kind: Kind }>>> {
  const store = await fillStore({ ...scene, rows: { events, ...scene.rows } });
  const engine = store.engine();
  try {
    const answer: Answer = await engine.run({ environment: 'test', ...question });
    return answer as Asked<Extract<QuerySpecInput, { kind: Kind }>>;
  } finally {
    engine.close();
    store.remove();
  }
}
