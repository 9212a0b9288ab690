import { SEGMENT_COLUMNS, type StoredSegment, segmentRowOf } from '../../catalogue/segment-rows.ts';
import { type LoadedColumn, readColumns } from '../../format/read-columns.ts';
import type { StoredColumn } from '../../format/types.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { ArrivedSegment } from '../store/replace-segments.ts';
import { withSegment } from '../store/segment-reader.ts';

/** Every segment of events in use, by environment and day. */
export const liveSegments = ({ db }: EngineStore): ArrivedSegment[] =>
  db
    .prepare<[], StoredSegment & { arrivalRevision: number }>(
      `SELECT ${SEGMENT_COLUMNS}, arrival_revision AS arrivalRevision FROM segments
       WHERE dataset = 'events' AND dead_revision IS NULL ORDER BY environment, day, segment_id`,
    )
    .all()
    .map((row) => ({ ...segmentRowOf(row), arrivalRevision: row.arrivalRevision }));

/** The columns of a segment that are wanted, in memory. */
export function loadColumns(
  dataDir: string,
  segment: ArrivedSegment,
  isWanted: (column: StoredColumn) => boolean,
): LoadedColumn[] {
  const wanted = segment.columns.filter(isWanted);
  if (wanted.length === 0) return [];
  return withSegment(dataDir, segment.file, (fd) => readColumns(fd, wanted));
}
