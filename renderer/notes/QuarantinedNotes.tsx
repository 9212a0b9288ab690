import { useEffect, useRef } from 'react';
import { REFUSAL_REASONS } from '../../shared/annotations/operation.ts';
import { formatQuantity } from '../../shared/format/numbers.ts';
import { useCall } from '../link/use-call.ts';
import { Icon } from '../parts/Icon.tsx';
import { Refusal } from '../parts/Refusal.tsx';
import { useNotes } from './notes-store.ts';
import './quarantined-notes.css';

const MOST_SHOWN = 200;

/** What lies in the sources and is no note, as plain text: nobody loses it, and nothing in it is followed. */
export function QuarantinedNotes({ onClose }: { onClose: () => void }) {
  const revision = useNotes((state) => state.revision);
  const { value, failure, again } = useCall('query.annotations.quarantined', { limit: MOST_SHOWN }, revision);
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    heading.current?.focus();
  }, []);
  return (
    <div
      className="note-aside"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.preventDefault();
        event.stopPropagation();
        onClose();
      }}
    >
      <div className="notes-head">
        <button type="button" className="button-icon" aria-label="Back" title="Back (Esc)" onClick={onClose}>
          <Icon name="chevron-left" />
        </button>
        <h2 ref={heading} tabIndex={-1}>
          Set aside
        </h2>
      </div>
      <div className="note-aside-list" aria-busy={value === null && failure === null}>
        <p className="note-quiet">
          These lie where notes do and are none that this version can read. They stay there, hold up no other
          note, and are looked at again after an update.
        </p>
        <Refusal failure={failure} what="They cannot be listed" onRetry={again} />
        <ul>
          {value?.entries.map(({ place, reason, text }, index) => (
            <li key={`${index} ${place}`}>
              <strong>{reasonInWords(reason)}</strong>
              <span className="note-quiet note-aside-place">{place}</span>
              {text === null ? (
                <span className="note-quiet">No copy is kept; it lies where it was found.</span>
              ) : (
                <pre tabIndex={0} aria-label={`Beginning of ${place}`}>
                  {text}
                </pre>
              )}
            </li>
          ))}
        </ul>
        {value?.entries.length === MOST_SHOWN && (
          <p className="note-quiet">The newest {formatQuantity(MOST_SHOWN, 'thing')}.</p>
        )}
      </div>
    </div>
  );
}

const reasonInWords = (reason: string): string =>
  Object.entries(REFUSAL_REASONS).find(([known]) => known === reason)?.[1] ?? reason;
