import { existsSync } from 'node:fs';
import { notesPath } from '../../catalogue/notes/open-notes-db.ts';
import { type NotesStore, openNotes } from '../annotations/notes-store.ts';
import { redactUser } from '../annotations/redaction.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { PendingDeletion } from './deletion-requests.ts';

export interface ErasedNotes {
  annotations: number;
  remoteObjects: number;
}

/** By request. `notes`: the annotations where they are open already. */
export function eraseNotes(
  store: EngineStore,
  deletions: readonly PendingDeletion[],
  notes?: NotesStore,
): Map<string, ErasedNotes> {
  if (notes === undefined && !existsSync(notesPath(store.dataDir))) return new Map();
  const open = notes ?? openNotes(store.dataDir, { now: store.now });
  try {
    return new Map(deletions.map((deletion) => [deletion.requestId, eraseNotesOf(open, deletion)]));
  } finally {
    if (notes === undefined) open.close();
  }
}

function eraseNotesOf(notes: NotesStore, { userId, requestId }: PendingDeletion): ErasedNotes {
  const { objectsToRemove } = redactUser(notes, { userId, requestId });
  return { annotations: redactedAnnotations(notes, requestId), remoteObjects: objectsToRemove.length };
}

/** Of this request, those included that a run redacted which was stopped afterwards. */
function redactedAnnotations(notes: NotesStore, requestId: string): number {
  const ids = new Set<string>();
  for (const environment of notes.log.environments()) {
    for (const { operation } of notes.log.all(environment)) {
      if (operation.kind === 'redact' && operation.fields.request_id === requestId)
        ids.add(operation.annotation_id);
    }
  }
  return ids.size;
}
