import { cutAnswer } from '../../shared/rpc/answer-parts.ts';
import type { Handlers } from '../../shared/rpc/handlers.ts';
import type { QueryEngine } from './query-engine.ts';
import { packAnswer } from './results/pack-answer.ts';

/** The query engine behind the contract. It is asked for anew with each call: a folder may get its workspace later. */
export function queryHandlers(engine: () => QueryEngine): Handlers<'query'> {
  return {
    'query.run': async ({ spec, recount }, { signal, progress, part }) => {
      const answer = await engine().run(spec, { signal, onProgress: progress, recount });
      let parts = 0;
      for (const piece of cutAnswer(packAnswer(answer))) {
        await part(piece);
        parts++;
      }
      return { parts };
    },
    'query.values': (request, { signal, progress }) =>
      engine().values(request, { signal, onProgress: progress }),
    'query.workspace': () => engine().workspace(),
    'query.cohorts': ({ environment }) => ({ cohorts: engine().cohorts(environment) }),
  };
}
