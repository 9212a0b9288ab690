import { createHash } from 'node:crypto';
import type { NotesReadDb } from '../../catalogue/notes/open-notes-db.ts';
import { MAX_OPERATION_BYTES, operationText } from '../../../shared/annotations/operation.ts';
import { type AdmittedCounts, admit } from './admit.ts';
import type { Arrival } from './arrival.ts';
import { createLogRows } from './log-rows.ts';
import type { NotesStore } from './notes-store.ts';

/** Every operation as one line of NDJSON, with its environment, in the order in which this device learned of them. */
export function* exportLines(
  db: Pick<NotesReadDb, 'prepare'>,
  environment: string | null = null,
): Generator<string> {
  const log = createLogRows(db);
  for (const name of log.environments()) {
    if (environment !== null && name !== environment) continue;
    for (const { operation } of log.all(name))
      yield `${operationText(operation).slice(0, -1)},"environment":${JSON.stringify(name)}}\n`;
  }
}

export interface ImportOptions {
  /** What the lines come from, for people who look for a refused one. */
  name: string;
  /** null: each line says its own. */
  environment: string | null;
  signal?: AbortSignal;
}

const BATCH_LINES = 200;

/** Takes in lines of operations; they are sent on to the sources of their environment. */
export async function importLines(
  notes: NotesStore,
  lines: AsyncIterable<string> | Iterable<string>,
  { name, environment, signal }: ImportOptions,
): Promise<AdmittedCounts> {
  const total: AdmittedCounts = { read: 0, kept: 0, duplicate: 0, quarantined: 0 };
  let batch: Arrival[] = [];
  let number = 0;
  const flush = (): void => {
    const counts = admit(notes, { environment, origin: 'import', remoteId: null }, batch);
    for (const key of ['read', 'kept', 'duplicate', 'quarantined'] as const) total[key] += counts[key];
    batch = [];
  };
  for await (const line of lines) {
    signal?.throwIfAborted();
    number++;
    if (line.trim() === '') continue;
    batch.push(arrivalOf(line, `${name}:${number}`));
    if (batch.length >= BATCH_LINES) flush();
  }
  flush();
  return total;
}

function arrivalOf(line: string, place: string): Arrival {
  const bytes = Buffer.from(line);
  const isTooLarge = bytes.length > MAX_OPERATION_BYTES;
  const version = createHash('sha256').update(bytes).digest('base64url');
  return { place, version, sizeBytes: bytes.length, content: isTooLarge ? null : bytes };
}
