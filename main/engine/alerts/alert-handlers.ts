import type { Handlers } from '../../../shared/rpc/handlers.ts';
import type { ALERT_METHODS } from '../../../shared/rpc/contract/alerts.ts';
import type { NotesStore } from '../annotations/notes-store.ts';
import type { ArrivalIndex } from '../freshness/arrivals.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { alertsOf, removeRule, saveRule, saveSettings, updateFiring } from './alert-store.ts';
import { explainQuestions, keepExplanation } from './explain.ts';
import { finishCheck } from './finish.ts';
import { environmentsOf, planCheck } from './plan.ts';
import type { SendSurroundings } from './send/send.ts';
import { shareSaid, shareTold } from './share-firings.ts';
import { takeObservations } from './take.ts';
import { testChannel } from './test-channel.ts';

type AlertHandlers = Pick<Handlers<'engine'>, keyof typeof ALERT_METHODS>;

export interface AlertSurroundings extends SendSurroundings {
  onChange: (environment: string) => void;
  /** Throws as `store` does. */
  arrivals: () => ArrivalIndex;
  /** Where the team shares what it says; throws as `store` does. */
  notes: () => NotesStore;
  onFault: (message: string) => void;
  /** There may be something to deliver. */
  wake: () => void;
}

/** `store` throws where the folder holds no workspace yet. */
export function alertHandlers(store: () => EngineStore, surroundings: AlertSurroundings): AlertHandlers {
  const { onChange, wake, arrivals, notes, onFault } = surroundings;
  /** An alert that could not be shared is still an alert. */
  const share = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      onFault(error instanceof Error ? error.message : String(error));
    }
  };
  return {
    'query.alerts': ({ environment }) => alertsOf(store(), environment),
    'command.alert.rule.save': (input) => {
      const saved = saveRule(store(), input);
      onChange(input.environment);
      return saved;
    },
    'command.alert.rule.remove': ({ environment, ruleId }) => {
      const removed = removeRule(store(), environment, ruleId);
      onChange(environment);
      return removed;
    },
    'command.alert.update': (change) => {
      const firing = updateFiring(store(), change);
      share(() => shareSaid(notes(), firing, change));
      onChange(change.environment);
      return firing;
    },
    'command.alert.settings.save': ({ environment, settings }) => {
      const saved = saveSettings(store(), environment, settings);
      onChange(environment);
      return saved;
    },
    'command.alert.channel.test': ({ channel }) => testChannel(channel, store().workspace.name, surroundings),
    'query.alert.plan': () => ({ questions: planCheck(store()) }),
    'command.alert.take': async (taken) => {
      const found = await takeObservations(store(), arrivals(), taken);
      return { explain: explainQuestions(store(), taken.environment, found) };
    },
    'command.alert.explain': ({ firingId, answers }) => {
      keepExplanation(store(), firingId, answers);
      return {};
    },
    'command.alert.finish': (input) => {
      const finished = finishCheck(store(), input);
      wake();
      for (const environment of environmentsOf(store())) {
        if (finished.notified > 0) share(() => shareTold(store(), notes(), environment));
        onChange(environment);
      }
      return finished;
    },
  };
}
