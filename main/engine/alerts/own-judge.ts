import type { AlertJudge } from '../../../shared/alerts/run-check.ts';
import { createArrivalIndex } from '../freshness/arrivals.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { explainQuestions, keepExplanation } from './explain.ts';
import { finishCheck } from './finish.ts';
import { planCheck } from './plan.ts';
import { takeObservations } from './take.ts';

/** The judge of a check in this very process, as the command line makes one. */
export function ownJudge(store: EngineStore): AlertJudge {
  const index = createArrivalIndex(store);
  const soon = <T>(work: () => T): Promise<T> => Promise.resolve().then(work);
  return {
    plan: () => soon(() => planCheck(store)),
    take: async (taken) =>
      explainQuestions(store, taken.environment, await takeObservations(store, index, taken)),
    explain: (firingId, answers) => soon(() => keepExplanation(store, firingId, answers)),
    finish: (tookMs) => soon(() => finishCheck(store, { linkBase: null, tookMs })),
  };
}
