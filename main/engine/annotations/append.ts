import {
  MAX_OPERATION_BYTES,
  type Operation,
  type OperationKind,
  operationText,
  parseOperation,
} from '../../../shared/annotations/operation.ts';
import { AppError } from '../../../shared/errors.ts';
import type { NotesStore } from './notes-store.ts';
import { enqueue } from './outbox.ts';

export interface Draft {
  annotationId: string;
  kind: OperationKind;
  fields: Record<string, unknown>;
  opId?: string | undefined;
}

/** Makes an operation of this device: after everything that is known of its annotation. */
export function operationOf(notes: NotesStore, environment: string, draft: Draft): Operation {
  const thread = notes.folded(environment).operationsOf(draft.annotationId);
  const operation = {
    op_id: draft.opId ?? notes.newId(),
    annotation_id: draft.annotationId,
    kind: draft.kind,
    fields: draft.fields,
    hlc: notes.clock.tick(thread.map(({ hlc }) => hlc)),
    device: notes.device,
    author: notes.author,
  };
  return checkedOperation(operation);
}

/** Whatever this device writes must be taken by every other one. */
function checkedOperation(value: object): Operation {
  const parsed = parseOperation(value);
  if (!parsed.ok) {
    const path = parsed.field?.replace(/^fields\./, '');
    throw new AppError(
      'bad-input',
      `the note cannot be saved: ${path ?? parsed.reason} is not what it must be`,
      {
        ...(path === undefined ? {} : { path }),
      },
    );
  }
  if (Buffer.byteLength(operationText(parsed.operation)) > MAX_OPERATION_BYTES)
    throw new AppError('too-large', 'the note is too long to be saved as one operation');
  return parsed.operation;
}

/** Log, queue and clock in one transaction: once this returns the operation is on the disk. */
export function appendLocal(notes: NotesStore, environment: string, operations: readonly Operation[]): void {
  notes.transact(() => logLocal(notes, environment, operations));
  notes.committed(environment, operations, emptiedThreads(operations));
}

/** Part of a transaction of the caller. */
export function logLocal(notes: NotesStore, environment: string, operations: readonly Operation[]): void {
  for (const operation of operations) {
    const arrival = notes.log.insert(operation, { environment, origin: 'local', nowMs: notes.wallMs() });
    if (arrival !== null) enqueue(notes, environment, arrival);
    if (operation.kind === 'redact')
      notes.log.empty(environment, operation.annotation_id, operation.fields.op_ids);
  }
  notes.keepClock();
}

export const emptiedThreads = (operations: readonly Operation[]): Set<string> =>
  new Set(operations.filter(({ kind }) => kind === 'redact').map(({ annotation_id }) => annotation_id));
