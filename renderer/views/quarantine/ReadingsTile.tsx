import type { StoredSource } from '../../../shared/rpc/contract/sources.ts';
import { PlainTile } from '../../parts/PlainTile.tsx';

export interface Reading {
  sourceName: string;
  environment: string | null;
  state: string;
  as: string;
}

/** What sources read as something else, out of their configurations. */
export const readingsOf = (sources: readonly StoredSource[]): Reading[] =>
  sources.flatMap(({ name, environment, config }) =>
    Object.entries((config['states'] ?? {}) as Record<string, string>).map(([state, as]) => ({
      sourceName: name,
      environment,
      state,
      as,
    })),
  );

interface ReadingsTileProps {
  readings: readonly Reading[];
  isBusy: boolean;
  labelOf: (reading: Reading) => string;
  onUndo: (reading: Reading) => void;
}

/** States that are read as others, each of which can be taken back. */
export function ReadingsTile({ readings, isBusy, labelOf, onUndo }: ReadingsTileProps) {
  if (readings.length === 0) return null;
  return (
    <PlainTile
      id="quarantine-readings"
      title="Read as another state"
      subtitle="taking it back reads all objects of the source again"
    >
      <ul className="side-list readings">
        {readings.map((reading) => (
          <li key={`${reading.sourceName} ${reading.state}`}>
            <span>
              <code>{reading.state}</code> is read as {labelOf(reading)}, {reading.sourceName}
            </span>
            <button
              type="button"
              className="button-quiet"
              disabled={isBusy}
              aria-label={`Read ${reading.state} of ${reading.sourceName} as no other state`}
              onClick={() => {
                onUndo(reading);
              }}
            >
              Take back
            </button>
          </li>
        ))}
      </ul>
    </PlainTile>
  );
}
