import type { Handlers } from '../../../shared/rpc/handlers.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { removeCohort, saveCohort } from './cohort-store.ts';

type CohortHandlers = Pick<Handlers<'engine'>, 'command.cohort.save' | 'command.cohort.remove'>;

/** `store` throws where the folder holds no workspace yet. */
export function cohortHandlers(
  store: () => EngineStore,
  onChange: (environment: string, cohortId: string) => void,
): CohortHandlers {
  return {
    'command.cohort.save': (input) => {
      const saved = saveCohort(store(), input);
      onChange(input.environment, saved.cohortId);
      return saved;
    },
    'command.cohort.remove': ({ environment, cohortId }) => {
      const removed = removeCohort(store(), environment, cohortId);
      onChange(environment, cohortId);
      return removed;
    },
  };
}
