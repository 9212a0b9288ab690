import type { QuarantinedRow, QuarantineGroup } from '../../../shared/rpc/contract/freshness.ts';
import type { ReadDb } from '../../catalogue/open-db.ts';

export interface QuarantineChoice {
  sourceName: string | null;
  reason: string | null;
}

const IS_CHOSEN = '(@sourceName IS NULL OR name = @sourceName) AND (@reason IS NULL OR reason = @reason)';

/** How many rows each source has for which reason; removed sources keep theirs. */
export const quarantineGroups = (db: Pick<ReadDb, 'prepare'>): QuarantineGroup[] =>
  db
    .prepare<[], Omit<QuarantineGroup, 'canReadmit'> & { field: string; canReadmit: number }>(
      `SELECT name AS sourceName, reason, field, rows, kind <> 'import' AND removed_at_ms IS NULL AS canReadmit
       FROM quarantine_counts JOIN sources USING (source_id) WHERE rows > 0 ORDER BY rows DESC, name, reason, field`,
    )
    .all()
    .map(({ field, canReadmit, ...group }) => ({
      ...group,
      field: field === '' ? null : field,
      canReadmit: canReadmit === 1,
    }));

export const quarantinedRows = (
  db: Pick<ReadDb, 'prepare'>,
  page: QuarantineChoice & { before: number | null; limit: number },
): { rows: QuarantinedRow[]; total: number } => ({
  rows: db
    .prepare<[typeof page], QuarantinedRow>(
      `SELECT quarantine_id AS quarantineId, name AS sourceName, quarantine.reason, field, quarantine.environment,
         key AS object, position, row_copy AS copy
       FROM quarantine JOIN sources USING (source_id) JOIN ledger USING (object_id)
       WHERE ${IS_CHOSEN.replace('reason = @reason', 'quarantine.reason = @reason')}
         AND (@before IS NULL OR quarantine_id < @before)
       ORDER BY quarantine_id DESC LIMIT @limit`,
    )
    .all(page),
  total: countQuarantined(db, page),
});

export const countQuarantined = (
  db: Pick<ReadDb, 'prepare'>,
  { sourceName, reason }: QuarantineChoice,
): number =>
  db
    .prepare<[QuarantineChoice], { rows: number }>(
      `SELECT coalesce(sum(rows), 0) AS rows FROM quarantine_counts JOIN sources USING (source_id) WHERE ${IS_CHOSEN}`,
    )
    .get({ sourceName, reason })?.rows ?? 0;
