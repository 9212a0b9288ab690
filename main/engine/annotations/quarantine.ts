import type { Refusal, RefusalReason } from '../../../shared/annotations/operation.ts';
import type { Arrival, ArrivedFrom } from './arrival.ts';
import { namesRefusedUser } from './names-user.ts';
import type { NotesStore } from './notes-store.ts';

const KEPT_BYTES = 64 * 1024 * 1024; // of all copies together; beyond it only the places are kept

/** Takes what is no operation out of the way, with a copy where it is small enough. Part of a transaction. */
export function setAside(
  notes: NotesStore,
  { environment, origin, remoteId }: ArrivedFrom,
  { arrival, refusal }: { arrival: Arrival; refusal: Refusal },
): void {
  const { place, version, sizeBytes, content } = arrival;
  notes.db
    .prepare<[Record<string, unknown>]>(
      `INSERT INTO quarantine (remote_id, environment, origin, place, version, reason, field, content, size_bytes,
         found_at_ms)
       VALUES (@remoteId, @environment, @origin, @place, @version, @reason, @field, @content, @sizeBytes, @nowMs)
       ON CONFLICT DO NOTHING`,
    )
    .run({
      remoteId,
      environment: environment ?? '',
      origin,
      place,
      version,
      reason: refusal.reason,
      field: refusal.field,
      content: refusal.reason === 'too-large' ? null : copyToKeep(notes, content),
      sizeBytes,
      nowMs: notes.wallMs(),
    });
}

/** A file that was read while it was being written: what was set aside is the beginning of what is there now. */
export function forgetBeginnings(notes: NotesStore, remoteId: number, { place, content }: Arrival): void {
  notes.db
    .prepare<[Record<string, unknown>]>(
      `DELETE FROM quarantine WHERE remote_id = @remoteId AND place = @place
         AND content = substr(@content, 1, length(content))`,
    )
    .run({ remoteId, place, content });
}

/** No copy where a deletion request has removed a person whom it names, nor where the copies have grown too many. */
function copyToKeep(notes: NotesStore, content: Uint8Array | null): Uint8Array | null {
  if (content === null || notes.quarantinedBytes > KEPT_BYTES) return null;
  const { isRefusedUser } = notes;
  if (isRefusedUser !== null && namesRefusedUser([Buffer.from(content).toString('utf8')], isRefusedUser))
    return null;
  notes.quarantinedBytes += content.length;
  return content;
}

export interface QuarantinedOperation {
  quarantineId: number;
  environment: string;
  /** Name of the source; null: a file, or a source that is no more. */
  remote: string | null;
  /** Key of the object, or file and line. */
  place: string;
  reason: RefusalReason;
  field: string | null;
  sizeBytes: number;
  foundAtMs: number;
  /** As it came, to be shown as plain text; null: too large to keep a copy, or emptied by a deletion request. */
  content: string | null;
}

type Row = Omit<QuarantinedOperation, 'content'> & { content: Buffer | null };

/** Newest first. */
export const quarantined = (notes: NotesStore, limit: number): QuarantinedOperation[] =>
  notes.db
    .prepare<[number], Row>(
      `SELECT quarantine_id AS quarantineId, quarantine.environment, remotes.name AS remote, place, reason, field,
         size_bytes AS sizeBytes, found_at_ms AS foundAtMs, content
       FROM quarantine LEFT JOIN remotes USING (remote_id) ORDER BY quarantine_id DESC LIMIT ?`,
    )
    .all(limit)
    .map((row) => ({ ...row, content: row.content?.toString('utf8') ?? null }));

export function countQuarantined(notes: NotesStore): number {
  return (
    notes.db.prepare<[], { count: number }>('SELECT count(*) AS count FROM quarantine').get()?.count ?? 0
  );
}
