import { useCallback, useRef, useState } from 'react';
import { Icon } from '../../parts/Icon.tsx';
import { Popover } from '../../parts/Popover.tsx';
import { RadioMenu } from '../../parts/RadioMenu.tsx';
import type { FilterField } from '../../state/address.ts';
import { FIELD_LABELS } from '../../state/names.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { ValueList } from './ValueList.tsx';

interface MoreFiltersProps {
  fields: readonly FilterField[];
  environment: EnvironmentInfo;
}

/** The filters that do not fit: first which one, then its values. */
export function MoreFilters({ fields, environment }: MoreFiltersProps) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [field, setField] = useState<FilterField | null>(null);
  const hide = useCallback(() => {
    setOpen(false);
    setField(null);
  }, []);
  return (
    <span className="filter">
      <button
        ref={anchor}
        type="button"
        className="filter-button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onClick={() => {
          setOpen(!isOpen);
        }}
      >
        <span className="filter-value">{fields.length} more</span>
        <Icon name="chevron-down" />
      </button>
      {isOpen && (
        <Popover anchor={anchor} label={field === null ? 'More filters' : FIELD_LABELS[field]} onClose={hide}>
          {field === null ? (
            <RadioMenu
              label="More filters"
              chosen={null}
              choices={fields.map((id) => ({ id, label: FIELD_LABELS[id] }))}
              onChoose={setField}
            />
          ) : (
            <ValueList field={field} environment={environment} />
          )}
        </Popover>
      )}
    </span>
  );
}
