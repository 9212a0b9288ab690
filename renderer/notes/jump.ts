import type { ShownAnnotation } from '../../shared/rpc/contract/annotations.ts';
import { addDays } from '../../shared/format/calendar.ts';
import { FILTER_FIELDS, inView, parseAddress, VIEW_IDS, type ViewAddress } from '../state/address.ts';
import { useAddress } from '../state/address-store.ts';
import { FIELD_PROPERTY } from '../state/question-parts.ts';
import { dateOf } from './note-words.ts';

const AROUND_DAYS = 13; // four weeks with the note in the middle

/** Brings the view to the state that a note was written in; back and forward walk over it. */
export function jumpTo({ target, anchor, environment }: ShownAnnotation, zone: string): void {
  if (target === null) return;
  const { address, go } = useAddress.getState();
  const kept = target.address === undefined ? null : parseAddress(target.address, address);
  go({ environment, ...(kept?.problems.length === 0 ? { ...kept.address } : stated()) });

  /** From what the note says it is about, where it holds no address of ours. */
  function stated(): Partial<ViewAddress> {
    const view = VIEW_IDS.find((id) => id === target?.view) ?? address.view;
    return { ...inView(address, view), filters: filtersOf(target), ...(rangeOf() ?? {}) };
  }

  function rangeOf(): Pick<ViewAddress, 'range'> | null {
    if (anchor?.kind !== 'instant' && anchor?.kind !== 'range') return null;
    const [from, to] = anchor.kind === 'instant' ? [anchor.at, anchor.at] : [anchor.from, anchor.to];
    return {
      range: { from: addDays(dateOf(from, zone), -AROUND_DAYS), to: addDays(dateOf(to, zone), AROUND_DAYS) },
    };
  }
}

function filtersOf(target: ShownAnnotation['target']): ViewAddress['filters'] {
  const filters = Object.fromEntries(FILTER_FIELDS.map((field) => [field, [] as string[]]));
  for (const filter of target?.filters ?? []) {
    if (!('property' in filter)) continue;
    const field = FILTER_FIELDS.find((each) => FIELD_PROPERTY[each] === filter.property);
    if (field !== undefined && filter.op === 'is' && 'value' in filter)
      filters[field] = [filter.value].flat().map(String);
  }
  return filters as ViewAddress['filters'];
}
