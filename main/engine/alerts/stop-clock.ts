import type { WatchMeasure } from '../../../shared/alerts/rule.ts';
import { COMPLETE_SHARE, latenessFromJson, latenessQuantile } from '../freshness/lateness.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { workspaceNowMs } from './known-to.ts';

/** The event type whose arrivals are a measure, minute by minute; null: any. Others cannot be followed by the minute. */
const TYPE_OF_MEASURE: Partial<Record<WatchMeasure, string | null>> = {
  events: null,
  completed_sessions: 'session_completed',
  captured_reactions: 'reaction_captured',
};

export const arrivalTypeOf = (measure: WatchMeasure): string | null | undefined => TYPE_OF_MEASURE[measure];

/** Up to when a missing event is a fact, and what it rests on. */
export interface StopClock {
  /** When the sources were asked last: all that had arrived until then is here. */
  askedMs: number;
  /** An event of this instant or earlier had every chance to come. */
  knownToMs: number;
  /** Sources that are late while others deliver: what is missing of theirs is late, not gone. */
  heldBy: string[];
  sourceIds: ReadonlySet<number>;
}

interface SourceRow {
  sourceId: number;
  name: string;
  askedMs: number | null;
  targetMs: number | null;
  newestTsMs: number;
  watermarkMs: number;
  lateness: string;
  carries: number;
}

/**
 * A source that answers and brings nothing new may have stopped or be late, and the two look alike. So a source may lag as
 * far as its rows usually do and as far as its target allows before anything counts as missing; one that is past its
 * target while another goes on is late, and held; one that was not asked says nothing. Null: nothing syncs by itself.
 */
export function stopClock(
  store: EngineStore,
  environment: string,
  eventType: string | null,
): StopClock | null {
  const nowMs = workspaceNowMs(store);
  const live = liveSources(store, environment, eventType);
  const carrying = live.filter(({ carries }) => carries === 1);
  if (carrying.length === 0) return null;
  const askedOf = ({ askedMs }: SourceRow): number => Math.min(nowMs, askedMs ?? 0);
  const late = carrying.filter((source) => isLateBesideOthers(source, live, nowMs));
  const known = carrying.map((source) =>
    late.includes(source) ? source.watermarkMs : askedOf(source) - allowanceOf(source),
  );
  return {
    askedMs: Math.min(...carrying.map(askedOf)),
    knownToMs: Math.min(...known),
    heldBy: late.map(({ name }) => name),
    sourceIds: new Set(carrying.map(({ sourceId }) => sourceId)),
  };
}

function liveSources({ db }: EngineStore, environment: string, eventType: string | null): SourceRow[] {
  return db
    .prepare<[Record<string, unknown>], SourceRow>(
      `SELECT source_id AS sourceId, name, last_sync_at_ms AS askedMs, freshness_target_ms AS targetMs,
         newest_ts_ms AS newestTsMs, watermark_ms AS watermarkMs, lateness,
         EXISTS (SELECT 1 FROM source_event_types t WHERE t.source_id = sources.source_id
           AND t.environment = source_state.environment AND t.rows > 0
           AND (@eventType IS NULL OR event_type = @eventType)) AS carries
       FROM sources JOIN source_state USING (source_id)
       WHERE source_state.environment = @environment AND dataset = 'events' AND kind <> 'import'
         AND removed_at_ms IS NULL AND newest_ts_ms IS NOT NULL AND watermark_ms IS NOT NULL
       ORDER BY source_id`,
    )
    .all({ environment, eventType });
}

function isLateBesideOthers(source: SourceRow, all: readonly SourceRow[], nowMs: number): boolean {
  const { sourceId, targetMs, watermarkMs, newestTsMs } = source;
  if (targetMs === null || nowMs - watermarkMs <= targetMs) return false;
  return all.some((other) => other.sourceId !== sourceId && other.newestTsMs > newestTsMs + targetMs);
}

function allowanceOf({ targetMs, newestTsMs, lateness }: SourceRow): number {
  const usualMs = latenessQuantile(latenessFromJson(newestTsMs, lateness), COMPLETE_SHARE);
  return Math.max(usualMs, targetMs ?? 0);
}
