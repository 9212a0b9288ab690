import { parseOperationText } from '../../../shared/annotations/operation.ts';
import { type AdmittedCounts, admit } from './admit.ts';
import type { ArrivedFrom } from './arrival.ts';
import type { NotesStore } from './notes-store.ts';

interface Row {
  quarantineId: number;
  remoteId: number | null;
  environment: string;
  origin: ArrivedFrom['origin'];
  place: string;
  version: string;
  sizeBytes: number;
  content: Buffer;
}

/** What an older version of the program could not read may make sense to this one. */
export function reexamine(notes: NotesStore): AdmittedCounts {
  const total: AdmittedCounts = { read: 0, kept: 0, duplicate: 0, quarantined: 0 };
  for (const row of readableRows(notes)) {
    const { quarantineId, remoteId, environment, origin, ...arrival } = row;
    const from = { environment: environment === '' ? null : environment, origin, remoteId };
    const counts = admit(notes, from, [arrival]);
    if (counts.quarantined === 0)
      notes.db.prepare<[number]>('DELETE FROM quarantine WHERE quarantine_id = ?').run(quarantineId);
    for (const name of ['read', 'kept', 'duplicate', 'quarantined'] as const) total[name] += counts[name];
  }
  return total;
}

function readableRows(notes: NotesStore): Row[] {
  return notes.db
    .prepare<[], Row>(
      `SELECT quarantine_id AS quarantineId, remote_id AS remoteId, environment, origin, place, version,
         size_bytes AS sizeBytes, content
       FROM quarantine WHERE reason IN ('unknown-kind', 'future-schema') AND content IS NOT NULL
       ORDER BY quarantine_id`,
    )
    .all()
    .filter(({ content }) => parseOperationText(content.toString('utf8')).ok);
}
