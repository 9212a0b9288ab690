import { useRef, useState } from 'react';
import { Icon } from '../../parts/Icon.tsx';
import { Popover } from '../../parts/Popover.tsx';
import { RadioMenu } from '../../parts/RadioMenu.tsx';
import { useAddress } from '../../state/address-store.ts';
import type { StateName } from '../../state/state-names.ts';
import { nextSort } from './sort-groups.ts';

const FIXED = [
  { id: 'n', label: 'n' },
  { id: 'practice', label: 'Practice' },
  { id: 'capture', label: 'Capture' },
];

export function SortMenu({ names }: { names: readonly StateName[] }) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const sort = useAddress(({ address }) => address.sort);
  const go = useAddress((state) => state.go);
  const choices = [...FIXED, ...names.map(({ id, label }) => ({ id: `state:${id}`, label }))];
  const current = choices.find(({ id }) => id === sort.key)?.label ?? 'n';
  return (
    <>
      <button
        ref={anchor}
        type="button"
        className="sort-menu"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        Sorted by {current.toLowerCase()}
        {sort.descending === (sort.key === 'practice') ? ', reversed' : ''}
        <Icon name="chevron-down" />
      </button>
      {isOpen && (
        <Popover
          anchor={anchor}
          label="Sort"
          role="group"
          align="end"
          onClose={() => {
            setOpen(false);
          }}
        >
          <RadioMenu
            label="Sort by"
            choices={choices}
            chosen={sort.key}
            onChoose={(key) => {
              go({ sort: nextSort(sort, key) });
              setOpen(false);
              anchor.current?.focus();
            }}
          />
        </Popover>
      )}
    </>
  );
}
