import { useState } from 'react';
import type { RemoteTest } from '../../../shared/annotations/remote.ts';
import { formatQuantity } from '../../../shared/format/numbers.ts';
import { useServices } from '../../app/services.ts';
import { useAct } from '../../link/use-act.ts';
import { useCall } from '../../link/use-call.ts';
import { Icon } from '../../parts/Icon.tsx';
import { Refusal } from '../../parts/Refusal.tsx';
import { checkedPlace, type PlaceDraft } from './place-draft.ts';
import { PlaceFields } from './PlaceFields.tsx';
import { PlaceSecret } from './PlaceSecret.tsx';

interface PlaceFormProps {
  first: PlaceDraft;
  environment: string;
  onDone: () => void;
}

/** A place for notes: described, looked into, and only then used. */
export function PlaceForm({ first, environment, onDone }: PlaceFormProps) {
  const { backend } = useServices();
  const act = useAct();
  const [draft, setDraft] = useState(first);
  const [makesTable, setMakesTable] = useState(false);
  const [tested, setTested] = useState<{ of: string; result: RemoteTest } | null>(null);
  const [isRemoving, setRemoving] = useState(false);
  const { remote, fault } = checkedPlace(draft, environment);
  const { value: table } = useCall('query.annotations.table', remote);
  const sql = table?.sql ?? null;
  const key = JSON.stringify(draft);
  const { remoteId } = draft;

  const test = async () => {
    if (remote === null) return;
    const result = await act.run('test', () => backend.call('query.annotations.remote.test', remote));
    if (result !== undefined) setTested({ of: key, result });
  };
  const save = async () => {
    if (remote === null) return;
    const wanted = { makesTable: makesTable && sql !== null };
    const saved = await act.run('save', () =>
      remoteId === null
        ? backend.call('command.annotations.remote.add', { remote, ...wanted })
        : backend.call('command.annotations.remote.update', {
            remoteId,
            name: remote.name,
            config: remote.config,
            ...wanted,
          }),
    );
    if (saved !== undefined) onDone();
  };
  const remove = async () => {
    if (remoteId === null) return;
    const done = await act.run('remove', () =>
      backend.call('command.annotations.remote.remove', { remoteId }),
    );
    if (done !== undefined) onDone();
  };

  return (
    <form
      className="note-place-form"
      aria-label="Place for notes"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <PlaceFields draft={draft} faultAt={fault?.field ?? null} onChange={setDraft} />
      <PlaceSecret draft={draft} onChange={setDraft} />
      {sql !== null && (
        <fieldset className="note-place-table">
          <legend>SQL that makes the table</legend>
          <pre tabIndex={0}>{sql}</pre>
          <label className="note-check">
            <input
              type="checkbox"
              checked={makesTable}
              onChange={({ target }) => {
                setMakesTable(target.checked);
              }}
            />
            Run it when this place is saved
          </label>
        </fieldset>
      )}
      {tested !== null && (
        <p className="note-place-test" role="status" data-old={tested.of !== key}>
          {tested.of === key ? <TestWords result={tested.result} /> : 'Changed since it was tested.'}
        </p>
      )}
      <Refusal failure={act.failure} what="That was refused" onDismiss={act.clear} />
      {isRemoving ? (
        <div className="note-place-remove" role="alertdialog" aria-label="Remove the place">
          <p>
            Notes stay on this device and over there; what still waits for “{first.name}” is not sent to it.
          </p>
          <button type="button" className="button" autoFocus onClick={() => void remove()}>
            Remove the place
          </button>
          <button
            type="button"
            className="button-quiet"
            onClick={() => {
              setRemoving(false);
            }}
          >
            Keep it
          </button>
        </div>
      ) : (
        <div className="note-place-ways">
          {remoteId !== null && (
            <button
              type="button"
              className="button"
              onClick={() => {
                setRemoving(true);
              }}
            >
              Remove
            </button>
          )}
          <span className="note-space" />
          <button
            type="button"
            className="button"
            disabled={remote === null || act.doing !== null}
            onClick={() => void test()}
          >
            {act.doing === 'test' ? 'Looking…' : 'Test'}
          </button>
          <button type="submit" className="button-primary" disabled={remote === null || act.doing !== null}>
            Save and sync
          </button>
        </div>
      )}
    </form>
  );
}

function TestWords({ result }: { result: RemoteTest }) {
  const { failure, operations, isMore, mayWrite } = result;
  if (failure !== null)
    return (
      <>
        <Icon name="alert" />
        {failure.message.slice(0, 1).toUpperCase() + failure.message.slice(1)}.
      </>
    );
  const there =
    operations === 0
      ? 'Nobody wrote there yet.'
      : `${isMore ? 'More than ' : ''}${formatQuantity(operations ?? 0, 'change')} of notes there.`;
  return (
    <>
      <Icon name={mayWrite === false ? 'alert' : 'check'} />
      It answers. {there} {WRITING[String(mayWrite) as keyof typeof WRITING]}
    </>
  );
}

const WRITING = {
  true: 'Notes may be written.',
  false: 'But this user may not write there.',
  null: 'Whether notes may be written shows with the first one.',
} as const;
