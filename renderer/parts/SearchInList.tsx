import { Icon } from './Icon.tsx';
import { indexAfter } from './list-keys.ts';

interface SearchInListProps {
  label: string;
  /** Of the list that is searched, and of its active option. */
  listId: string;
  activeId: string | undefined;
  /** Index of the active option, and how many there are. */
  at: number;
  length: number;
  text: string;
  onSearch: (text: string) => void;
  onMove: (index: number) => void;
  /** Told every other key; whether it did something. */
  onKey: (key: string) => boolean;
}

/** The field above a list: type to search, arrows move, and focus stays here. */
export function SearchInList(props: SearchInListProps) {
  const { label, listId, activeId, at, length, text, onSearch, onMove, onKey } = props;
  return (
    <label className="menu-search">
      <Icon name="search" />
      <input
        autoFocus
        role="combobox"
        aria-label={`Search ${label}`}
        aria-expanded="true"
        aria-controls={listId}
        aria-activedescendant={activeId}
        placeholder="Search"
        value={text}
        spellCheck={false}
        onChange={({ target }) => {
          onSearch(target.value);
        }}
        onKeyDown={(event) => {
          const next = indexAfter(event.key, at, length);
          if (next !== undefined) onMove(next);
          else if (!onKey(event.key)) return;
          event.preventDefault();
        }}
      />
    </label>
  );
}
