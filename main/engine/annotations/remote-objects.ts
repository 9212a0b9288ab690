import type { Operation } from '../../../shared/annotations/operation.ts';
import { digestOf } from './log-rows.ts';
import type { NotesStore } from './notes-store.ts';

export interface NotedObject {
  /** Key of the object. */
  place: string;
  version: string;
  sizeBytes: number;
  /** failed: it could not be read and is tried again. */
  state: 'read' | 'quarantined' | 'failed';
  /** null: it holds none that could be read. */
  operation: Operation | null;
  holdsPayload: boolean;
}

/** Remembers what lies at a place of a source. Part of the transaction that stores its content. */
export function noteObject(notes: NotesStore, remoteId: number, object: NotedObject): void {
  const { place, version, sizeBytes, state, operation, holdsPayload } = object;
  const opId = operation?.op_id ?? null;
  const digest = operation === null ? '' : digestOf(operation);
  notes.db
    .prepare<[Record<string, unknown>]>(
      `INSERT INTO remote_objects (remote_id, key, version, size_bytes, state, op_id, digest,
         holds_payload)
       VALUES (@remoteId, @place, @version, @sizeBytes, @state, @opId, @digest, @holdsPayload)
       ON CONFLICT (remote_id, key) DO UPDATE SET version = excluded.version, size_bytes = excluded.size_bytes,
         state = excluded.state, op_id = excluded.op_id, digest = excluded.digest,
         holds_payload = excluded.holds_payload`,
    )
    .run({ remoteId, place, version, sizeBytes, state, opId, digest, holdsPayload: Number(holdsPayload) });
}

/** Whether the source is known to hold this very operation. */
export function holdsOperation(notes: NotesStore, remoteId: number, operation: Operation): boolean {
  const row = notes.db
    .prepare<[string, number, string]>(
      'SELECT 1 FROM remote_objects WHERE op_id = ? AND remote_id = ? AND digest = ? LIMIT 1',
    )
    .get(operation.op_id, remoteId, digestOf(operation));
  return row !== undefined;
}

/** Whether this version of an object was stored or set aside. */
export function isKnownObject(notes: NotesStore, remoteId: number, key: string, version: string): boolean {
  const row = notes.db
    .prepare<[number, string], { version: string; state: string }>(
      'SELECT version, state FROM remote_objects WHERE remote_id = ? AND key = ?',
    )
    .get(remoteId, key);
  return row?.version === version && row.state !== 'failed';
}

export interface FailedObject {
  key: string;
  version: string;
  sizeBytes: number;
}

export const failedObjects = (notes: NotesStore, remoteId: number): FailedObject[] =>
  notes.db
    .prepare<[number], FailedObject>(
      `SELECT key, version, size_bytes AS sizeBytes FROM remote_objects
       WHERE remote_id = ? AND state = 'failed' ORDER BY key`,
    )
    .all(remoteId);

/** An object that its owner has to remove: a source only ever gets more, and this one holds what was emptied. */
export interface ObjectToRemove {
  remote: string;
  key: string;
}

export const objectsToRemove = (notes: NotesStore): ObjectToRemove[] =>
  notes.db
    .prepare<[], ObjectToRemove>(
      `SELECT DISTINCT remotes.name AS remote, key FROM remote_objects
       JOIN remotes USING (remote_id)
       JOIN emptied ON emptied.op_id = remote_objects.op_id AND emptied.environment = remotes.environment
       WHERE holds_payload = 1 ORDER BY remotes.name, key`,
    )
    .all();
