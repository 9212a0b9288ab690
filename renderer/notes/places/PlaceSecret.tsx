import { useState } from 'react';
import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { useCall } from '../../link/use-call.ts';
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
  const { backend } = useServices();
  const secrets = useCall('query.secrets', use === null ? null : {});
  const act = useAct();
  const [value, setValue] = useState('');
  const [isReplacing, setReplacing] = useState(false);
  if (use === null) return null;
  const isSet = use.name !== null && secrets.value?.names.includes(use.name) === true;
  const store = async () => {
    const name = use.name ?? secretNameFor(draft.name);
    const done = await act.run('secret', () => backend.call('command.secret.set', { name, value }));
    if (done === undefined) return;
    setValue('');
    setReplacing(false);
    secrets.again();
    onChange(withSecret(draft, name));
  };
  return (
    <div className="note-place-secret" data-set={isSet}>
      <p>
        <Icon name="lock" />
        <strong>{isSet ? `The secret “${use.name ?? ''}” is set` : `${use.label} is not set`}</strong>
      </p>
      <p className="note-quiet">
        {secrets.value?.protection.text ?? secrets.failure?.message ?? ''} It holds {use.holds}, is only for
        notes, and is never shown again.
      </p>
      <Refusal failure={act.failure} what="The secret was not stored" onDismiss={act.clear} />
      {isSet && !isReplacing ? (
        <button
          type="button"
          className="button"
          onClick={() => {
            setReplacing(true);
          }}
        >
          Replace
        </button>
      ) : (
        <span className="note-place-secret-row">
          <input
            className="field"
            type="password"
            aria-label={use.label}
            autoComplete="new-password"
            value={value}
            onChange={({ target }) => {
              setValue(target.value);
            }}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return;
              event.preventDefault(); // the form around would be saved without it
              if (value !== '') void store();
            }}
          />
          <button
            type="button"
            className="button"
            disabled={value === '' || act.doing !== null}
            onClick={() => void store()}
          >
            Store
          </button>
        </span>
      )}
    </div>
  );
}
