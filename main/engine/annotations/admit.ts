import {
  MAX_OPERATION_BYTES,
  type Operation,
  type ParsedOperation,
  type Refusal,
  emptyOperation,
  isEmptied,
  parseOperationText,
} from '../../../shared/annotations/operation.ts';
import { emptiedThreads, logLocal, operationOf } from './append.ts';
import type { Arrival, ArrivedFrom } from './arrival.ts';
import { namesRefusedUser, textsOf } from './names-user.ts';
import type { NotesStore } from './notes-store.ts';
import { enqueue } from './outbox.ts';
import { forgetBeginnings, setAside } from './quarantine.ts';
import { noteObject } from './remote-objects.ts';

export interface AdmittedCounts {
  read: number;
  kept: number;
  duplicate: number;
  quarantined: number;
}

interface Admitted {
  environment: string;
  operation: Operation;
}

/**
 * Takes what arrived into the log, in one transaction: operations that are new, and into quarantine what is none. Nothing
 * that arrives can stop what arrives beside it.
 */
export function admit(notes: NotesStore, from: ArrivedFrom, arrivals: readonly Arrival[]): AdmittedCounts {
  const counts: AdmittedCounts = { read: arrivals.length, kept: 0, duplicate: 0, quarantined: 0 };
  const admitted: Admitted[] = [];
  notes.transact(() => {
    for (const arrival of arrivals) {
      const outcome = admitOne(notes, from, arrival);
      if (outcome === 'duplicate' || outcome === 'quarantined') counts[outcome]++;
      else {
        counts.kept++;
        admitted.push(...outcome);
      }
    }
    notes.keepClock();
  });
  announce(notes, admitted);
  return counts;
}

function announce(notes: NotesStore, admitted: readonly Admitted[]): void {
  for (const [environment, group] of Map.groupBy(admitted, (one) => one.environment)) {
    const operations = group.map(({ operation }) => operation);
    notes.committed(environment, operations, emptiedThreads(operations));
  }
}

function admitOne(
  notes: NotesStore,
  from: ArrivedFrom,
  arrival: Arrival,
): Admitted[] | 'duplicate' | 'quarantined' {
  const parsed = inEnvironment(from.environment, parseArrival(arrival));
  if (!parsed.ok) {
    setAside(notes, from, { arrival, refusal: parsed });
    if (from.remoteId !== null)
      noteObject(notes, from.remoteId, { ...arrival, state: 'quarantined', opId: null, holdsPayload: true });
    return 'quarantined';
  }
  const { environment, operation } = parsed;
  if (from.remoteId !== null) {
    const [opId, holdsPayload] = [operation.op_id, !isEmptied(operation)];
    noteObject(notes, from.remoteId, { ...arrival, state: 'read', opId, holdsPayload });
    forgetBeginnings(notes, from.remoteId, arrival);
  }
  return logArrived(notes, { ...from, environment }, operation);
}

function parseArrival({ content, sizeBytes }: Arrival): ParsedOperation {
  if (content === null || sizeBytes > MAX_OPERATION_BYTES)
    return { ok: false, reason: 'too-large', field: null };
  const text = decoded(content);
  return text === null ? { ok: false, reason: 'not-json', field: null } : parseOperationText(text);
}

/** Bytes that are no UTF-8 must not become another text; they stay as they are, in quarantine. */
function decoded(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function inEnvironment(
  wanted: string | null,
  parsed: ParsedOperation,
): Refusal | { ok: true; environment: string; operation: Operation } {
  if (!parsed.ok) return parsed;
  const environment = parsed.environment ?? wanted;
  if (environment === null) return { ok: false, reason: 'not-an-operation', field: 'environment' };
  if (wanted !== null && environment !== wanted)
    return { ok: false, reason: 'other-environment', field: 'environment' };
  return { ok: true, environment, operation: parsed.operation };
}

function logArrived(
  notes: NotesStore,
  from: { environment: string; origin: 'remote' | 'import'; remoteId: number | null },
  arrived: Operation,
): Admitted[] | 'duplicate' {
  const { environment, origin, remoteId } = from;
  const isKnownEmptied = notes.log.isEmptied(environment, arrived);
  const isRefused = !isKnownEmptied && namesRefused(notes, arrived);
  const operation = isKnownEmptied || isRefused ? emptyOperation(arrived) : arrived;
  notes.clock.observe(operation.hlc);
  const arrival = notes.log.insert(operation, { environment, origin, nowMs: notes.wallMs() });
  if (arrival === null) {
    if (remoteId !== null) acknowledge(notes, { environment, remoteId }, operation);
    return 'duplicate';
  }
  if (origin === 'import') enqueue(notes, environment, arrival);
  if (operation.kind === 'redact')
    notes.log.empty(environment, operation.annotation_id, operation.fields.op_ids);
  const admitted = [{ environment, operation }];
  return isRefused
    ? [...admitted, { environment, operation: redactLate(notes, environment, operation) }]
    : admitted;
}

/** It lies in the source already: an upload whose answer was lost. */
function acknowledge(
  notes: NotesStore,
  { environment, remoteId }: { environment: string; remoteId: number },
  operation: Operation,
): void {
  const arrival = notes.log.arrivalOf(environment, operation);
  if (arrival === null) return;
  notes.db
    .prepare<[number, number]>('DELETE FROM outbox WHERE arrival = ? AND remote_id = ?')
    .run(arrival, remoteId);
}

function namesRefused({ isRefusedUser }: NotesStore, operation: Operation): boolean {
  if (isRefusedUser === null || operation.kind === 'redact' || isEmptied(operation)) return false;
  return namesRefusedUser(textsOf(operation), isRefusedUser);
}

/** A note about a person who was removed came from a device that did not know: the others must empty it as well. */
function redactLate(notes: NotesStore, environment: string, { annotation_id, op_id }: Operation): Operation {
  const redact = operationOf(notes, environment, {
    annotationId: annotation_id,
    kind: 'redact',
    fields: { op_ids: [op_id] },
  });
  logLocal(notes, environment, [redact]);
  return redact;
}
