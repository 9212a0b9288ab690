import { useEffect, useId, useRef, useState } from 'react';
import { Icon } from './Icon.tsx';
import { SearchInList } from './SearchInList.tsx';
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
          onSearch?.(text);
        }}
        onMove={setActive}
        onKey={(key) => {
          if (key === 'Enter') choose(shown[at]);
          return key === 'Enter';
        }}
      />
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
