import type { EventDraft } from '../store/event-draft.ts';
import { plainEventId, setHashedId } from '../store/event-id.ts';
import { AGGREGATE_STEP_MS } from './aggregate-columns.ts';

/**
 * The rest of what makes an aggregate of a row whose ids were never decoded: its time in whole steps, as late as it was,
 * and an id that says nothing.
 */
export function reduceDraft(draft: EventDraft): void {
  const beyondMs = draft.tsMs % AGGREGATE_STEP_MS;
  draft.tsMs -= beyondMs;
  draft.receivedMs -= beyondMs;
  const { bytes } = draft.id;
  const text = plainEventId(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), 0);
  if (text !== null) setHashedId(draft.id, Buffer.from(text, 'latin1'));
}
