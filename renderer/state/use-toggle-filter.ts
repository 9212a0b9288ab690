import type { FilterField } from './address.ts';
import { useAddress } from './address-store.ts';

/** A press on a name filters by it; a second one takes that back. */
export function useToggleFilter(field: FilterField): (value: string) => void {
  const filters = useAddress(({ address }) => address.filters);
  const go = useAddress((state) => state.go);
  return (value) => {
    const isOnly = filters[field].length === 1 && filters[field][0] === value;
    go({ filters: { ...filters, [field]: isOnly ? [] : [value] } });
  };
}
