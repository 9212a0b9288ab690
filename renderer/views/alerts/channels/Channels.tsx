import { useState } from 'react';
import type {
  AlertChannel,
  AlertSettings,
  AlertsState as Stored,
} from '../../../../shared/rpc/contract/alerts.ts';
import { useServices } from '../../../app/services.ts';
import { Icon, type IconName } from '../../../parts/Icon.tsx';
import type { Alerts } from '../use-alerts.ts';
import { KIND_WORDS, type ChannelKind } from './channel-draft.ts';
import { ChannelForm } from './ChannelForm.tsx';
import { QuietHours } from './QuietHours.tsx';
import './channels.css';

interface ChannelsProps {
  alerts: Alerts;
  state: Stored;
  environment: string;
}

const ICONS: Record<ChannelKind, IconName> = { device: 'bell', chat: 'link', webhook: 'link', mail: 'mail' };
const NEW = '';

/** Whom alerts are told to, which of them hear what the detectors find, and when nobody is. */
export function Channels({ alerts, state, environment }: ChannelsProps) {
  const { backend } = useServices();
  /** The name of the channel that is edited; null: none. */
  const [edited, setEdited] = useState<string | null>(null);
  const { settings, rules } = state;
  const { channels, detectorChannels } = settings;
  const save = (next: AlertSettings) =>
    alerts.change(() => backend.call('command.alert.settings.save', { environment, settings: next }));
  const saveChannel = (channel: AlertChannel) => {
    const isKnown = channels.some(({ name }) => name === channel.name);
    const next = isKnown
      ? channels.map((each) => (each.name === channel.name ? channel : each))
      : [...channels, channel];
    return save({ ...settings, channels: next });
  };
  const toggleFindings = (name: string) => {
    const isOn = detectorChannels.includes(name);
    const next = isOn ? detectorChannels.filter((each) => each !== name) : [...detectorChannels, name];
    void save({ ...settings, detectorChannels: next });
  };
  const remove = (name: string) => {
    void save({
      ...settings,
      channels: channels.filter((channel) => channel.name !== name),
      detectorChannels: detectorChannels.filter((each) => each !== name),
    });
  };
  return (
    <section className="alert-channels" aria-label="Channels">
      <div className="alert-head">
        <h2>Channels</h2>
        <span>checked ones are told what the detectors find; a rule names its own</span>
      </div>
      <ul className="channel-list">
        {channels.map((channel) => (
          <ChannelRow
            key={channel.name}
            channel={channel}
            isTold={detectorChannels.includes(channel.name)}
            isNamed={rules.some(({ rule }) => rule.channels.includes(channel.name))}
            onToggle={toggleFindings}
            onEdit={setEdited}
            onRemove={remove}
          />
        ))}
      </ul>
      {edited === null ? (
        <button
          type="button"
          className="button"
          onClick={() => {
            setEdited(NEW);
          }}
        >
          <Icon name="plus" /> New channel
        </button>
      ) : (
        <ChannelForm
          key={edited}
          environment={environment}
          saved={channels.find(({ name }) => name === edited) ?? null}
          taken={channels.map(({ name }) => name).filter((name) => name !== edited)}
          onSave={saveChannel}
          onClose={() => {
            setEdited(null);
          }}
        />
      )}
      <QuietHours
        quiet={settings.quietHours}
        onChange={(quietHours) => {
          void save({ ...settings, quietHours });
        }}
      />
    </section>
  );
}

interface ChannelRowProps {
  channel: AlertChannel;
  isTold: boolean;
  /** A rule tells it, so that it cannot go. */
  isNamed: boolean;
  onToggle: (name: string) => void;
  onEdit: (name: string) => void;
  onRemove: (name: string) => void;
}

function ChannelRow({ channel, isTold, isNamed, onToggle, onEdit, onRemove }: ChannelRowProps) {
  const { name, kind } = channel;
  return (
    <li>
      <label>
        <input
          type="checkbox"
          checked={isTold}
          onChange={() => {
            onToggle(name);
          }}
        />
        <Icon name={ICONS[kind]} />
        <strong>{name}</strong> <span>{KIND_WORDS[kind]}</span>
      </label>
      <span>
        <button
          type="button"
          className="button-quiet"
          aria-label={`Edit ${name}`}
          onClick={() => {
            onEdit(name);
          }}
        >
          Edit
        </button>
        <button
          type="button"
          className="button-quiet"
          aria-label={`Remove ${name}`}
          disabled={isNamed}
          title={isNamed ? 'A rule tells it; change that first' : undefined}
          onClick={() => {
            onRemove(name);
          }}
        >
          Remove
        </button>
      </span>
    </li>
  );
}
