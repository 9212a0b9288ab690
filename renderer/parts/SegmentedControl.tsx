import { type KeyboardEvent, useId } from 'react';
import './segmented-control.css';

interface SegmentedControlProps<Id extends string> {
  label: string;
  /** One with `reason` cannot be chosen now. */
  choices: readonly { id: Id; label: string; title?: string; reason?: string }[];
  chosen: Id;
  /** Stands in the head of a tile. */
  isSmall?: boolean;
  onChoose: (id: Id) => void;
}

/** One choice of up to four, all in sight. */
export function SegmentedControl<Id extends string>({
  label,
  choices,
  chosen,
  isSmall = false,
  onChoose,
}: SegmentedControlProps<Id>) {
  const name = useId();
  return (
    <span className="segments" data-small={isSmall} role="radiogroup" aria-label={label}>
      {choices.map(({ id, label: text, title, reason }) => (
        <label key={id} className="segment" title={reason ?? title}>
          <input
            type="radio"
            name={name}
            checked={id === chosen}
            disabled={reason !== undefined}
            onKeyDown={keepArrows}
            onChange={() => {
              onChoose(id);
            }}
          />
          <span>{text}</span>
        </label>
      ))}
    </span>
  );
}

/** Arrows choose here; the tile around must not walk away with them. */
function keepArrows(event: KeyboardEvent): void {
  if (event.key.startsWith('Arrow')) event.stopPropagation();
}
