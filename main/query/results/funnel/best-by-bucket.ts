import type { FunnelSpec } from '../../../../shared/query/kinds/funnel.ts';
import { isBetter, type Try } from '../../kernels/js/funnel/rules.ts';
import type { Serving, UnitEvents, UnitRunner } from '../../kernels/js/funnel/unit-events.ts';
import { bucketAt } from '../../plan/axis.ts';
import type { Period } from '../../plan/period.ts';

export interface BucketOutcome {
  bucket: number;
  isEntered: boolean;
  isConverted: boolean;
}

/**
 * A unit counts once per bucket, by its best try begun there (DATA §5, funnels (11)). A bucket whose best try is excluded
 * does not count; if that try had converted, tries of other buckets that did not are no drop-offs either.
 */
export function bestByBucket(
  runner: UnitRunner,
  events: UnitEvents,
  serving: Serving,
  { spec, period }: { spec: FunnelSpec; period: Period },
): BucketOutcome[] {
  const best = new Map<number, Try>();
  runner.eachTry(events, serving, (found) => {
    const bucket = bucketAt(period.axis, found.startMs);
    const held = best.get(bucket);
    if (held === undefined || isBetter(found, held))
      best.set(bucket, { ...found, times: found.times.slice() });
    return true;
  });
  const to = spec.toStep ?? spec.steps.length - 1;
  const hasDone = ({ done }: Try, step: number): boolean => ((done >>> step) & 1) === 1;
  const isVoided = [...best.values()].some((held) => held.isExcluded && hasDone(held, to));
  return [...best]
    .filter(([, held]) => !held.isExcluded && (!isVoided || hasDone(held, to)))
    .map(([bucket, held]) => {
      const isEntered = hasDone(held, spec.fromStep);
      return { bucket, isEntered, isConverted: isEntered && hasDone(held, to) };
    });
}
