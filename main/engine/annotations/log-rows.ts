import { createHash } from 'node:crypto';
import type { NotesReadDb } from '../../catalogue/notes/open-notes-db.ts';
import { AppError } from '../../../shared/errors.ts';
import { type Operation, contentOf, emptyOperation } from '../../../shared/annotations/operation.ts';

export type Origin = 'local' | 'import' | 'remote';

export interface StoredOperation {
  arrival: number;
  origin: Origin;
  operation: Operation;
}

/** The statements on the log of operations, prepared once. Callers hold the transaction. */
export interface LogRows {
  /** Arrival number; null where the log holds this very operation. */
  insert(operation: Operation, from: { environment: string; origin: Origin; nowMs: number }): number | null;
  arrivalOf(environment: string, operation: Operation): number | null;
  /** All operations of one id: more than one only where somebody used an id twice. */
  find(environment: string, opId: string): StoredOperation[];
  byArrival(arrival: number): Operation;
  thread(environment: string, annotationId: string): Operation[];
  all(environment: string): Generator<StoredOperation>;
  environments(): string[];
  isEmptied(environment: string, operation: Operation): boolean;
  /** Empties what is there and remembers the ids for what arrives later. */
  empty(environment: string, annotationId: string, opIds: readonly string[]): void;
}

interface Row {
  arrival: number;
  origin: Origin;
  op_id: string;
  annotation_id: string;
  kind: string;
  fields: string;
  hlc: string;
  device: string;
  author: string;
}

const PAGE_ROWS = 1_000; // no statement stays open while whoever reads does something else
const COLUMNS = 'arrival, origin, op_id, annotation_id, kind, fields, hlc, device, author';

/** Also on a connection that can only read, for the methods that only read. */
export function createLogRows(db: Pick<NotesReadDb, 'prepare'>): LogRows {
  const insert = db.prepare<[Record<string, unknown>], { arrival: number }>(
    `INSERT INTO operations (environment, op_id, digest, annotation_id, kind, fields, hlc, device, author, origin,
       received_at_ms)
     VALUES (@environment, @op_id, @digest, @annotation_id, @kind, @fields, @hlc, @device, @author, @origin, @nowMs)
     ON CONFLICT DO NOTHING RETURNING arrival`,
  );
  const byContent = db.prepare<[string, string, string], { arrival: number }>(
    'SELECT arrival FROM operations WHERE environment = ? AND op_id = ? AND digest = ?',
  );
  const byId = db.prepare<[string, string], Row>(
    `SELECT ${COLUMNS} FROM operations WHERE environment = ? AND op_id = ? ORDER BY arrival`,
  );
  const byArrival = db.prepare<[number], Row>(`SELECT ${COLUMNS} FROM operations WHERE arrival = ?`);
  const byAnnotation = db.prepare<[string, string], Row>(
    `SELECT ${COLUMNS} FROM operations WHERE environment = ? AND annotation_id = ? ORDER BY arrival`,
  );
  const page = db.prepare<[string, number, number], Row>(
    // by the table itself: any index would read and sort the whole environment again for every page
    `SELECT ${COLUMNS} FROM operations NOT INDEXED WHERE environment = ? AND arrival > ?
     ORDER BY arrival LIMIT ?`,
  );
  const environments = db.prepare<[], { environment: string }>(
    'SELECT DISTINCT environment FROM operations ORDER BY environment',
  );
  const emptied = db.prepare<[string, string, string]>(
    'SELECT 1 FROM emptied WHERE environment = ? AND annotation_id = ? AND op_id = ?',
  );
  const rememberEmptied = db.prepare<[string, string, string]>(
    'INSERT INTO emptied (environment, annotation_id, op_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const writeEmptied = db.prepare<[Record<string, unknown>]>(
    'UPDATE operations SET fields = @fields, author = @author, digest = @digest WHERE arrival = @arrival',
  );
  const setDigest = db.prepare<[string, number]>('UPDATE operations SET digest = ? WHERE arrival = ?');
  const forgetDigests = db.prepare<[string]>(`UPDATE remote_objects SET digest = '' WHERE op_id = ?`);
  const drop = db.prepare<[number]>('DELETE FROM operations WHERE arrival = ?');

  const arrivalOf = (environment: string, operation: Operation): number | null =>
    byContent.get(environment, operation.op_id, digestOf(operation))?.arrival ?? null;

  /** Two operations of one id may be the same once both are empty: then one row is enough. */
  function emptyRow(environment: string, { arrival, operation }: StoredOperation): void {
    const empty = emptyOperation(operation);
    const known = arrivalOf(environment, empty);
    if (known === arrival) return;
    const { author } = empty;
    writeEmptied.run({
      fields: JSON.stringify(empty.fields),
      author,
      digest: `emptying-${arrival}`,
      arrival,
    });
    if (known === null) setDigest.run(digestOf(empty), arrival);
    else drop.run(arrival);
  }

  return {
    insert(operation, { environment, origin, nowMs }) {
      const { fields, ...members } = operation;
      const row = { ...members, fields: JSON.stringify(fields), digest: digestOf(operation) };
      return insert.get({ ...row, environment, origin, nowMs })?.arrival ?? null;
    },
    arrivalOf,
    find: (environment, opId) => byId.all(environment, opId).map(storedOf),
    byArrival(arrival) {
      const row = byArrival.get(arrival);
      if (row === undefined) throw new AppError('internal', `operation ${arrival} is not in the log`);
      return storedOf(row).operation;
    },
    thread: (environment, annotationId) =>
      byAnnotation.all(environment, annotationId).map((row) => storedOf(row).operation),
    *all(environment) {
      let rows = page.all(environment, 0, PAGE_ROWS);
      for (; rows.length > 0; rows = page.all(environment, rows.at(-1)?.arrival ?? 0, PAGE_ROWS))
        yield* rows.map(storedOf);
    },
    environments: () => environments.all().map(({ environment }) => environment),
    isEmptied: (environment, { annotation_id, op_id }) =>
      emptied.get(environment, annotation_id, op_id) !== undefined,
    empty(environment, annotationId, opIds) {
      for (const opId of opIds) {
        rememberEmptied.run(environment, annotationId, opId);
        forgetDigests.run(opId);
        for (const stored of byId.all(environment, opId).map(storedOf)) {
          const { operation } = stored;
          if (operation.annotation_id === annotationId && operation.kind !== 'redact')
            emptyRow(environment, stored);
        }
      }
    },
  };
}

/** Equal for two copies of one operation. */
export const digestOf = (operation: Operation): string =>
  createHash('sha256').update(contentOf(operation)).digest('base64url');

/** Only what parseOperation let through is ever stored. */
function storedOf(row: Row): StoredOperation {
  const { arrival, origin, op_id, annotation_id, kind, hlc, device, author } = row;
  const fields = JSON.parse(row.fields) as unknown;
  return {
    arrival,
    origin,
    operation: { op_id, annotation_id, kind, fields, hlc, device, author } as Operation,
  };
}
