import {
  MAX_OPERATION_BYTES,
  type Operation,
  isEmptied,
  parseOperationText,
} from '../../../shared/annotations/operation.ts';
import type { AppendResult, RemoteEntry, RemoteObject } from './notes-remote.ts';
import { isSameOperation } from './operation-place.ts';

/** A row of `annotation_ops`. */
export interface StoredRow {
  key: string;
  version: string;
  opId: string;
  device: string;
  sequence: number | null;
  sizeBytes: number;
  /** null: larger than an operation may be. */
  operation: string | null;
}

export const asObject = (row: StoredRow, device: string): RemoteObject => ({
  key: row.key,
  version: row.version,
  sizeBytes: row.sizeBytes,
  ownSequence: row.device === device ? row.sequence : null,
  ...(row.operation === null ? {} : { content: Buffer.from(row.operation) }),
});

/** The row that holds an entry already, or holds it now; null: none does. */
export function resultFor({ operation }: RemoteEntry, rows: readonly StoredRow[]): AppendResult | null {
  for (const row of rows) {
    const stored = row.opId === operation.op_id ? operationIn(row) : null;
    if (stored === null || !isSameOperation(stored, operation)) continue;
    const { key, version, sizeBytes } = row;
    return { isStored: true, key, version, sizeBytes, holdsPayload: !isEmptied(stored) };
  }
  return null;
}

function operationIn({ operation }: StoredRow): Operation | null {
  const parsed = operation === null ? null : parseOperationText(operation);
  return parsed?.ok === true ? parsed.operation : null;
}

export const MOST_BYTES = MAX_OPERATION_BYTES;
export const PAGE_ROWS = 500; // one transaction of the reader
