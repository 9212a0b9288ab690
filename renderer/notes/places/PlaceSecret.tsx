import { useSecretEntry } from '../../link/use-secret-entry.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Refusal } from '../../parts/Refusal.tsx';
import { type PlaceDraft, secretNameFor, secretUse, withSecret } from './place-draft.ts';

/** Credentials that may write, apart from those that events are read with. They go into the store and never come back. */
export function PlaceSecret({
  draft,
  onChange,
}: {
  draft: PlaceDraft;
  onChange: (draft: PlaceDraft) => void;
}) {
  const use = secretUse(draft);
  const entry = useSecretEntry(use, {
    newName: () => secretNameFor(draft.name),
    onStored: (name) => {
      onChange(withSecret(draft, name));
    },
  });
  if (use === null) return null;
  const { isSet } = entry;
  return (
    <div className="note-place-secret" data-set={isSet}>
      <p>
        <Icon name="lock" />
        <strong>{isSet ? `The secret “${use.name ?? ''}” is set` : `${use.label} is not set`}</strong>
      </p>
      <p className="note-quiet">
        {entry.protection} It holds {use.holds}, is only for notes, and is never shown again.
      </p>
      <Refusal failure={entry.failure} what="The secret was not stored" onDismiss={entry.clearFailure} />
      {!entry.isAsked ? (
        <button type="button" className="button" onClick={entry.replace}>
          Replace
        </button>
      ) : (
        <span className="note-place-secret-row">
          <input
            className="field"
            type="password"
            aria-label={use.label}
            autoComplete="new-password"
            value={entry.value}
            onChange={({ target }) => {
              entry.setValue(target.value);
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault(); // the form around would be saved without it
              if (entry.canStore) void entry.store();
            }}
          />
          <button
            type="button"
            className="button"
            disabled={!entry.canStore}
            onClick={() => void entry.store()}
          >
            Store
          </button>
        </span>
      )}
    </div>
  );
}
