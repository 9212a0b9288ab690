import type { PropertyFilter } from '../../../shared/query/filter.ts';
import { parseDate } from '../../../shared/time/calendar-date.ts';
import { compileTest } from './filter-test.ts';

/** Whether an instant passes, in ms; NaN is missing. */
export type InstantTest = (tsMs: number) => boolean;

/**
 * `ts` and `received_at` compare as instants: bounds are ISO 8601 with a zone (a date is its midnight in UTC) or epoch
 * ms. What is neither compares by text, as values of different types do; an instant's text is ISO 8601 in UTC.
 */
export function compileInstantTest(filter: PropertyFilter): InstantTest {
  const isTextual = ['contains', 'not_contains', 'regex'].includes(filter.op);
  const areInstants = !isTextual && valuesOf(filter).every((value) => instantMs(value) !== null);
  const test = compileTest(isTextual ? filter : withValues(filter, areInstants ? toMs : toIsoText));
  return (tsMs) => {
    if (Number.isNaN(tsMs)) return test(undefined);
    return test(areInstants ? tsMs : new Date(tsMs).toISOString());
  };
}

type Scalar = string | number | boolean;

const valuesOf = (filter: PropertyFilter): Scalar[] => ('value' in filter ? [filter.value].flat() : []);

/** The same filter with other values. */
function withValues(filter: PropertyFilter, change: (value: Scalar) => Scalar): PropertyFilter {
  switch (filter.op) {
    case 'is':
    case 'is_not':
      return {
        ...filter,
        value: Array.isArray(filter.value) ? filter.value.map(change) : change(filter.value),
      };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return { ...filter, value: change(filter.value) };
    case 'between':
      return { ...filter, value: [change(filter.value[0]), change(filter.value[1])] };
    default:
      return filter;
  }
}

const toMs = (value: Scalar): number => instantMs(value) ?? NaN;

/** Texts of instants sort as the instants do. */
function toIsoText(value: Scalar): string {
  const tsMs = instantMs(value);
  return tsMs === null ? String(value) : new Date(tsMs).toISOString();
}

const LAST_MS = 8.64e15; // beyond it a Date is invalid
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})$/;

function instantMs(value: Scalar): number | null {
  if (typeof value === 'number') return Math.abs(value) <= LAST_MS ? value : null;
  if (typeof value === 'boolean' || (parseDate(value) === null && !INSTANT.test(value))) return null;
  const tsMs = Date.parse(value);
  return Number.isNaN(tsMs) ? null : tsMs;
}
