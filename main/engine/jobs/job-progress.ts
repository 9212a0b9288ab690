import type { SourceJob } from '../../../shared/rpc/contract/jobs.ts';
import { createRate, type Rate } from './rate.ts';
import type { RunningJob } from './run-batch.ts';
import { countsOf } from './sync-steps.ts';

type JobProgress = NonNullable<SourceJob['progress']>;

/** What a running job tells of itself, with its rates and the time that is left. */
export interface ProgressTeller {
  note: (running: RunningJob, nowMs: number) => void;
  tell: (running: RunningJob, nowMs: number) => JobProgress;
}

export function createProgressTeller(): ProgressTeller {
  let jobId = 0;
  let rows: Rate = createRate();
  let bytes: Rate = createRate();
  return {
    note(running, nowMs) {
      if (running.jobId !== jobId) {
        ({ jobId } = running);
        rows = createRate();
        bytes = createRate();
      }
      rows.note(nowMs, running.progress.rowsSeen);
      bytes.note(nowMs, running.progress.bytesDone);
    },
    tell({ job, progress, startedAtMs }, nowMs) {
      const bytesPerSecond = bytes.perSecond(nowMs);
      const bytesTotal = Math.max(progress.bytesTotal, progress.bytesDone);
      const left = bytesTotal - progress.bytesDone;
      return {
        reason: job.reason,
        startedAt: new Date(startedAtMs).toISOString(),
        filesDone: progress.filesDone,
        filesTotal: Math.max(progress.filesTotal, progress.filesDone),
        bytesDone: progress.bytesDone,
        bytesTotal,
        counts: countsOf(progress),
        rowsPerSecond: rows.perSecond(nowMs),
        bytesPerSecond,
        secondsLeft: bytesPerSecond === null || bytesPerSecond === 0 ? null : left / bytesPerSecond,
      };
    },
  };
}
