import { FIELD_LABELS, nameOf } from '../../state/names.ts';
import type { FilterField } from '../../state/address.ts';
import { useAddress } from '../../state/address-store.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';
import { FilterButton } from './FilterButton.tsx';
import { ValueList } from './ValueList.tsx';

interface ValueFilterProps {
  field: FilterField;
  environment: EnvironmentInfo;
  /** Why the view cannot apply it. */
  unfit: string | undefined;
}

export const FILTER_LETTERS: Record<FilterField, string> = {
  locale: 'l',
  release: 'r',
  practice: 'p',
  master: 'm',
  state: 's',
};

export function ValueFilter({ field, environment, unfit }: ValueFilterProps) {
  const chosen = useAddress(({ address }) => address.filters[field]);
  const filters = useAddress(({ address }) => address.filters);
  const go = useAddress((state) => state.go);
  const [first, ...more] = chosen.map((value) => nameOf(field, value, environment));
  const value = first === undefined ? 'all' : more.length === 0 ? first : `${first} +${more.length}`;
  return (
    <FilterButton
      name={FIELD_LABELS[field]}
      value={value}
      letter={FILTER_LETTERS[field]}
      unfit={unfit}
      onRemove={
        chosen.length === 0
          ? undefined
          : () => {
              go({ filters: { ...filters, [field]: [] } });
            }
      }
    >
      {() => <ValueList field={field} environment={environment} />}
    </FilterButton>
  );
}
