import { rmSync } from 'node:fs';
import path from 'node:path';
import type { EngineStore } from '../store/engine-store.ts';
import { DEAD_GRACE_MS, deleteDeadSegments, filesUnder } from '../store/recover.ts';
import { nowOf } from './now-of.ts';

/**
 * Deletes the files of before once no reader needs them, and writes the catalogue anew so that no freed page of it and
 * no log keeps what was there. False: a reader still holds something; the next call tries again.
 */
export function finishDeletions(store: EngineStore, graceMs = DEAD_GRACE_MS): boolean {
  const { db, dataDir } = store;
  if (!hasApplied(store)) return true;
  store.step('before-deletion-ends');
  deleteDeadSegments(dataDir, db, store.now() + DEAD_GRACE_MS - graceMs);
  deleteDroppedDictionaries(store);
  const ended = db
    .prepare<[], { deletionId: number }>(
      `SELECT deletion_id AS deletionId FROM deletions WHERE state = 'applied' AND NOT EXISTS (
         SELECT 1 FROM segments WHERE dead_revision <= applied_revision)`,
    )
    .all();
  if (ended.length === 0 || !writeAnew(store)) return false;
  store.step('before-deletion-is-done');
  const end = db.prepare<[number, number]>(
    `UPDATE deletions SET state = 'done', done_at_ms = ? WHERE deletion_id = ?`,
  );
  db.transaction(() => {
    for (const { deletionId } of ended) end.run(nowOf(store), deletionId);
  })();
  return !hasApplied(store);
}

const hasApplied = ({ db }: EngineStore): boolean =>
  db.prepare(`SELECT 1 FROM deletions WHERE state = 'applied'`).get() !== undefined;

function deleteDroppedDictionaries({ db, dataDir }: EngineStore): void {
  const kept = new Set(
    db
      .prepare<[], { valuesFile: string; endsFile: string }>(
        'SELECT values_file AS valuesFile, ends_file AS endsFile FROM dictionaries',
      )
      .all()
      .flatMap(({ valuesFile, endsFile }) => [valuesFile, endsFile]),
  );
  for (const file of filesUnder(dataDir, 'dictionaries'))
    if (!kept.has(file)) rmSync(path.join(dataDir, file), { force: true });
}

/** Deleted content is overwritten with zeros where it lay; this takes what moving rows between pages may have left. */
function writeAnew({ db }: EngineStore): boolean {
  db.prepare('VACUUM').run();
  const [row] = db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  return row?.busy === 0;
}
