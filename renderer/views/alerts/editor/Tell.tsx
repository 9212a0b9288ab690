import { useState } from 'react';
import type { AlertRule } from '../../../../shared/alerts/rule.ts';
import { conditionWords, subjectWords } from '../../../../shared/alerts/sentence.ts';
import type { AlertChannel, AlertsState as Stored } from '../../../../shared/rpc/contract/alerts.ts';
import { KIND_WORDS } from '../channels/channel-draft.ts';
import { useServices } from '../../../app/services.ts';

interface TellProps {
  rule: AlertRule;
  state: Stored;
  environment: string;
  onRule: (rule: AlertRule) => void;
}

/** Whom the rule tells, and what the message will say. */
export function Tell({ rule, state, environment, onRule }: TellProps) {
  const { backend } = useServices();
  const [outcome, setOutcome] = useState('');
  const { channels, quietHours } = state.settings;
  const test = async (channel: AlertChannel) => {
    setOutcome('Sending…');
    try {
      const { message } = await backend.call('command.alert.channel.test', { environment, channel });
      setOutcome(message);
    } catch (error) {
      setOutcome(error instanceof Error ? error.message : String(error));
    }
  };
  const toggle = (name: string) => {
    const isOn = rule.channels.includes(name);
    onRule({
      ...rule,
      channels: isOn ? rule.channels.filter((each) => each !== name) : [...rule.channels, name],
    });
  };
  return (
    <section className="alert-tell" aria-label="Tell">
      <div className="alert-head">
        <h2>Tell</h2>
        <span>{quietHours === null ? 'no quiet hours' : `quiet ${quietHours.from} to ${quietHours.to}`}</span>
      </div>
      <ul>
        {channels.map((channel) => (
          <li key={channel.name}>
            <label>
              <input
                type="checkbox"
                checked={rule.channels.includes(channel.name)}
                onChange={() => {
                  toggle(channel.name);
                }}
              />
              <strong>{channel.name}</strong> <span>{KIND_WORDS[channel.kind]}</span>
            </label>
            <button type="button" className="button-quiet" onClick={() => void test(channel)}>
              Send a test
            </button>
          </li>
        ))}
      </ul>
      <p className="alert-note" role="status">
        {outcome}
      </p>
      <p className="alert-preview">
        <strong>{rule.name}</strong>
        <span>
          {subjectWords(rule.subject)} {conditionWords(rule.condition, rule.subject)}. Open the view.
        </span>
      </p>
    </section>
  );
}
