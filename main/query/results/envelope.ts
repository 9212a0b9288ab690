import { CAPTURE_WINDOW_MS } from '../../../shared/domain/events.ts';
import type { LateSource } from '../../../shared/query/answer.ts';
import type { QuerySpec } from '../../../shared/query/spec.ts';
import { bucketLabel } from '../../../shared/time/buckets.ts';
import type { SourceRow } from '../../catalogue/types.ts';
import type { Period } from '../plan/period.ts';

export interface Freshness {
  completeTo: string | null;
  fresh: boolean;
  lateSources: LateSource[];
}

/** Over the sources that feed the event types which were read; `types` null: any event. */
export function freshnessOf(
  sources: readonly SourceRow[],
  types: ReadonlySet<string> | null,
  nowMs: number,
): Freshness {
  const feeding = sources.filter(
    ({ eventTypes }) =>
      eventTypes.length > 0 && (types === null || eventTypes.some((type) => types.has(type))),
  );
  const watermarks = feeding.flatMap(({ watermarkMs }) => watermarkMs ?? []);
  const lateSources = feeding.flatMap((source) => lateSource(source, nowMs) ?? []);
  return {
    completeTo: watermarks.length === 0 ? null : new Date(Math.min(...watermarks)).toISOString(),
    fresh: lateSources.length === 0,
    lateSources,
  };
}

function lateSource({ name, watermarkMs, freshnessTargetMs }: SourceRow, nowMs: number): LateSource | null {
  if (freshnessTargetMs === null || watermarkMs === null) return null;
  const lagMs = nowMs - watermarkMs;
  if (lagMs <= freshnessTargetMs) return null;
  return { name, completeTo: new Date(watermarkMs).toISOString(), lagMs, targetMs: freshnessTargetMs };
}

/**
 * Buckets still open at `nowMs`. What counts captured runs stays open until the 24 hours after its last completion
 * have run, too.
 */
export function partialBuckets(
  spec: QuerySpec,
  { calendar, interval, axis }: Period,
  nowMs: number,
): string[] {
  if (spec.kind === 'experiment' && spec.experiment_id === undefined) return []; // it reads no events
  const openUntilMs = nowMs - (countsCaptures(spec) ? CAPTURE_WINDOW_MS : 0);
  return axis.boundaries
    .slice(0, axis.buckets)
    .filter((_startMs, bucket) => (axis.boundaries[bucket + 1] ?? 0) > openUntilMs)
    .map((startMs) => bucketLabel(calendar, interval, startMs));
}

function countsCaptures(spec: QuerySpec): boolean {
  if (spec.kind === 'states') return true;
  if (spec.kind !== 'trend') return false;
  return spec.series.some(({ measure }) => measure === 'capture_rate' || measure === 'master_impact');
}
