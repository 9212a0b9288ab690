import { useState } from 'react';
import { useServices } from '../app/services.ts';
import { useAct } from './use-act.ts';
import { useCall } from './use-call.ts';

/** What a secret is for. */
export interface SecretUse {
  /** Under which the store holds it; null: none yet. */
  name: string | null;
  label: string;
  holds: string;
}

/** Typing a secret: it goes into the store and never comes back; only whether it is set is known. */
export function useSecretEntry(
  use: SecretUse | null,
  { newName, onStored }: { newName: () => string; onStored: (name: string) => void },
) {
  const { backend } = useServices();
  const secrets = useCall('query.secrets', use === null ? null : {});
  const act = useAct();
  const [value, setValue] = useState('');
  const [isReplacing, setReplacing] = useState(false);
  const name = use?.name ?? null;
  const isSet = name !== null && secrets.value?.names.includes(name) === true;
  return {
    isSet,
    /** It is typed now, not only said to be set. */
    isAsked: !isSet || isReplacing,
    value,
    setValue,
    replace: () => {
      setReplacing(true);
    },
    /** How the store of this machine protects it, or why that is not known. */
    protection: secrets.value?.protection.text ?? secrets.failure?.message ?? '',
    failure: act.failure,
    clearFailure: act.clear,
    canStore: value !== '' && act.doing === null,
    async store() {
      const storedName = name ?? newName();
      const done = await act.run('secret', () =>
        backend.call('command.secret.set', { name: storedName, value }),
      );
      if (done === undefined) return;
      setValue('');
      setReplacing(false);
      secrets.again();
      onStored(storedName);
    },
  };
}
