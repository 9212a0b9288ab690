import { FILTER_FIELDS, type FilterField, type ViewAddress } from '../../state/address.ts';

export type BarField = 'cohort' | FilterField;

const BAR_FIELDS: readonly BarField[] = ['cohort', ...FILTER_FIELDS];
const SHOWN_WHEN_NARROW = 2;

export const isFieldSet = ({ cohort, filters }: ViewAddress, field: BarField): boolean =>
  field === 'cohort' ? cohort !== 'all' : filters[field].length > 0;

/** Which filters stand in the bar, in fixed order, and which fold into "n more": where there is little room, the set ones
 *  and the first others up to two in all. */
export function splitBarFields(
  address: ViewAddress,
  isNarrow: boolean,
): { shown: BarField[]; folded: BarField[] } {
  if (!isNarrow) return { shown: [...BAR_FIELDS], folded: [] };
  const set = BAR_FIELDS.filter((field) => isFieldSet(address, field));
  const others = BAR_FIELDS.filter((field) => !set.includes(field));
  const added = others.slice(0, Math.max(0, SHOWN_WHEN_NARROW - set.length));
  const shown = BAR_FIELDS.filter((field) => set.includes(field) || added.includes(field));
  return { shown, folded: BAR_FIELDS.filter((field) => !shown.includes(field)) };
}
