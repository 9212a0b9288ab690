import type { EnvironmentState } from '../store/environment-state.ts';
import { USER } from '../store/event-columns.ts';
import type { EventDraft } from '../store/event-draft.ts';
import { plainEventId } from '../store/event-id.ts';
import { grownU8 } from '../store/growable.ts';
import type { RefusalList } from './refusal-list.ts';

const REFUSED = 1;
const WELCOME = 2;

/** Whether a row is one of a user who asked to be forgotten; each user is hashed once. */
export function createRefusalCheck(
  refusals: RefusalList,
  environment: EnvironmentState,
): (draft: EventDraft) => boolean {
  if (refusals.isEmpty) return () => false;
  const users = environment.dictionary('user_id');
  let verdicts = new Uint8Array(64);

  function isRefusedUser(code: number): boolean {
    if (code <= 0) return false;
    if (code >= verdicts.length) verdicts = grownU8(verdicts, code + 1);
    verdicts[code] ||= refusals.isRefused(users.textOf(code)) ? REFUSED : WELCOME;
    return verdicts[code] === REFUSED;
  }

  /** An event whose own id is made from a user's id is theirs. */
  function namesRefusedUser({ id }: EventDraft): boolean {
    const text = plainEventId(Buffer.from(id.bytes.buffer, id.bytes.byteOffset, id.bytes.byteLength), 0);
    return text !== null && refusals.isNamedIn(text);
  }

  return (draft) => isRefusedUser(draft.codes[USER] ?? 0) || namesRefusedUser(draft);
}
