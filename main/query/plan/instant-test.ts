import type { PropertyFilter } from '../../../shared/query/filter.ts';
import { compileTest } from './filter-test.ts';

/** Whether an instant passes, in ms; NaN is missing. */
export type InstantTest = (tsMs: number) => boolean;

/** `ts` and `received_at` compare as instants: bounds are ISO 8601 (a date is its midnight in UTC) or epoch ms. */
export function compileInstantTest(filter: PropertyFilter): InstantTest {
  const test = compileTest(toEpochMs(filter));
  const isTextual = ['contains', 'not_contains', 'regex'].includes(filter.op);
  return (tsMs) => {
    if (Number.isNaN(tsMs)) return test(undefined);
    return test(isTextual ? new Date(tsMs).toISOString() : tsMs);
  };
}

function toEpochMs(filter: PropertyFilter): PropertyFilter {
  switch (filter.op) {
    case 'is':
    case 'is_not':
      return {
        ...filter,
        value: Array.isArray(filter.value) ? filter.value.map(epochMs) : epochMs(filter.value),
      };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { ...filter, value: epochMs(filter.value) };
    case 'between':
      return { ...filter, value: [epochMs(filter.value[0]), epochMs(filter.value[1])] };
    default:
      return filter;
  }
}

const epochMs = (value: string | number | boolean): number =>
  typeof value === 'number' ? value : Date.parse(String(value));
