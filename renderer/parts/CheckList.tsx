import { useEffect, useId, useRef, useState } from 'react';
import { formatCompact } from '../../shared/format/numbers.ts';
import { Icon } from './Icon.tsx';
import { SearchInList } from './SearchInList.tsx';
import { Swatch } from './Swatch.tsx';
import './menu.css';

export interface CheckChoice {
  id: string;
  label: string;
  /** Events that carry the value; null where the store has none. */
  count: number | null;
  /** Colour slot of a reaction state. */
  slot?: number;
}

interface CheckListProps {
  label: string;
  /** null: still being asked. */
  choices: readonly CheckChoice[] | null;
  chosen: readonly string[];
  /** Values of the property beyond those listed. */
  unlisted: number;
  problem: string | null;
  onSearch: (text: string) => void;
  onChange: (chosen: string[]) => void;
}

/** Several of many: type to search, arrows move, Enter or Space with an empty search ticks. */
export function CheckList({ label, choices, chosen, unlisted, problem, onSearch, onChange }: CheckListProps) {
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const [search, setSearch] = useState('');
  const [active, setActive] = useState(0);
  const shown = choices ?? [];
  const at = Math.min(active, Math.max(0, shown.length - 1));
  const optionId = (index: number) => `${id}-${index}`;

  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at]);

  const toggle = (value: string | undefined) => {
    if (value === undefined) return;
    onChange(chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value]);
  };

  return (
    <>
      <SearchInList
        label={label}
        listId={`${id}-list`}
        activeId={shown.length > 0 ? optionId(at) : undefined}
        at={at}
        length={shown.length}
        text={search}
        onSearch={(text) => {
          setSearch(text);
          setActive(0);
          onSearch(text);
        }}
        onMove={setActive}
        onKey={(key) => {
          const ticks = key === 'Enter' || (key === ' ' && search === '');
          if (ticks) toggle(shown[at]?.id);
          return ticks;
        }}
      />
      <ul
        ref={list}
        id={`${id}-list`}
        className="menu menu-checks"
        role="listbox"
        aria-multiselectable="true"
        aria-label={label}
      >
        {shown.map(({ id: value, label: text, count, slot }, index) => (
          <li
            key={value}
            id={optionId(index)}
            role="option"
            aria-selected={chosen.includes(value)}
            className="menu-item"
            data-active={index === at}
            onClick={() => {
              setActive(index);
              toggle(value);
            }}
          >
            <span className="check-box" data-checked={chosen.includes(value)}>
              {chosen.includes(value) && <Icon name="check" />}
            </span>
            {slot !== undefined && <Swatch slot={slot} />}
            <span className="menu-label">{text}</span>
            <span className="menu-detail">{count === null ? 'none here' : formatCompact(count)}</span>
          </li>
        ))}
      </ul>
      {problem !== null && <div className="menu-note">{problem}</div>}
      {choices?.length === 0 && problem === null && <div className="menu-note">No value matches</div>}
      {unlisted > 0 && <div className="menu-note">{formatCompact(unlisted)} more; type to find them</div>}
      <div className="menu-foot">
        <span>{chosen.length === 0 ? 'All values' : `${chosen.length} chosen`}</span>
        <button
          type="button"
          className="button-quiet"
          disabled={chosen.length === 0}
          onClick={() => {
            onChange([]);
          }}
        >
          Clear
        </button>
      </div>
    </>
  );
}
