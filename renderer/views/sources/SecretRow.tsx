import { useSecretEntry } from '../../link/use-secret-entry.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Refusal } from '../../parts/Refusal.tsx';
import { type Draft, secretNameOf, secretUse, textOf, withSecret } from './draft.ts';

/** A secret goes into the store and never comes back: only whether it is set is shown. */
export function SecretRow({ draft, onChange }: { draft: Draft; onChange: (draft: Draft) => void }) {
  const use = secretUse(draft);
  const entry = useSecretEntry(use, {
    newName: () => secretNameOf(textOf(draft, 'name')),
    onStored: (name) => {
      onChange(withSecret(draft, name));
    },
  });
  if (use === null) return null;
  const { isSet } = entry;
  return (
    <>
      <Refusal failure={entry.failure} what="The secret was not stored" onDismiss={entry.clearFailure} />
      <div className="source-secret" data-set={isSet}>
        <Icon name="lock" />
        <div>
          <strong>{isSet ? `The secret “${use.name ?? ''}” is set` : `${use.label} is not set`}</strong>
          <span>
            {entry.protection} It holds {use.holds}, and is never shown again.
          </span>
        </div>
        {!entry.isAsked ? (
          <button type="button" className="button" onClick={entry.replace}>
            Replace
          </button>
        ) : (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void entry.store();
            }}
          >
            <input
              className="field"
              type="password"
              aria-label={use.label}
              autoComplete="new-password"
              value={entry.value}
              onChange={({ target }) => {
                entry.setValue(target.value);
              }}
            />
            <button type="submit" className="button" disabled={!entry.canStore}>
              Store
            </button>
          </form>
        )}
      </div>
    </>
  );
}
