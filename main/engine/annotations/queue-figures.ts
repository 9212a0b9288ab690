import { openNotesReadDb } from '../../catalogue/notes/open-notes-db.ts';
import { createFoldedLog } from '../../../shared/annotations/fold-log.ts';
import { createLogRows } from './log-rows.ts';

export interface NotesQueue {
  /** Annotations with an operation that has not reached every source of its environment. */
  toSend: number;
  conflicts: number;
  /** Since when the oldest of them waits; null: none does. */
  oldestMs: number | null;
}

/** What waits among the annotations of a folder; null: nobody has written any. `environment` null: every one. */
export function notesQueue(dataDir: string, environment: string | null): NotesQueue | null {
  const db = openNotesReadDb(dataDir);
  if (db === null) return null;
  try {
    const waiting = db
      .prepare<[{ environment: string | null }], { toSend: number; oldestMs: number | null }>(
        `SELECT count(DISTINCT environment || char(31) || annotation_id) AS toSend, min(queued_at_ms) AS oldestMs
         FROM outbox JOIN operations USING (arrival) WHERE @environment IS NULL OR environment = @environment`,
      )
      .get({ environment });
    const log = createLogRows(db);
    const environments = environment === null ? log.environments() : [environment];
    return {
      toSend: waiting?.toSend ?? 0,
      conflicts: environments.reduce((sum, name) => sum + conflictsOf(log, name), 0),
      oldestMs: waiting?.oldestMs ?? null,
    };
  } finally {
    db.close();
  }
}

function conflictsOf(log: ReturnType<typeof createLogRows>, environment: string): number {
  const fold = createFoldedLog();
  for (const { operation } of log.all(environment)) fold.add([operation]);
  return fold.all().filter(({ isHidden, hasConflict }) => !isHidden && hasConflict).length;
}
