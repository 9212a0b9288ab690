import type { AlertFiring, AlertsState as Stored } from '../../../shared/rpc/contract/alerts.ts';
import { Icon, type IconName } from '../../parts/Icon.tsx';
import { leadText, momentText } from './words.ts';

interface TimelineProps {
  firing: AlertFiring;
  state: Stored;
  zone: string;
  today: string;
}

/** From the condition to its end, with the time that the alert was ahead of its users. */
export function Timeline({ firing, state, zone, today }: TimelineProps) {
  const at = (instant: string | null): string | null =>
    instant === null ? null : momentText(instant, zone, today);
  const messages = state.messages.filter(({ firingId }) => firingId === firing.groupId);
  const sent = messages.filter((message) => message.state === 'sent');
  const doubtful = messages.filter((message) => message.state === 'unknown' || message.state === 'failed');
  const rows: { icon: IconName; label: string; text: string | null }[] = [
    { icon: 'alert', label: 'Condition met', text: at(firing.conditionMetAt) },
    { icon: 'bell', label: 'Detected', text: at(firing.detectedAt) },
    {
      icon: 'cloud',
      label: `Sent to ${sent.length} of ${messages.length} channels`,
      text: at(sent.at(-1)?.sentAt ?? null),
    },
    ...doubtful.map(({ channel, error }) => ({ icon: 'info' as const, label: channel, text: error })),
    { icon: 'check', label: 'Acknowledged', text: at(firing.acknowledgedAt) },
    { icon: 'info', label: 'First user report', text: at(firing.reportedAt) },
    { icon: 'clock', label: 'Lead time', text: leadText(firing) },
    { icon: 'sync', label: 'Resolved', text: at(firing.resolvedAt) },
  ];
  const { evidence } = firing;
  return (
    <section className="alert-timeline" aria-label="Timeline">
      <div className="alert-head">
        <h2>Timeline</h2>
      </div>
      <dl>
        {rows.map(({ icon, label, text }) => (
          <div key={label}>
            <dt>
              <Icon name={icon} /> {label}
            </dt>
            <dd data-missing={text === null}>{text ?? 'not yet'}</dd>
          </div>
        ))}
      </dl>
      <p className="alert-note">
        {evidence.completeTo === null
          ? 'No source says how complete the data is.'
          : `Data complete to ${momentText(evidence.completeTo, zone, today)} when it was judged.`}
        {evidence.releases.length > 0 &&
          ` Releases nearby: ${evidence.releases.map(({ version }) => version).join(', ')}.`}
      </p>
    </section>
  );
}
