import type { JobSource, Turn } from './job-settings.ts';
import type { JobOutcome } from './run-batch.ts';
import { backOffMs, intervalWithJitter, nextMonthMs } from './schedule.ts';

/** When a source is read next after a run; null: as it was before. */
export function turnAfter(
  { settings, failures }: JobSource,
  { failure, exceeded, run }: Pick<JobOutcome, 'failure' | 'exceeded' | 'run'>,
  { nowMs, random }: { nowMs: number; random: () => number },
): Turn | null {
  const { intervalMs } = settings;
  if (exceeded?.what === 'month')
    return {
      nextAtMs: intervalMs === null ? null : nextMonthMs(nowMs),
      failures: 0,
      waitingFor: exceeded.message,
    };
  if (exceeded !== null) return { nextAtMs: null, failures: 0, waitingFor: exceeded.message };
  if (failure !== null) {
    const next = failures + 1;
    // a source that is only read when asked for is not tried again by itself
    const nextAtMs = intervalMs === null ? null : nowMs + backOffMs(next, random());
    return { nextAtMs, failures: next, waitingFor: failure.message };
  }
  if (run.state === 'cancelled' && intervalMs === null) return null;
  return {
    nextAtMs: intervalMs === null ? null : nowMs + intervalWithJitter(intervalMs, random()),
    failures: 0,
    waitingFor: null,
  };
}
