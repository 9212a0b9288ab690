import { useEffect, useId, useRef, useState } from 'react';
import { Icon } from './Icon.tsx';
import './menu.css';

export interface Choice {
  id: string;
  label: string;
  detail?: string;
}

interface ChoiceListProps {
  label: string;
  /** null: still being asked. */
  choices: readonly Choice[] | null;
  chosen: string | null;
  onChoose: (id: string) => void;
  /** What was typed may be chosen although it is not listed. */
  isFree?: boolean;
  problem?: string | null;
  /** Told what is searched, where not all can be listed. */
  onSearch?: (text: string) => void;
}

/** One of many: type to search, arrows move, Enter chooses. */
export function ChoiceList(props: ChoiceListProps) {
  const { label, choices, chosen, onChoose, isFree = false, problem = null, onSearch } = props;
  const id = useId();
  const list = useRef<HTMLUListElement>(null);
  const [search, setSearch] = useState('');
  const [active, setActive] = useState<number | null>(null);
  const wanted = search.trim().toLowerCase();
  const found = (choices ?? []).filter((choice) =>
    `${choice.label}\n${choice.id}`.toLowerCase().includes(wanted),
  );
  const isNew = isFree && wanted !== '' && !found.some((choice) => choice.id === search.trim());
  const shown: Choice[] = isNew
    ? [...found, { id: search.trim(), label: search.trim(), detail: 'as typed' }]
    : found;
  const start = Math.max(
    0,
    shown.findIndex((choice) => choice.id === chosen),
  );
  const at = Math.min(active ?? start, Math.max(0, shown.length - 1));
  const optionId = (index: number) => `${id}-${index}`;

  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at, shown.length]);

  const choose = (choice: Choice | undefined) => {
    if (choice !== undefined) onChoose(choice.id);
  };

  return (
    <>
      <label className="menu-search">
        <Icon name="search" />
        <input
          autoFocus
          role="combobox"
          aria-label={`Search ${label}`}
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={shown.length > 0 ? optionId(at) : undefined}
          placeholder="Search"
          value={search}
          spellCheck={false}
          onChange={({ target }) => {
            setSearch(target.value);
            setActive(0);
            onSearch?.(target.value);
          }}
          onKeyDown={(event) => {
            const next = indexAfter(event.key, at, shown.length);
            if (next !== undefined) setActive(next);
            else if (event.key === 'Enter') choose(shown[at]);
            else return;
            event.preventDefault();
          }}
        />
      </label>
      <ul ref={list} id={`${id}-list`} className="menu menu-choices" role="listbox" aria-label={label}>
        {shown.map((choice, index) => (
          <li
            key={choice.id}
            id={optionId(index)}
            role="option"
            aria-selected={choice.id === chosen}
            className="menu-item"
            data-active={index === at}
            onClick={() => {
              choose(choice);
            }}
          >
            <span className="menu-mark">{choice.id === chosen && <Icon name="check" />}</span>
            <span className="menu-label">{choice.label}</span>
            {choice.detail !== undefined && <span className="menu-detail">{choice.detail}</span>}
          </li>
        ))}
      </ul>
      {problem !== null && <div className="menu-note">{problem}</div>}
      {choices !== null && shown.length === 0 && problem === null && (
        <div className="menu-note">Nothing matches</div>
      )}
    </>
  );
}

function indexAfter(key: string, at: number, length: number): number | undefined {
  if (length === 0) return undefined;
  if (key === 'ArrowDown') return (at + 1) % length;
  if (key === 'ArrowUp') return (at - 1 + length) % length;
  if (key === 'PageDown') return Math.min(length - 1, at + 8);
  if (key === 'PageUp') return Math.max(0, at - 8);
  return undefined;
}
