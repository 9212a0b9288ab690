import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { useCall } from '../../link/use-call.ts';
import { PlainTile } from '../../parts/PlainTile.tsx';
import { Refusal } from '../../parts/Refusal.tsx';

/** Names only: no value is ever shown. */
export function SecretsTile() {
  const { backend } = useServices();
  const secrets = useCall('query.secrets', {});
  const act = useAct();
  const names = secrets.value?.names ?? [];
  return (
    <PlainTile
      id="settings-secrets"
      title="Secrets"
      subtitle={secrets.value?.protection.text ?? ''}
      isBusy={secrets.isAsking}
    >
      <Refusal
        failure={act.failure ?? secrets.failure}
        what="The secrets cannot be reached"
        onDismiss={act.clear}
      />
      {names.length === 0 ? (
        <p className="fresh-quiet">None is set. A source that needs one asks for it.</p>
      ) : (
        <ul className="side-list settings-secrets">
          {names.map((name) => (
            <li key={name}>
              <code>{name}</code>
              <button
                type="button"
                className="button-quiet"
                aria-label={`Delete the secret ${name}`}
                onClick={() =>
                  void act
                    .run('delete', () => backend.call('command.secret.delete', { name }))
                    .then(() => {
                      secrets.again();
                    })
                }
              >
                Delete
              </button>
            </li>
          ))}
        </ul>
      )}
    </PlainTile>
  );
}
