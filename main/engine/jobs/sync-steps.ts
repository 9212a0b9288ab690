import type { JobCounts, SyncStep } from '../../../shared/rpc/contract/jobs.ts';
import type { SourceProgress } from '../sync/source-progress.ts';

/** The path of rows from listing to commit: what each step counted, and its time where it has one of its own. */
export function stepsOf({
  filesTotal,
  bytesDone,
  counts,
  newValues,
  segments,
  commits,
  took,
}: SourceProgress): SyncStep[] {
  return [
    { step: 'list', count: filesTotal, ms: took.listMs },
    { step: 'stream', count: bytesDone, ms: took.streamMs },
    { step: 'scan', count: counts.read, ms: took.rowsMs },
    { step: 'scrub', count: counts.scrubbed, ms: null },
    { step: 'validate', count: counts.quarantined, ms: null },
    { step: 'dictionaries', count: newValues, ms: null },
    { step: 'dedupe', count: counts.duplicate, ms: took.dedupeMs },
    { step: 'segments', count: segments, ms: took.segmentsMs },
    { step: 'commit', count: commits, ms: took.transactionMs },
  ];
}

export const countsOf = ({ filesDone, bytesDone, counts }: SourceProgress): JobCounts => ({
  files: filesDone,
  bytes: bytesDone,
  ...counts,
});

/** The steps of several runs together. */
export function sumOfSteps(all: readonly (readonly SyncStep[])[]): SyncStep[] {
  const sums = new Map<SyncStep['step'], SyncStep>();
  for (const { step, count, ms } of all.flat()) {
    const known = sums.get(step);
    if (known === undefined) sums.set(step, { step, count, ms });
    else
      sums.set(step, {
        step,
        count: known.count + count,
        ms: ms === null && known.ms === null ? null : (known.ms ?? 0) + (ms ?? 0),
      });
  }
  return [...sums.values()];
}
