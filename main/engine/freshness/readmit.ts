import type { ResultOf } from '../../../shared/rpc/methods.ts';
import type { JobService } from '../jobs/job-service.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { IS_READ_AGAIN, READ_AGAIN } from '../store/ledger.ts';
import { countQuarantined, type QuarantineChoice } from './quarantine.ts';

/**
 * The objects of refused rows are marked and read again, each in one revision, so that every row is judged by the map,
 * taxonomy and clock of now and none counts twice. Objects that the source no longer has stay as they are.
 */
export async function readmit(
  { store, jobs }: { store: EngineStore; jobs: Pick<JobService, 'run' | 'exclusively'> },
  choice: QuarantineChoice,
  signal: AbortSignal,
): Promise<ResultOf<'command.quarantine.readmit'>> {
  const before = countQuarantined(store.db, choice);
  const names = await jobs.exclusively(() => Promise.resolve(markObjects(store, choice)));
  for (const sourceName of new Set(names)) await jobs.run({ sourceName, reason: 'readmit', signal });
  const left = countQuarantined(store.db, choice);
  return { objects: names.length, readmitted: Math.max(0, before - left), left };
}

/** Returns the source of each object. A row whose copy was not kept lies in an object that has others. */
function markObjects({ db }: EngineStore, choice: QuarantineChoice): string[] {
  const objects = db
    .prepare<[QuarantineChoice], { name: string; objectId: number }>(
      `SELECT name, object_id AS objectId FROM ledger JOIN sources USING (source_id)
       WHERE kind <> 'import' AND removed_at_ms IS NULL AND (@sourceName IS NULL OR name = @sourceName)
         AND object_id IN (SELECT object_id FROM quarantine WHERE @reason IS NULL OR reason = @reason)`,
    )
    .all(choice);
  const mark = db.prepare<[number]>(
    `UPDATE ledger SET version = '${READ_AGAIN}' || version WHERE object_id = ? AND NOT ${IS_READ_AGAIN}`,
  );
  db.transaction(() => {
    for (const { objectId } of objects) mark.run(objectId);
  })();
  return objects.map(({ name }) => name);
}
