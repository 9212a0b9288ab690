import type { SourceRow } from './types.ts';

/** A row of `sources` joined with its state in one environment. */
export type StoredSource = Omit<SourceRow, 'eventTypes' | 'counts' | 'environment'> & {
  environment: string | null;
  /** JSON array. */
  eventTypes: string;
} & SourceRow['counts'];

export const SOURCE_COLUMNS = `sources.source_id AS sourceId, name, kind,
  coalesce(source_state.environment, sources.environment) AS environment, dataset,
  freshness_target_ms AS freshnessTargetMs, newest_ts_ms AS newestTsMs, watermark_ms AS watermarkMs,
  last_sync_at_ms AS lastSyncAtMs, files, read, kept, duplicate, quarantined, refused, scrubbed,
  (SELECT json_group_array(event_type) FROM (
    SELECT event_type FROM source_event_types AS t
    WHERE t.source_id = sources.source_id AND t.environment IS source_state.environment ORDER BY event_type
  )) AS eventTypes`;

export function sourceRowOf(stored: StoredSource): SourceRow {
  const { files, read, kept, duplicate, quarantined, refused, scrubbed, eventTypes, environment, ...row } =
    stored;
  return {
    ...row,
    environment: environment ?? '',
    eventTypes: JSON.parse(eventTypes) as string[],
    counts: { files, read, kept, duplicate, quarantined, refused, scrubbed },
  };
}
