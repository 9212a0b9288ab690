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

interface Outcome {
  outcome: 'kept' | 'duplicate' | 'quarantined';
  /** Operations that are new, or whose upload turns out to have succeeded. */
  changed: Admitted[];
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
      const { outcome, changed } = admitOne(notes, from, arrival);
      counts[outcome]++;
      admitted.push(...changed);
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

function admitOne(notes: NotesStore, from: ArrivedFrom, arrival: Arrival): Outcome {
  const parsed = inEnvironment(from.environment, parseArrival(arrival));
  if (!parsed.ok) {
    setAside(notes, from, { arrival, refusal: parsed });
    if (from.remoteId !== null)
      noteObject(notes, from.remoteId, {
        ...arrival,
        state: 'quarantined',
        operation: null,
        holdsPayload: true,
      });
    return { outcome: 'quarantined', changed: [] };
  }
  const { environment, operation } = parsed;
  if (from.remoteId !== null) {
    const holdsPayload = !isEmptied(operation);
    noteObject(notes, from.remoteId, { ...arrival, state: 'read', operation, holdsPayload });
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
): Outcome {
  const { environment, origin, remoteId } = from;
  const isKnownEmptied = notes.log.isEmptied(environment, arrived);
  const isRefused = !isKnownEmptied && namesRefused(notes, arrived);
  const operation = isKnownEmptied || isRefused ? emptyOperation(arrived) : arrived;
  notes.clock.observe(operation.hlc);
  const arrival = notes.log.insert(operation, { environment, origin, nowMs: notes.wallMs() });
  if (arrival === null) {
    const isNews = remoteId !== null && acknowledge(notes, { environment, remoteId }, operation);
    return { outcome: 'duplicate', changed: isNews ? [{ environment, operation }] : [] };
  }
  if (origin === 'import') enqueue(notes, environment, arrival);
  if (operation.kind === 'redact')
    notes.log.empty(environment, operation.annotation_id, operation.fields.op_ids);
  const redacts = isRefused ? [redactLate(notes, environment, operation)] : [];
  return {
    outcome: 'kept',
    changed: [operation, ...redacts].map((one) => ({ environment, operation: one })),
  };
}

/** It lies in the source already: an upload whose answer was lost. True where it was waiting. */
function acknowledge(
  notes: NotesStore,
  { environment, remoteId }: { environment: string; remoteId: number },
  operation: Operation,
): boolean {
  const arrival = notes.log.arrivalOf(environment, operation);
  if (arrival === null) return false;
  const { changes } = notes.db
    .prepare<[number, number]>('DELETE FROM outbox WHERE arrival = ? AND remote_id = ?')
    .run(arrival, remoteId);
  return changes > 0;
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
