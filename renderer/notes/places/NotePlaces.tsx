import { useEffect, useRef, useState } from 'react';
import type { NotesRemoteInfo } from '../../../shared/rpc/contract/annotations.ts';
import { formatQuantity } from '../../../shared/format/numbers.ts';
import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Refusal } from '../../parts/Refusal.tsx';
import { readNotesState } from '../follow-notes.ts';
import { momentInWords, type NoteSurroundings } from '../note-words.ts';
import { useNotes } from '../notes-store.ts';
import { AuthorName } from './AuthorName.tsx';
import { KIND_LABELS, newPlace, type PlaceDraft, placeInWords, placeOf } from './place-draft.ts';
import { PlaceForm } from './PlaceForm.tsx';
import './places.css';

interface NotePlacesProps {
  surroundings: NoteSurroundings;
  onClose: () => void;
}

/** Who writes here, and where notes of this environment go. */
export function NotePlaces({ surroundings, onClose }: NotePlacesProps) {
  const { backend } = useServices();
  const { environment } = surroundings.environment;
  const state = useNotes((notes) => notes.state);
  const [draft, setDraft] = useState<PlaceDraft | null>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const isEditing = draft !== null;
  useEffect(() => {
    heading.current?.focus();
  }, [isEditing]);
  const leave = () => {
    if (draft === null) onClose();
    else setDraft(null);
  };
  const again = () => void readNotesState(backend, environment);
  return (
    <div
      className="note-places"
      onKeyDown={(event) => {
        if (event.key !== 'Escape' || event.defaultPrevented) return;
        event.preventDefault();
        event.stopPropagation();
        leave();
      }}
    >
      <div className="notes-head">
        <button type="button" className="button-icon" aria-label="Back" title="Back (Esc)" onClick={leave}>
          <Icon name="chevron-left" />
        </button>
        <h2 ref={heading} tabIndex={-1}>
          {titleOf(draft)}
        </h2>
      </div>
      {draft === null ? (
        <div className="note-places-list">
          <AuthorName hasDevice />
          <h3>Notes of {environment} go to</h3>
          {state?.remotes.length === 0 && (
            <p className="note-quiet">Nowhere yet: they stay on this device, and none is lost.</p>
          )}
          <ul>
            {state?.remotes.map((remote) => (
              <PlaceRow
                key={remote.remoteId}
                remote={remote}
                surroundings={surroundings}
                onEdit={() => {
                  setDraft(placeOf(remote));
                }}
                onDone={again}
              />
            ))}
          </ul>
          <button
            type="button"
            className="button"
            onClick={() => {
              setDraft(newPlace('folder'));
            }}
          >
            <Icon name="plus" />
            Add a place
          </button>
        </div>
      ) : (
        <PlaceForm
          first={draft}
          environment={environment}
          onDone={() => {
            again();
            setDraft(null);
          }}
        />
      )}
    </div>
  );
}

function titleOf(draft: PlaceDraft | null): string {
  if (draft === null) return 'Where notes go';
  return draft.remoteId === null ? 'New place for notes' : `Edit ${draft.name}`;
}

interface PlaceRowProps {
  remote: NotesRemoteInfo;
  surroundings: NoteSurroundings;
  onEdit: () => void;
  onDone: () => void;
}

function PlaceRow({ remote, surroundings, onEdit, onDone }: PlaceRowProps) {
  const { backend } = useServices();
  const act = useAct();
  const { name, config, waiting, refused, environment, lastFailure } = remote;
  const sync = async () => {
    await act.run('sync', () => backend.call('command.annotations.sync', { environment }));
    onDone();
  };
  return (
    <li aria-label={name}>
      <div className="note-place-head">
        <Icon name={config.kind === 'folder' ? 'folder' : config.kind === 's3' ? 'bucket' : 'database'} />
        <strong>{name}</strong>
        {waiting === 0 && refused === 0 && lastFailure === null ? (
          <span className="badge badge-quiet">
            <Icon name="check" />
            {remote.pushedAt === null ? 'Nothing waits' : 'Synced'}
          </span>
        ) : (
          <span className="badge badge-note">
            <Icon name="clock" />
            {waiting + refused} pending
          </span>
        )}
      </div>
      <p className="note-quiet note-place-where">
        {KIND_LABELS[config.kind]}: {placeInWords(config)}
      </p>
      <p className="note-quiet">{stateInWords(remote, surroundings)}</p>
      {refused > 0 && (
        <p className="note-quiet">
          {formatQuantity(refused, 'change')} refused there; saving the place tries again.
        </p>
      )}
      <Refusal failure={act.failure} what="It was not synced" onDismiss={act.clear} />
      <div className="note-place-ways">
        <button
          type="button"
          className="button"
          disabled={act.doing !== null}
          onClick={() => void sync()}
          aria-label={`Sync ${name} now`}
        >
          <Icon name="sync" />
          {act.doing === null ? 'Sync now' : 'Syncing…'}
        </button>
        <button type="button" className="button" aria-label={`Edit ${name}`} onClick={onEdit}>
          Edit
        </button>
      </div>
    </li>
  );
}

function stateInWords(remote: NotesRemoteInfo, surroundings: NoteSurroundings): string {
  const { lastFailure, nextAttemptAt, pulledAt, pushedAt, waiting } = remote;
  const at = (iso: string) => momentInWords(Date.parse(iso), surroundings);
  if (lastFailure !== null) {
    const next = nextAttemptAt === null ? '' : `; next try ${at(nextAttemptAt)}`;
    return `Not reached: ${lastFailure.message}${next}.`;
  }
  const last = [pulledAt, pushedAt]
    .filter((iso) => iso !== null)
    .sort()
    .at(-1);
  const waits = waiting === 0 ? '' : `${formatQuantity(waiting, 'change')} on the way. `;
  return `${waits}${last === undefined ? 'Not synced yet.' : `Last synced ${at(last)}.`}`;
}
