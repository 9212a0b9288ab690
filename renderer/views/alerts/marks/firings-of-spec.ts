import { itemOfSpec } from '../../../../shared/alerts/item-of-spec.ts';
import type { WatchItem } from '../../../../shared/alerts/watch.ts';
import type { Filter } from '../../../../shared/query/filter.ts';
import type { QuerySpecInput } from '../../../../shared/query/spec.ts';
import type { AlertFiring } from '../../../../shared/rpc/contract/alerts.ts';

interface Known {
  environment: string;
  firings: readonly AlertFiring[];
  watch: readonly WatchItem[];
}

/** Firings of the very series that a question shows: the same measure of the same slice, or the same saved question. */
export function firingsOfSpec(spec: QuerySpecInput, { environment, firings, watch }: Known): AlertFiring[] {
  if (spec.environment !== environment || firings.length === 0) return [];
  const own = measureIn(spec);
  const slice = own === null ? null : sliceIn(spec);
  const question = questionText(spec);
  const asked = new Set(
    watch
      .filter(({ subject }) => 'question' in subject && JSON.stringify(subject.question) === question)
      .map(({ itemId }) => itemId),
  );
  return firings.filter(({ itemId, evidence }) => {
    if (asked.has(itemId)) return true;
    const named = evidence.filters.filter(({ property }) => property !== 'state' || own !== 'state_share');
    return slice !== null && evidence.measure === own && textOf(named) === slice;
  });
}

function measureIn(spec: QuerySpecInput): string | null {
  if (spec.kind === 'states') return 'state_share';
  if (spec.kind !== 'trend' || (spec.formulas ?? []).length > 0) return null;
  return spec.series[0]?.measure ?? null;
}

/** null: a filter that no slice of the watch list has. */
function sliceIn(spec: QuerySpecInput): string | null {
  const own = spec.kind === 'trend' ? (spec.series[0]?.filters ?? []) : [];
  const filters = [...(spec.filters ?? []), ...own] as readonly Filter[]; // the schema's input type leaves them open
  const named: { property: string; value: string }[] = [];
  for (const filter of filters) {
    if ('any' in filter || filter.op !== 'is') return null;
    const values = Array.isArray(filter.value) ? filter.value : [filter.value];
    for (const value of values) named.push({ property: filter.property, value: String(value) });
  }
  return textOf(named);
}

const textOf = (named: readonly { property: string; value: string }[]): string =>
  named
    .map(({ property, value }) => `${property}=${value}`)
    .sort()
    .join('\n');

function questionText(spec: QuerySpecInput): string | null {
  try {
    const { subject } = itemOfSpec(spec, 'tile', new Set());
    return 'question' in subject ? JSON.stringify(subject.question) : null;
  } catch {
    return null; // no series over time
  }
}
