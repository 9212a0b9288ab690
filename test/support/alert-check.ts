import { createDelivery } from '../../main/engine/alerts/deliver.ts';
import { ownJudge } from '../../main/engine/alerts/own-judge.ts';
import type { EngineStore } from '../../main/engine/store/engine-store.ts';
import { createQueryEngine } from '../../main/query/create-query-engine.ts';
import { type CheckResult, runAlertCheck } from '../../shared/alerts/run-check.ts';

/** One check as a host makes it: plan, questions, judgement, explanation, messages; faults are thrown. */
export async function checkStore(store: EngineStore, nowMs: number): Promise<CheckResult> {
  const engine = createQueryEngine({
    dataDir: store.dataDir,
    memoryBudgetBytes: 256 << 20,
    nowMs: () => nowMs,
  });
  const delivery = createDelivery({
    store,
    secrets: { read: () => Promise.resolve(null) },
    runtime: { startTimer: () => () => undefined },
    random: () => 0,
    notify: () => undefined,
    onChange: () => undefined,
  });
  try {
    const result = await runAlertCheck({
      judge: ownJudge(store),
      ask: (spec) => engine.run(spec),
      nowMs: () => performance.now(),
      onFault: (item, error) => {
        throw new Error(item, { cause: error });
      },
    });
    await delivery.idle();
    return result;
  } finally {
    await delivery.stop();
    engine.close();
  }
}
