import { type Operation, isEmptied } from '../../../shared/annotations/operation.ts';
import { appendLocal, operationOf } from './append.ts';
import { operationNamesUser, textNamesUser } from './names-user.ts';
import type { NotesStore } from './notes-store.ts';
import { type ObjectToRemove, objectsToRemove } from './remote-objects.ts';

export interface RedactionResult {
  operations: number;
  annotations: number;
  /** Copies of what is no operation that named the user. */
  quarantined: number;
  /** Everything that owners of sources still have to remove, of earlier requests too. */
  objectsToRemove: ObjectToRemove[];
  /** False: another reader kept old pages of the log in use; asking again later finishes it. */
  isFileClean: boolean;
}

const IDS_PER_OPERATION = 500; // well below the size of an operation

/**
 * Empties every operation that names a user, here and by `redact` operations in every other copy (DATA §7). The id is
 * in none of what is written for it. Afterwards the bytes of the id are gone from the file and its log.
 */
export function redactUser(
  notes: NotesStore,
  { userId, requestId }: { userId: string; requestId: string },
): RedactionResult {
  let operations = 0;
  let annotations = 0;
  for (const environment of notes.log.environments()) {
    for (const [annotationId, opIds] of namingOperations(notes, environment, userId)) {
      annotations++;
      operations += opIds.length;
      for (let at = 0; at < opIds.length; at += IDS_PER_OPERATION) {
        const fields = { op_ids: opIds.slice(at, at + IDS_PER_OPERATION), request_id: requestId };
        const redact = operationOf(notes, environment, { annotationId, kind: 'redact', fields });
        appendLocal(notes, environment, [redact]);
      }
    }
  }
  const quarantined = emptyQuarantine(notes, userId);
  return {
    operations,
    annotations,
    quarantined,
    objectsToRemove: objectsToRemove(notes),
    isFileClean: foldInLog(notes),
  };
}

function namingOperations(notes: NotesStore, environment: string, userId: string): Map<string, string[]> {
  const found = new Map<string, Set<string>>();
  for (const { operation } of notes.log.all(environment)) {
    if (!canBeEmptied(operation) || !operationNamesUser(operation, userId)) continue;
    const ids = found.get(operation.annotation_id) ?? new Set();
    found.set(operation.annotation_id, ids.add(operation.op_id));
  }
  return new Map([...found].map(([id, opIds]) => [id, [...opIds]]));
}

const canBeEmptied = (operation: Operation): boolean => operation.kind !== 'redact' && !isEmptied(operation);

function emptyQuarantine(notes: NotesStore, userId: string): number {
  const rows = notes.db
    .prepare<[], { id: number; content: Buffer }>(
      'SELECT quarantine_id AS id, content FROM quarantine WHERE content IS NOT NULL',
    )
    .all()
    .filter(({ content }) => textNamesUser(content.toString('utf8'), userId));
  const empty = notes.db.prepare<[number]>('UPDATE quarantine SET content = NULL WHERE quarantine_id = ?');
  notes.db.transaction(() => rows.forEach(({ id }) => empty.run(id))).immediate();
  return rows.length;
}

/** Freed pages are overwritten with zeros (`secure_delete`); the write-ahead log still holds the old ones. */
function foldInLog(notes: NotesStore): boolean {
  const [row] = notes.db.pragma('wal_checkpoint(TRUNCATE)') as { busy: number }[];
  return row?.busy === 0;
}
