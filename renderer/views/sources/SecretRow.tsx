import { useState } from 'react';
import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { useCall } from '../../link/use-call.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Refusal } from '../../parts/Refusal.tsx';
import { type Draft, secretNameOf, secretUse, textOf, withSecret } from './draft.ts';

/** A secret goes into the store and never comes back: only whether it is set is shown. */
export function SecretRow({ draft, onChange }: { draft: Draft; onChange: (draft: Draft) => void }) {
  const use = secretUse(draft);
  const { backend } = useServices();
  const secrets = useCall('query.secrets', use === null ? null : {});
  const act = useAct();
  const [value, setValue] = useState('');
  const [isReplacing, setReplacing] = useState(false);
  if (use === null) return null;
  const isSet = use.name !== null && secrets.value?.names.includes(use.name) === true;
  const save = async () => {
    const name = use.name ?? secretNameOf(textOf(draft, 'name'));
    const done = await act.run('secret', () => backend.call('command.secret.set', { name, value }));
    if (done === undefined) return;
    setValue('');
    setReplacing(false);
    secrets.again();
    onChange(withSecret(draft, name));
  };
  return (
    <>
      <Refusal failure={act.failure} what="The secret was not stored" onDismiss={act.clear} />
      <div className="source-secret" data-set={isSet}>
        <Icon name="lock" />
        <div>
          <strong>{isSet ? `The secret “${use.name ?? ''}” is set` : `${use.label} is not set`}</strong>
          <span>
            {secrets.value?.protection.text ?? secrets.failure?.message ?? ''} It holds {use.holds}, and is
            never shown again.
          </span>
        </div>
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
          <form
            onSubmit={(event) => {
              event.preventDefault();
              void save();
            }}
          >
            <input
              className="field"
              type="password"
              aria-label={use.label}
              autoComplete="new-password"
              value={value}
              onChange={({ target }) => {
                setValue(target.value);
              }}
            />
            <button type="submit" className="button" disabled={value === '' || act.doing !== null}>
              Store
            </button>
          </form>
        )}
      </div>
    </>
  );
}
