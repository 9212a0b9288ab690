import type { RefusedCopies } from './dedupe.ts';
import type { EngineStore } from './engine-store.ts';
import { READ_AGAIN } from './ledger.ts';

interface LeavingObject {
  sourceId: number;
  dataset: string;
  version: string;
  state: string;
  read: number;
  kept: number;
  duplicate: number;
  quarantined: number;
  refused: number;
  scrubbed: number;
}

/**
 * Takes back what replaced objects added to counts, quarantine and dimensions; inside the transaction of the commit.
 * `bereft`: replaced objects of whose ids some do not come again. Returns the objects that have to be read again
 * because they may hold those.
 */
export function dropReplaced(store: EngineStore, bereft: ReadonlySet<number>): Set<number> {
  const reread = new Set<number>();
  if (store.facts.replaced.size === 0) return reread;
  const copies = store.db.prepare<[number], { objectId: number }>(
    'SELECT refused_id AS objectId FROM refused_copies WHERE holder_id = ?',
  );
  const leaving = store.db.prepare<[number], LeavingObject>(
    `SELECT source_id AS sourceId, dataset, version, state, ledger.read, ledger.kept, ledger.duplicate, ledger.quarantined,
       ledger.refused, ledger.scrubbed FROM ledger JOIN sources USING (source_id) WHERE object_id = ?`,
  );
  for (const objectId of store.facts.replaced.keys()) {
    const object = leaving.get(objectId);
    if (object === undefined) continue;
    if (bereft.has(objectId) && !comesAgain(store, objectId, object))
      for (const copy of copies.all(objectId)) reread.add(copy.objectId);
    dropQuarantine(store, objectId, object);
    if (object.dataset !== 'events') dropDimensionRows(store, objectId, object.dataset, reread);
    store.writer.addToSource(object.sourceId, object.state === 'reading' ? 0 : -1, {
      read: -object.read,
      kept: -object.kept,
      duplicate: -object.duplicate,
      quarantined: -object.quarantined,
      refused: -object.refused,
      scrubbed: -object.scrubbed,
    });
  }
  return reread;
}

/** The same body read once more: whatever of it is not in this commit is in one of the next. */
function comesAgain({ facts }: EngineStore, objectId: number, { version }: LeavingObject): boolean {
  const next = facts.objects.get(facts.replaced.get(objectId) ?? 0);
  return version === `${READ_AGAIN}${next?.version ?? ''}`;
}

/** Copies are kept of a limited number of rows; what is counted beyond them is taken from the commonest reasons. */
function dropQuarantine(
  store: EngineStore,
  objectId: number,
  { sourceId, quarantined }: LeavingObject,
): void {
  if (quarantined === 0) return;
  const { writer, db } = store;
  const reasons = db
    .prepare<[number], { reason: string; field: string; rows: number }>(
      `SELECT reason, coalesce(field, '') AS field, count(*) AS rows FROM quarantine WHERE object_id = ?
       GROUP BY reason, coalesce(field, '')`,
    )
    .all(objectId);
  let left = quarantined;
  for (const { reason, field, rows } of reasons) {
    writer.addQuarantineCount(sourceId, reason, field, -rows);
    left -= rows;
  }
  if (left > 0) {
    const commonest = db
      .prepare<[number], { reason: string; field: string; rows: number }>(
        'SELECT reason, field, rows FROM quarantine_counts WHERE source_id = ? ORDER BY rows DESC, reason, field',
      )
      .all(sourceId);
    for (const { reason, field, rows } of commonest) {
      const taken = Math.min(left, rows);
      writer.addQuarantineCount(sourceId, reason, field, -taken);
      left -= taken;
    }
  }
  db.prepare('DELETE FROM quarantine_counts WHERE source_id = ? AND rows = 0').run(sourceId);
}

/** A row may also stand, older or equal, in another object of its dataset: if one does not come again, all are read. */
function dropDimensionRows(store: EngineStore, objectId: number, dataset: string, reread: Set<number>): void {
  const gone = store.db
    .prepare<[number], { environment: string; key: string }>(
      'DELETE FROM dimension_rows WHERE object_id = ? RETURNING environment, key',
    )
    .all(objectId);
  const coming = new Set(store.facts.dimensions.map((row) => JSON.stringify([row.environment, row.key])));
  if (gone.every(({ environment, key }) => coming.has(JSON.stringify([environment, key])))) return;
  const others = store.db
    .prepare<[string], { objectId: number }>(
      `SELECT object_id AS objectId FROM ledger JOIN sources USING (source_id)
       WHERE dataset = ? AND state = 'done' AND kind <> 'import'`,
    )
    .all(dataset);
  for (const other of others) if (!store.facts.replaced.has(other.objectId)) reread.add(other.objectId);
}

/** Once the new objects are in the ledger: they take over, and the old ones leave it. */
export function finishReplaced(
  store: EngineStore,
  refused: readonly RefusedCopies[],
  reread: ReadonlySet<number>,
): void {
  for (const copies of refused) writeCopies(store, copies);
  const { replaced } = store.facts;
  if (replaced.size === 0) return;
  const takeOver = store.db.prepare<[number, number, number]>(
    'UPDATE OR IGNORE refused_copies SET holder_id = ? WHERE holder_id = ? AND refused_id <> ?',
  );
  const drop = store.db.prepare<[number]>('DELETE FROM ledger WHERE object_id = ?');
  const forgetVersion = store.db.prepare<[number]>(
    `UPDATE ledger SET version = '${READ_AGAIN}' || version WHERE object_id = ? AND version NOT LIKE '${READ_AGAIN}%'`,
  );
  for (const [oldId, newId] of replaced) takeOver.run(newId, oldId, newId);
  for (const objectId of reread) forgetVersion.run(objectId);
  for (const oldId of replaced.keys()) drop.run(oldId);
}

export function writeCopies(store: EngineStore, refused: RefusedCopies): void {
  const insert = store.db.prepare<[number, number]>(
    `INSERT OR IGNORE INTO refused_copies (holder_id, refused_id)
     SELECT holder.object_id, refused.object_id FROM ledger AS holder, ledger AS refused
     WHERE holder.object_id = ? AND refused.object_id = ?`,
  );
  for (const [holder, objects] of refused) for (const object of objects) insert.run(holder, object);
}
