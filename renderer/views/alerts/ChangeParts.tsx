import type { AlertEvidence } from '../../../shared/rpc/contract/alerts.ts';
import type { Subject } from '../../../shared/alerts/rule.ts';
import { partText, valueText } from './words.ts';

const PROPERTY_WORDS: Readonly<Record<string, string>> = {
  practice_id: 'practice',
  master_id: 'master',
  app_version: 'release',
  locale: 'locale',
  platform: 'platform',
};

interface Row {
  key: string;
  label: string;
  text: string;
  from: number;
  to: number;
  kind: 'whole' | 'rate' | 'mix';
}

/** What each slice did to the change: rates solid, the mix hatched, and the two ends in bold. They sum. */
export function ChangeParts({ evidence, subject }: { evidence: AlertEvidence; subject: Subject | null }) {
  const { explained } = evidence;
  if (explained === null) {
    return (
      <section className="alert-parts" aria-label="What changed">
        <div className="alert-head">
          <h2>What changed</h2>
        </div>
        <p className="alert-note">
          No slice explains this change; it is alike everywhere, or too small to split.
        </p>
      </section>
    );
  }
  const rows = rowsOf(evidence, subject);
  const ends = rows.flatMap(({ from, to }) => [from, to]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const room = high - low || 1;
  const at = (value: number): number => 4 + (92 * (value - low)) / room;
  return (
    <section className="alert-parts" aria-label="What changed">
      <div className="alert-head">
        <h2>What changed</h2>
        <span>by {PROPERTY_WORDS[explained.property] ?? explained.property}, against the 28 days before</span>
      </div>
      <table>
        <thead className="visually-hidden">
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Picture</th>
            <th scope="col">Change</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ key, label, text, from, to, kind }) => (
            <tr key={key} data-kind={kind}>
              <th scope="row">{label}</th>
              <td className="alert-part-track" aria-hidden="true">
                <span
                  style={{
                    left: `${at(Math.min(from, to))}%`,
                    width: kind === 'whole' ? '3px' : `max(1px, ${(92 * Math.abs(to - from)) / room}%)`,
                  }}
                />
              </td>
              <td data-number>{text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function rowsOf(evidence: AlertEvidence, subject: Subject | null): Row[] {
  const { explained } = evidence;
  if (explained === null) return [];
  const { before, after, parts } = explained;
  let reached = before;
  const steps = parts.map((part, index): Row => {
    const from = reached;
    reached += part.points;
    const label = part.label ?? (part.kind === 'mix' ? 'Different mix' : 'Other rates');
    return {
      key: `${index}`,
      label,
      text: partText(subject, part.points),
      from,
      to: reached,
      kind: part.kind,
    };
  });
  const whole = (key: string, label: string, value: number): Row => ({
    key,
    label,
    text: valueText(evidence, subject, value),
    from: value,
    to: value,
    kind: 'whole',
  });
  return [whole('before', 'Before', before), ...steps, whole('after', 'Then', after)];
}
