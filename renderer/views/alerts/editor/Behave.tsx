import type { AlertRule } from '../../../../shared/alerts/rule.ts';
import { Select } from '../../../parts/Select.tsx';

interface BehaveProps {
  rule: AlertRule;
  now: string;
  onRule: (rule: AlertRule) => void;
}

const HOUR_MS = 3_600_000;
const LATE = [
  { id: 'hold', label: 'Hold and say so' },
  { id: 'judge', label: 'Judge what has come' },
] as const;
const RESTS = [
  { id: '0', label: 'At once' },
  { id: '24', label: 'After 24 h back inside' },
  { id: '168', label: 'After a week back inside' },
] as const;
const MUTES = [
  { id: 'none', label: 'Not muted' },
  { id: '24', label: 'For a day' },
  { id: '168', label: 'For a week' },
  { id: 'kept', label: 'As it is' },
] as const;

/** What the rule does when data is late, when it ended, while it is muted, and where groups are small. */
export function Behave({ rule, now, onRule }: BehaveProps) {
  const rest = RESTS.find(({ id }) => Number(id) * HOUR_MS === rule.coolDownMs)?.id ?? '24';
  return (
    <section className="alert-behave" aria-label="Behave">
      <div className="alert-head">
        <h2>Behave</h2>
      </div>
      <div className="alert-field">
        <span>When a source is late</span>
        <Select
          label="When a source is late"
          choices={LATE}
          chosen={rule.whenLate}
          onChoose={(whenLate) => {
            onRule({ ...rule, whenLate });
          }}
        />
      </div>
      <div className="alert-field">
        <span>Fire again</span>
        <Select
          label="Fire again"
          choices={RESTS}
          chosen={rest}
          onChoose={(hours) => {
            onRule({ ...rule, coolDownMs: Number(hours) * HOUR_MS });
          }}
        />
      </div>
      <div className="alert-field">
        <span>Mute until</span>
        <Select
          label="Mute until"
          choices={MUTES}
          chosen={rule.mutedUntil === null ? 'none' : 'kept'}
          onChoose={(choice) => {
            if (choice === 'kept') return;
            const untilMs = Date.parse(now) + Number(choice) * HOUR_MS;
            onRule({ ...rule, mutedUntil: choice === 'none' ? null : new Date(untilMs).toISOString() });
          }}
        />
      </div>
      <p className="alert-note">
        Small groups: below n {rule.leastN} the rule waits; below 10 people the slice is not named.
      </p>
    </section>
  );
}
