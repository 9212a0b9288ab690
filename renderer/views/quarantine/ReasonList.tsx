import type { KeyboardEvent } from 'react';
import { formatCount } from '../../../shared/format/numbers.ts';
import { Icon } from '../../parts/Icon.tsx';
import { type ReasonGroup, reasonName, reasonSays } from './words.ts';

interface ReasonListProps {
  groups: readonly ReasonGroup[];
  chosen: string | null;
  onChoose: (reason: string) => void;
}

/** Why rows were refused, most rows first; arrows choose. */
export function ReasonList({ groups, chosen, onChoose }: ReasonListProps) {
  const step = (event: KeyboardEvent, index: number) => {
    const by = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    const next = groups[index + by];
    if (by === 0 || next === undefined) return;
    event.preventDefault();
    onChoose(next.reason);
    document.getElementById(idOf(next.reason))?.focus();
  };
  return (
    <section className="reasons" data-tile="quarantine-reasons" aria-busy="false" aria-label="Reasons">
      <div className="reasons-head">
        <h2>Reason</h2>
        <span>rows</span>
      </div>
      <ul>
        {groups.map(({ reason, rows, sources, fields }, index) => (
          <li key={reason}>
            <button
              type="button"
              id={idOf(reason)}
              className="reason"
              aria-pressed={reason === chosen}
              onClick={() => {
                onChoose(reason);
              }}
              onKeyDown={(event) => {
                step(event, index);
              }}
            >
              <Icon name="alert" />
              <span className="reason-text">
                <strong>{reasonName(reason, fields[0] ?? null)}</strong>
                <span>
                  {sources.join(', ')}. {reasonSays(reason)}
                </span>
              </span>
              <span className="reason-rows" data-reason={reason}>
                {formatCount(rows)}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {groups.length === 0 && <p className="reasons-none">No row is set aside.</p>}
      <p className="reasons-note">
        Copies are scrubbed and hold allow-listed columns only. Free text was never pulled, so it is not here
        either.
      </p>
    </section>
  );
}

const idOf = (reason: string): string => `reason-${reason}`;
