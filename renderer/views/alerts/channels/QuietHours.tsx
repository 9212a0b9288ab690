import type { AlertSettings } from '../../../../shared/rpc/contract/alerts.ts';

type Quiet = AlertSettings['quietHours'];

interface QuietHoursProps {
  quiet: Quiet;
  onChange: (quiet: Quiet) => void;
}

const USUAL: NonNullable<Quiet> = { from: '22:00', to: '07:00' };

/** Local times between which nobody is told; what happens meanwhile is told when they end. */
export function QuietHours({ quiet, onChange }: QuietHoursProps) {
  const shown = quiet ?? USUAL;
  const side = (name: 'from' | 'to', label: string) => (
    <label>
      <span>{label}</span>
      <input
        className="field"
        type="time"
        required
        disabled={quiet === null}
        value={shown[name]}
        onChange={({ target }) => {
          if (target.value !== '') onChange({ ...shown, [name]: target.value });
        }}
      />
    </label>
  );
  return (
    <fieldset className="quiet-hours">
      <legend>Quiet hours</legend>
      <label>
        <input
          type="checkbox"
          checked={quiet !== null}
          onChange={() => {
            onChange(quiet === null ? USUAL : null);
          }}
        />
        <span>Tell nobody</span>
      </label>
      {side('from', 'from')}
      {side('to', 'to')}
      <span className="channel-note">What happens meanwhile is told when they end.</span>
    </fieldset>
  );
}
