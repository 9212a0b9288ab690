import type { PartTask } from '../results/part-task.ts';
import type { Question } from '../plan/question.ts';

interface PartingRule {
  workers: number;
  worthPartingRows: number;
}

/** How many parts a step is worth: one per thread and another, so that a thread that is busy holds nothing up. */
export function partsOf(
  { period }: PartTask,
  { view, spec }: Question,
  { workers, worthPartingRows }: PartingRule,
): number {
  if (spec.kind === 'funnel' && spec.unit !== 'user') return 1; // only users are cut by shard
  const rows = view.segments
    .filter(({ minTsMs, maxTsMs }) => maxTsMs >= period.startMs && minTsMs < period.endMs)
    .reduce((sum, segment) => sum + segment.rows, 0);
  if (workers < 2 || rows < worthPartingRows) return 1;
  const shards = (view.segments[0]?.shardStarts.length ?? 2) - 1;
  return Math.min(workers * 2, shards);
}
