import { type KeyboardEvent, useId } from 'react';
import './segmented-control.css';

interface SegmentedControlProps<Id extends string> {
  label: string;
  choices: readonly { id: Id; label: string; title?: string }[];
  chosen: Id;
  onChoose: (id: Id) => void;
}

/** One choice of up to four, all in sight. */
export function SegmentedControl<Id extends string>({
  label,
  choices,
  chosen,
  onChoose,
}: SegmentedControlProps<Id>) {
  const name = useId();
  return (
    <span className="segments" role="radiogroup" aria-label={label}>
      {choices.map(({ id, label: text, title }) => (
        <label key={id} className="segment" title={title}>
          <input
            type="radio"
            name={name}
            checked={id === chosen}
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
