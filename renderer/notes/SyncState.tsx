import { useRef, useState } from 'react';
import type { PendingOperation, ShownAnnotation } from '../../shared/rpc/contract/annotations.ts';
import { useServices } from '../app/services.ts';
import { Icon } from '../parts/Icon.tsx';
import { Popover } from '../parts/Popover.tsx';
import { syncNotes } from './follow-notes.ts';
import { momentInWords, type NoteSurroundings } from './note-words.ts';

interface SyncStateProps {
  note: Pick<ShownAnnotation, 'annotationId' | 'environment' | 'sync' | 'isPending'>;
  surroundings: NoteSurroundings;
}

/** Pending, synced or in conflict; a pending one says why when it is pressed. */
export function SyncState({ note, surroundings }: SyncStateProps) {
  const { backend } = useServices();
  const anchor = useRef<HTMLButtonElement>(null);
  const [reasons, setReasons] = useState<readonly PendingOperation[] | null>(null);
  const { annotationId, environment } = note;
  const badge =
    note.sync === 'conflict' ? (
      <span className="badge badge-crit">
        <Icon name="compare" />
        Conflict
      </span>
    ) : null;
  if (!note.isPending) {
    return (
      badge ?? (
        <span className="badge badge-quiet">
          <Icon name="check" />
          Synced
        </span>
      )
    );
  }
  const ask = () => {
    backend
      .call('query.annotations.pending', { environment, annotationId })
      .then(({ operations }) => {
        setReasons(operations);
      })
      .catch(() => {
        setReasons([]);
      });
  };
  return (
    <>
      {badge}
      <button
        ref={anchor}
        type="button"
        className="badge badge-note"
        aria-haspopup="dialog"
        aria-expanded={reasons !== null}
        title="Why is this pending?"
        onClick={() => {
          if (reasons === null) ask();
          else setReasons(null);
        }}
      >
        <Icon name="clock" />
        Pending
      </button>
      {reasons !== null && (
        <Popover
          anchor={anchor}
          label="Why is this pending?"
          align="end"
          onClose={() => {
            setReasons(null);
          }}
        >
          <div ref={focusOnce} className="note-why" tabIndex={-1}>
            {reasons.length === 0 && <p>It has arrived meanwhile.</p>}
            {reasons.map((reason) => (
              <p key={`${reason.opId} ${reason.remote ?? ''}`}>
                <strong>{KIND_WORDS[reason.kind]}</strong> {reasonInWords(reason, surroundings)}
              </p>
            ))}
            {reasons.some(({ remote }) => remote !== null) && (
              <button
                type="button"
                className="button"
                onClick={() => {
                  syncNotes(backend, environment);
                  setReasons(null);
                }}
              >
                Try now
              </button>
            )}
          </div>
        </Popover>
      )}
    </>
  );
}

/** Keys that are pressed now are meant for it: Esc closes it, and not the panel. */
const focusOnce = (element: HTMLElement | null): void => {
  element?.focus();
};

const KIND_WORDS: Record<PendingOperation['kind'], string> = {
  create: 'The note',
  edit: 'A change',
  resolve: 'A resolution',
  reply: 'A reply',
  delete: 'The deletion',
  restore: 'The restoration',
  redact: 'A removal of personal data',
  firing: 'What was said of an alert',
};

function reasonInWords(
  { reason, remote, failures, nextAttemptAtMs, message }: PendingOperation,
  surroundings: NoteSurroundings,
): string {
  switch (reason) {
    case 'no-remote':
      return 'is kept on this device: no source takes notes of this environment yet.';
    case 'first-attempt':
      return `waits for its first way to ${remote ?? ''}; that takes seconds.`;
    case 'refused':
      return `was refused by ${remote ?? ''}: ${message ?? 'no reason was given'}.`;
    case 'retrying': {
      const next =
        nextAttemptAtMs === null ? '' : `, next try ${momentInWords(nextAttemptAtMs, surroundings)}`;
      return `could not be sent to ${remote ?? ''} (${message ?? 'no answer'}); tried ${failures}×${next}.`;
    }
  }
}
