import type { EnvironmentView } from '../columns/environment-view.ts';
import { CountCells } from '../kernels/js/cells.ts';
import { wholeAxis } from '../plan/axis.ts';
import { PASS_ALL } from '../plan/expression.ts';
import { Grouping } from '../plan/grouping.ts';
import { EVERYONE } from '../plan/people.ts';
import { runScans, type ScanContext } from '../plan/scan.ts';

export interface ValueCount {
  value: string;
  events: number;
}

/** Every value of a property with how many events carry it, most frequent first; missing and empty are left out. */
export async function countValues(context: ScanContext, property: string): Promise<ValueCount[]> {
  const memo = context.view.memo<{ counts?: ValueCount[] }>(`values:${property}`, () => ({}));
  memo.counts ??= await readValues(context, property);
  return memo.counts;
}

async function readValues(context: ScanContext, property: string): Promise<ValueCount[]> {
  const grouping = new Grouping([{ kind: 'event', property }]);
  const cells = new CountCells(1);
  await runScans(context, [
    {
      axis: wholeAxis(-Infinity, Infinity),
      match: { forType: (eventType) => (carries(context.view, eventType, property) ? PASS_ALL : null) },
      grouping,
      people: EVERYONE,
      take: (rows) => cells.add(rows),
    },
  ]);
  return grouping.values
    .flatMap(([value], group) =>
      value === null || value === undefined ? [] : { value, events: cells.at([group], null) },
    )
    .sort((a, b) => b.events - a.events || (a.value < b.value ? -1 : 1));
}

const carries = (view: EnvironmentView, eventType: string, property: string): boolean =>
  view.canHave(eventType, property);

/** Values that hold a text, whatever its case. */
export function searchValues(
  counts: readonly ValueCount[],
  search: string,
  limit: number,
): { values: ValueCount[]; total: number } {
  const wanted = search.toLowerCase();
  const found = counts.filter(({ value }) => value.toLowerCase().includes(wanted));
  return { values: found.slice(0, limit), total: found.length };
}
