import { viewBytes } from '../store/byte-view.ts';
import { VALUE_KIND } from '../store/event-columns.ts';
import type { EnvironmentState } from '../store/environment-state.ts';
import type { EventDraft } from '../store/event-draft.ts';
import { STATE_EVENT, STATE_PROPERTY } from './event-rules.ts';

/** States of reactions that a source's owner has said how to read. */
export type StateReadings = Readonly<Record<string, string>>;

/**
 * Puts the known state in the place of one that no taxonomy version names. A state that a version has come to name is
 * read as itself, and so is one whose reading no version knows any more.
 */
export function createStateTranslation(
  environment: EnvironmentState,
  readings: StateReadings | undefined,
  known: ReadonlySet<string> | null,
): (draft: EventDraft) => void {
  const used = Object.entries(readings ?? {}).filter(
    ([state, as]) => known !== null && !known.has(state) && known.has(as),
  );
  if (used.length === 0) return () => undefined;
  const dictionary = environment.dictionary(`p.${STATE_PROPERTY}`);
  const codeOf = (text: string): number => {
    const bytes = new TextEncoder().encode(text);
    return dictionary.add(viewBytes(bytes), 0, bytes.length);
  };
  const codes = new Map(used.map(([state, as]) => [codeOf(state), codeOf(as)]));
  const id = environment.propertyId(STATE_PROPERTY);
  const names = environment.dictionary('event_type');
  return (draft) => {
    const at = draft.indexOf(id);
    if (at === -1 || draft.kinds[at] !== VALUE_KIND.text) return;
    const as = codes.get(draft.values[at] ?? 0);
    if (as !== undefined && names.textOf(draft.event) === STATE_EVENT) draft.values[at] = as;
  };
}
