import type { LinePoint } from '../../../../shared/alerts/back-test.ts';
import type { AlertRule } from '../../../../shared/alerts/rule.ts';
import { formatSubjectValue } from '../../../../shared/alerts/sentence.ts';
import { formatQuantity } from '../../../../shared/format/numbers.ts';

interface LineSweepProps {
  rule: AlertRule;
  line: {
    bounds: { low: number; high: number; step: number };
    points: readonly LinePoint[];
    best: { low: number; high: number } | null;
  } | null;
  onValue: (value: number) => void;
}

const ROWS = 9;

/** Where to put the line: how often it would fire at each place, and where it keeps the true and drops the false. */
export function LineSweep({ rule, line, onValue }: LineSweepProps) {
  const { condition, subject } = rule;
  if (line === null || condition.kind !== 'threshold') {
    return (
      <section className="alert-line" aria-label="Where to put the line">
        <div className="alert-head">
          <h2>Where to put the line</h2>
        </div>
        <p className="alert-note">This condition has no line: what is expected sets it.</p>
      </section>
    );
  }
  const { bounds, points, best } = line;
  const most = Math.max(1, ...points.map(({ firings }) => firings));
  const every = Math.max(1, Math.floor(points.length / ROWS));
  const rows = points.filter((_, index) => index % every === 0).toReversed();
  return (
    <section className="alert-line" aria-label="Where to put the line">
      <div className="alert-head">
        <h2>Where to put the line</h2>
        <span>firings by threshold</span>
      </div>
      <label className="alert-slider">
        <span className="visually-hidden">Threshold</span>
        <input
          type="range"
          min={bounds.low}
          max={bounds.high}
          step={bounds.step}
          value={condition.value}
          aria-valuetext={formatSubjectValue(subject, condition.value)}
          onChange={({ target }) => {
            onValue(Number(target.value));
          }}
        />
        <strong>{formatSubjectValue(subject, condition.value)}</strong>
      </label>
      <ul>
        {rows.map(({ value, firings }) => (
          <li key={value}>
            <span>{formatSubjectValue(subject, value)}</span>
            <span className="alert-bar" aria-hidden="true">
              <span style={{ width: `${(100 * firings) / most}%` }} />
            </span>
            <span>{firings}</span>
          </li>
        ))}
      </ul>
      <p className="alert-note">
        {best === null
          ? 'No line keeps every firing that was labelled true and drops the false ones.'
          : `${formatSubjectValue(subject, best.low)} to ${formatSubjectValue(subject, best.high)} keeps the true ones and drops the false.`}{' '}
        {formatQuantity(most, 'firing')} at most.
      </p>
    </section>
  );
}
