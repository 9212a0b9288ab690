import { compileRegex, type PropertyFilter } from '../../../shared/query/filter.ts';
import { type PropertyValue, textOf } from './property-value.ts';

type ScalarValue = string | number | boolean;

/** Whether one value passes; `undefined` is a missing property. */
export type ValueTest = (value: PropertyValue | undefined) => boolean;

/**
 * The meaning of a filter, in one place: kernels ask it once per dictionary value, per distinct number or per user.
 * Values of one type compare as such, of different types by their text. A missing property fails, but passes the
 * negations. A set passes where one of its texts does, and passes a negation where none passes the positive form.
 */
export function compileTest(filter: PropertyFilter): ValueTest {
  switch (filter.op) {
    case 'is_set':
      return (value) => value !== undefined;
    case 'is_not_set':
      return (value) => value === undefined;
    case 'is':
      return present(equalsAny(listOf(filter.value)));
    case 'is_not':
      return not(present(equalsAny(listOf(filter.value))));
    case 'contains':
      return present(containsAny(listOf(filter.value)));
    case 'not_contains':
      return not(present(containsAny(listOf(filter.value))));
    case 'regex':
      return present(matchesAny(listOf(filter.value)));
    case 'between': {
      const [low, high] = filter.value;
      return present((value) => compare(value, low) >= 0 && compare(value, high) <= 0);
    }
    default:
      return present(orderTest(filter.op, filter.value));
  }
}

type ScalarTest = (value: ScalarValue) => boolean;

const present =
  (test: ScalarTest): ValueTest =>
  (value) =>
    value !== undefined && (typeof value === 'object' ? value.some(test) : test(value));

const not =
  (test: ValueTest): ValueTest =>
  (value) =>
    !test(value);

const listOf = <T extends ScalarValue>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

function equalsAny(wanted: readonly ScalarValue[]): ScalarTest {
  const texts = new Set(wanted.map(textOf));
  return (value) => texts.has(textOf(value));
}

function containsAny(wanted: readonly ScalarValue[]): ScalarTest {
  const texts = wanted.map((part) => textOf(part).toLowerCase());
  return (value) => {
    const text = textOf(value).toLowerCase();
    return texts.some((part) => text.includes(part));
  };
}

function matchesAny(sources: readonly string[]): ScalarTest {
  const patterns = sources.map(compileRegex);
  return (value) => {
    const text = textOf(value);
    return patterns.some((pattern) => pattern.test(text));
  };
}

function orderTest(op: 'gt' | 'gte' | 'lt' | 'lte', bound: ScalarValue): ScalarTest {
  switch (op) {
    case 'gt':
      return (value) => compare(value, bound) > 0;
    case 'gte':
      return (value) => compare(value, bound) >= 0;
    case 'lt':
      return (value) => compare(value, bound) < 0;
    case 'lte':
      return (value) => compare(value, bound) <= 0;
  }
}

/** Numbers by size; texts, and values of different types, by UTF-16 code units of their text. */
function compare(value: ScalarValue, bound: ScalarValue): number {
  if (typeof value === 'number' && typeof bound === 'number') return value - bound;
  const [a, b] = [textOf(value), textOf(bound)];
  return a < b ? -1 : a > b ? 1 : 0;
}
