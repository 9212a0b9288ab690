import { runAlertCheck } from '../../shared/alerts/run-check.ts';
import { AppError } from '../../shared/errors.ts';
import type { RpcClient } from '../../shared/rpc/client-core.ts';
import type { Runtime } from '../../shared/rpc/runtime.ts';
import { ask } from './ask.ts';

/** Buckets complete on the hour; a stop shows within a few minutes of its being a fact. */
const CHECK_EVERY_MS = 5 * 60_000;
/** Commits of one sync come in a row; a check reads them all. */
const SETTLE_MS = 15_000;

export interface AlertSchedule {
  /** Checks now, or as soon as the running check is done. */
  checkNow(): void;
  stop(): void;
}

export interface AlertScheduleOptions {
  client: RpcClient;
  runtime: Pick<Runtime, 'startTimer' | 'nowMs'>;
  /** Where the page opens, in front of an address; null: by a deep link. */
  linkBase: string | null;
  onFault: (itemId: string, error: unknown) => void;
}

/** Checks the watch list and the rules after every commit and every few minutes, with the engine judging what the query
 *  process answers. A check that cannot be made is tried again with the next. */
export function scheduleAlerts({ client, runtime, linkBase, onFault }: AlertScheduleOptions): AlertSchedule {
  let cancelTimer: () => void = () => undefined;
  let isRunning = false;
  let isWanted = false;
  const stopping = { aborted: false };

  const plan = (delayMs: number): void => {
    cancelTimer();
    if (!stopping.aborted) cancelTimer = runtime.startTimer(start, delayMs);
  };
  function start(): void {
    if (isRunning) {
      isWanted = true;
      return;
    }
    isRunning = true;
    check()
      .catch((error: unknown) => {
        const isExpected = error instanceof AppError && error.code === 'not-found'; // no workspace yet
        if (!isExpected && !stopping.aborted) onFault('check', error);
      })
      .finally(() => {
        isRunning = false;
        plan(isWanted ? SETTLE_MS : CHECK_EVERY_MS);
        isWanted = false;
      });
  }
  const check = () =>
    runAlertCheck({
      judge: {
        plan: async () => (await client.call('query.alert.plan', {})).questions,
        take: async (taken) => (await client.call('command.alert.take', taken)).explain,
        explain: async (firingId, answers) => {
          await client.call('command.alert.explain', { firingId, answers });
        },
        finish: (tookMs) => client.call('command.alert.finish', { linkBase, tookMs }),
      },
      ask: (spec) => ask(client, spec),
      nowMs: () => runtime.nowMs(),
      signal: stopping,
      onFault,
    });

  const soon = (): void => (isRunning ? void (isWanted = true) : plan(SETTLE_MS));
  const unsubscribe = client.subscribe('store.revision', { onEvent: soon, onGap: soon });
  plan(SETTLE_MS);
  return {
    checkNow: start,
    stop() {
      stopping.aborted = true;
      cancelTimer();
      unsubscribe();
    },
  };
}
