import { CAPTURE_WINDOW_MS } from '../../../shared/domain/events.ts';
import type { AnswerGap, AnswerMismatch, LateSource } from '../../../shared/query/answer.ts';
import { windowMs } from '../../../shared/query/kinds/funnel.ts';
import type { QuerySpec } from '../../../shared/query/spec.ts';
import { bucketLabel } from '../../../shared/time/buckets.ts';
import type { SourceRow } from '../../catalogue/types.ts';
import type { EnvironmentView } from '../columns/environment-view.ts';
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

export interface Marks {
  gaps: AnswerGap[];
  mismatches: AnswerMismatch[];
}

/** What of the sources that were read is missing, or differs from the source, within one of the spans. */
export function marksOf(
  { sources, gaps, mismatches }: Pick<EnvironmentView, 'sources' | 'gaps' | 'mismatches'>,
  types: ReadonlySet<string> | null,
  spans: readonly Pick<Period, 'startMs' | 'endMs'>[],
): Marks {
  const typesById = new Map(sources.map(({ sourceId, eventTypes }) => [sourceId, eventTypes]));
  const isRead = (sourceId: number, carried: readonly string[] | null): boolean => {
    const eventTypes = carried ?? typesById.get(sourceId) ?? [];
    return eventTypes.length > 0 && (types === null || eventTypes.some((type) => types.has(type)));
  };
  const isWithin = (fromMs: number, toMs: number): boolean =>
    spans.some(({ startMs, endMs }) => fromMs < endMs && toMs > startMs);
  return {
    gaps: gaps
      .filter(
        ({ sourceId, eventTypes, fromMs, toMs }) => isRead(sourceId, eventTypes) && isWithin(fromMs, toMs),
      )
      .map(({ source, fromMs, toMs, state }) => ({
        source,
        from: instant(fromMs),
        to: instant(toMs),
        state,
      })),
    mismatches: mismatches
      .filter(({ sourceId, day }) => {
        const dayMs = Date.parse(day);
        return isRead(sourceId, null) && isWithin(dayMs, dayMs + DAY_MS);
      })
      .map(({ source, day, ratio }) => ({ source, day, ratio })),
  };
}

const DAY_MS = 24 * 60 * 60 * 1000;
const instant = (ms: number): string => new Date(ms).toISOString();

/**
 * Buckets still open at `nowMs`. What counts captured runs stays open until the 24 hours after its last completion
 * have run, too; a funnel over time until the window of its last unit has, or the range within which steps count.
 */
export function partialBuckets(
  spec: QuerySpec,
  { calendar, interval, axis, endMs }: Period,
  nowMs: number,
): string[] {
  if (spec.kind === 'experiment' && spec.experiment_id === undefined) return []; // it reads no events
  const openUntilMs = nowMs - openForMs(spec, endMs > nowMs);
  return axis.boundaries
    .slice(0, axis.buckets)
    .filter((_startMs, bucket) => (axis.boundaries[bucket + 1] ?? 0) > openUntilMs)
    .map((startMs) => bucketLabel(calendar, interval, startMs));
}

/** How long after its end a bucket can still change. */
function openForMs(spec: QuerySpec, isRangeOpen: boolean): number {
  if (countsCaptures(spec)) return CAPTURE_WINDOW_MS;
  return spec.kind === 'funnel' && spec.show === 'trend' && isRangeOpen ? windowMs(spec) : 0;
}

function countsCaptures(spec: QuerySpec): boolean {
  if (spec.kind === 'states') return true;
  if (spec.kind !== 'trend') return false;
  return spec.series.some(({ measure }) => measure === 'capture_rate' || measure === 'master_impact');
}
