import { formatQuantity } from '../../shared/format/numbers.ts';
import { Icon } from '../parts/Icon.tsx';
import { closePanel, openPanel, useNotes } from './notes-store.ts';

/** In the status bar: what has not arrived everywhere, and what contradicts. */
export function NotesStatus() {
  const pending = useNotes(({ state }) => state?.counts.pending ?? 0);
  const conflict = useNotes(({ state }) => state?.counts.conflict ?? 0);
  if (pending === 0 && conflict === 0) return null;
  const words = [
    ...(pending === 0 ? [] : [`${formatQuantity(pending, 'annotation')} pending`]),
    ...(conflict === 0 ? [] : [formatQuantity(conflict, 'conflict')]),
  ];
  return (
    <button
      type="button"
      className="status-bar-notes"
      onClick={() => {
        openPanel({ shown: pending > 0 && conflict === 0 ? 'pending' : 'conflict' });
      }}
    >
      <Icon name="pin" />
      {words.join(', ')}
    </button>
  );
}

/** In the title bar: opens and closes the panel. */
export function NotesToggle() {
  const isOpen = useNotes((state) => state.isPanelOpen);
  return (
    <button
      type="button"
      className="button-icon"
      aria-label="Annotations"
      aria-pressed={isOpen}
      aria-keyshortcuts="]"
      title="Annotations (])"
      onClick={() => {
        if (isOpen) closePanel();
        else openPanel();
      }}
    >
      <Icon name="panel" />
    </button>
  );
}
