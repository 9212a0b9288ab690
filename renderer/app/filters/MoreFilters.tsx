import { useCallback, useRef, useState } from 'react';
import { Icon } from '../../parts/Icon.tsx';
import { Popover } from '../../parts/Popover.tsx';
import { RadioMenu } from '../../parts/RadioMenu.tsx';
import { FIELD_LABELS } from '../../state/names.ts';
import type { BarField } from '../../state/question-parts.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { CohortMenu } from './CohortMenu.tsx';
import { ValueList } from './ValueList.tsx';

interface MoreFiltersProps {
  fields: readonly BarField[];
  environment: EnvironmentInfo;
}

const labelOf = (field: BarField): string => (field === 'cohort' ? 'Cohort' : FIELD_LABELS[field]);

/** The filters that do not fit: first which one, then its values. */
export function MoreFilters({ fields, environment }: MoreFiltersProps) {
  const anchor = useRef<HTMLButtonElement>(null);
  const [isOpen, setOpen] = useState(false);
  const [field, setField] = useState<BarField | null>(null);
  const hide = useCallback(() => {
    setOpen(false);
    setField(null);
  }, []);
  return (
    <span className="filter filter-more">
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
        <Popover anchor={anchor} label={field === null ? 'More filters' : labelOf(field)} onClose={hide}>
          {field === null && (
            <RadioMenu
              label="More filters"
              chosen={null}
              choices={fields.map((id) => ({ id, label: labelOf(id) }))}
              onChoose={setField}
            />
          )}
          {field === 'cohort' && <CohortMenu usersDimension={environment.usersDimension} onChosen={hide} />}
          {field !== null && field !== 'cohort' && <ValueList field={field} environment={environment} />}
        </Popover>
      )}
    </span>
  );
}
