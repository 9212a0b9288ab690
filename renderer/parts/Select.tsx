import { Icon } from './Icon.tsx';
import './fields.css';

interface SelectProps<Id extends string> {
  label: string;
  choices: readonly { id: Id; label: string }[];
  chosen: Id;
  onChoose: (id: Id) => void;
}

/** One of a short fixed list, the system's own. */
export function Select<Id extends string>({ label, choices, chosen, onChoose }: SelectProps<Id>) {
  return (
    <span className="select">
      <select
        aria-label={label}
        value={chosen}
        onChange={({ target }) => {
          const found = choices.find(({ id }) => id === target.value);
          if (found !== undefined) onChoose(found.id);
        }}
      >
        {choices.map(({ id, label: text }) => (
          <option key={id} value={id}>
            {text}
          </option>
        ))}
      </select>
      <Icon name="chevron-down" />
    </span>
  );
}
