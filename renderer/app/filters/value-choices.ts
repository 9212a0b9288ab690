import { statesInOrder } from '../../../shared/domain/taxonomy.ts';
import type { CheckChoice } from '../../parts/CheckList.tsx';
import type { FilterField } from '../../state/address.ts';
import { nameOf } from '../../state/names.ts';
import type { EnvironmentInfo } from '../../state/session-store.ts';

interface ValueChoices {
  field: FilterField;
  environment: EnvironmentInfo;
  values: readonly { value: string; events: number }[];
  chosen: readonly string[];
  search: string;
}

/** Values by how many events carry them, states in the order of their taxonomy; a chosen value is always listed. */
export function valueChoices({ field, environment, values, chosen, search }: ValueChoices): CheckChoice[] {
  const missing = chosen.filter((value) => !values.some((each) => each.value === value));
  const order = field === 'state' && environment.taxonomy !== null ? statesInOrder(environment.taxonomy) : [];
  const rank = (id: string) => order.findIndex((state) => state.id === id);
  const all = [
    ...values.map(({ value, events }) => ({ id: value, count: events })),
    ...missing.map((value) => ({ id: value, count: null })),
  ].map(({ id, count }): CheckChoice => {
    const slot = rank(id) + 1;
    return {
      id,
      count,
      label: nameOf(field, id, environment),
      ...(slot === 0 ? {} : { slot: ((slot - 1) % 7) + 1 }),
    };
  });
  const ordered = order.length === 0 ? all : all.toSorted((a, b) => rank(a.id) - rank(b.id));
  const wanted = search.trim().toLowerCase();
  return ordered.filter(({ id, label }) => `${label}\n${id}`.toLowerCase().includes(wanted));
}
