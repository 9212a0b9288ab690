import type { ViewAddress } from '../../state/address.ts';
import { BAR_FIELDS, type BarField, isFieldSet } from '../../state/question-parts.ts';

/** Fields that a view cannot apply, each with the reason. */
export type UnfitFields = Partial<Record<BarField, string>>;

const SHOWN_WHEN_NARROW = 2;

export interface BarRoom {
  isNarrow: boolean;
  unfit?: UnfitFields;
  /** Filters shown that are not set, where there is little room. */
  shown?: number;
}

/** Which filters stand in the bar, in fixed order, and which fold into "n more": where there is little room, the set ones
 *  and the first others up to a few in all. What a view cannot apply stands there only while it is set. */
export function splitBarFields(
  address: ViewAddress,
  { isNarrow, unfit = {}, shown: most = SHOWN_WHEN_NARROW }: BarRoom,
): { shown: BarField[]; folded: BarField[] } {
  const fields = BAR_FIELDS.filter((field) => unfit[field] === undefined || isFieldSet(address, field));
  if (!isNarrow) return { shown: fields, folded: [] };
  const set = fields.filter((field) => isFieldSet(address, field));
  const others = fields.filter((field) => !set.includes(field));
  const added = others.slice(0, Math.max(0, most - set.length));
  const shown = fields.filter((field) => set.includes(field) || added.includes(field));
  return { shown, folded: fields.filter((field) => !shown.includes(field)) };
}
