import { type ReactNode, useState } from 'react';
import type { AlertChannel } from '../../../../shared/rpc/contract/alerts.ts';
import { useServices } from '../../../app/services.ts';
import { useAct } from '../../../link/use-act.ts';
import { useCall } from '../../../link/use-call.ts';
import { Refusal } from '../../../parts/Refusal.tsx';
import { SegmentedControl } from '../../../parts/SegmentedControl.tsx';
import { Select } from '../../../parts/Select.tsx';
import {
  CHANNEL_KINDS,
  type ChannelDraft,
  channelOf,
  draftOf,
  emptyDraft,
  SECRET_WORDS,
  secretNameOf,
} from './channel-draft.ts';

interface ChannelFormProps {
  environment: string;
  /** null: a new one. */
  saved: AlertChannel | null;
  /** Names of the others. */
  taken: readonly string[];
  onSave: (channel: AlertChannel) => Promise<boolean>;
  onClose: () => void;
}

const SECURITIES = [
  { id: 'starttls', label: 'STARTTLS' },
  { id: 'tls', label: 'TLS' },
  { id: 'none', label: 'None' },
] as const;

/** One channel. What is secret goes into the secret store as it is saved or tested, and never comes back. */
export function ChannelForm({ environment, saved, taken, onSave, onClose }: ChannelFormProps) {
  const { backend } = useServices();
  const [draft, setDraft] = useState(() => (saved === null ? emptyDraft('chat') : draftOf(saved)));
  const [secret, setSecret] = useState('');
  const [said, setSaid] = useState('');
  const secrets = useCall('query.secrets', {});
  const act = useAct();
  const change = (part: Partial<ChannelDraft>) => {
    setDraft({ ...draft, ...part });
    setSaid('');
  };
  const whole = secret === '' ? draft : { ...draft, secret: draft.secret ?? secretNameOf(draft) };
  const checked = channelOf(whole);
  const fault = taken.includes(whole.name.trim())
    ? 'Another channel has this name.'
    : 'fault' in checked
      ? checked.fault
      : null;
  const stored = async (): Promise<AlertChannel | undefined> => {
    if (!('channel' in checked)) return undefined;
    if (secret === '') return checked.channel;
    const name = whole.secret ?? '';
    const done = await act.run('secret', () => backend.call('command.secret.set', { name, value: secret }));
    if (done === undefined) return undefined;
    setDraft(whole);
    setSecret('');
    secrets.again();
    return checked.channel;
  };
  const test = async () => {
    setSaid('Sending…');
    const channel = await stored();
    const outcome =
      channel === undefined
        ? undefined
        : await act.run('test', () => backend.call('command.alert.channel.test', { environment, channel }));
    setSaid(outcome?.message ?? '');
  };
  const save = async () => {
    const channel = await stored();
    if (channel !== undefined && (await onSave(channel))) onClose();
  };
  const isBusy = act.doing !== null;
  return (
    <form
      className="channel-form"
      aria-label={saved === null ? 'New channel' : `Channel ${saved.name}`}
      onSubmit={(event) => {
        event.preventDefault();
        if (fault === null) void save();
      }}
    >
      <Refusal failure={act.failure} what="It was refused" onDismiss={act.clear} />
      {saved === null && (
        <SegmentedControl
          label="Kind"
          choices={CHANNEL_KINDS}
          chosen={draft.kind}
          onChoose={(kind) => {
            setDraft({ ...emptyDraft(kind), name: draft.name });
            setSecret('');
          }}
        />
      )}
      <Field label="Name" value={draft.name} isFixed={saved !== null} onChange={(name) => change({ name })} />
      {draft.kind === 'webhook' && (
        <Field
          label="Address"
          value={draft.url}
          placeholder="https://"
          inputMode="url"
          onChange={(url) => change({ url })}
        />
      )}
      {draft.kind === 'mail' && <MailFields draft={draft} onChange={change} />}
      {SECRET_WORDS[draft.kind] !== null && (
        <Field
          label={SECRET_WORDS[draft.kind] ?? ''}
          value={secret}
          isSecret
          placeholder={draft.secret === null ? '' : 'set; type to replace it'}
          note={secrets.value?.protection.text ?? secrets.failure?.message}
          onChange={setSecret}
        />
      )}
      <p className="alert-note" role="status">
        {said !== '' ? said : (fault ?? '')}
      </p>
      <div className="channel-buttons">
        <button type="submit" className="button-primary" disabled={fault !== null || isBusy}>
          Save channel
        </button>
        <button
          type="button"
          className="button"
          disabled={fault !== null || isBusy}
          onClick={() => void test()}
        >
          Send a test
        </button>
        <button type="button" className="button-quiet" onClick={onClose}>
          Discard
        </button>
      </div>
    </form>
  );
}

function MailFields({
  draft,
  onChange,
}: {
  draft: ChannelDraft;
  onChange: (part: Partial<ChannelDraft>) => void;
}) {
  return (
    <>
      <Field label="Mail server" value={draft.host} onChange={(host) => onChange({ host })} />
      <Field label="Port" value={draft.port} inputMode="numeric" onChange={(port) => onChange({ port })} />
      <div className="alert-field">
        <span aria-hidden="true">Security</span>
        <Select
          label="Security"
          choices={SECURITIES}
          chosen={draft.security}
          onChoose={(security) => {
            onChange({ security });
          }}
        />
      </div>
      <Field label="User (optional)" value={draft.user} onChange={(user) => onChange({ user })} />
      <Field label="From" value={draft.from} inputMode="email" onChange={(from) => onChange({ from })} />
      <Field label="To" value={draft.to} inputMode="email" onChange={(to) => onChange({ to })} />
    </>
  );
}

interface FieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  isSecret?: boolean;
  /** It names what is saved, so that rules find it. */
  isFixed?: boolean;
  placeholder?: string;
  note?: ReactNode;
  inputMode?: 'url' | 'numeric' | 'email';
}

function Field({
  label,
  value,
  onChange,
  isSecret = false,
  isFixed = false,
  placeholder,
  note,
  inputMode,
}: FieldProps) {
  return (
    <label className="alert-field">
      <span>{label}</span>
      <input
        className="field"
        data-width="full"
        type={isSecret ? 'password' : 'text'}
        autoComplete={isSecret ? 'new-password' : 'off'}
        spellCheck={false}
        readOnly={isFixed}
        value={value}
        placeholder={placeholder}
        inputMode={inputMode}
        onChange={({ target }) => {
          onChange(target.value);
        }}
      />
      {note !== undefined && <span className="channel-note">{note}</span>}
    </label>
  );
}
