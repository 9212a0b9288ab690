import type { TableColumn } from '../tables/select-columns.ts';

/** A type without what wraps it. */
export interface BareType {
  /** E.g. `DateTime64`, `Array`. */
  name: string;
  /** What stands in its brackets, e.g. `3, 'UTC'`; empty: nothing. */
  of: string;
  isNullable: boolean;
}

const WRAPPED = /^(LowCardinality|Nullable|SimpleAggregateFunction)\((.*)\)$/s;
const CALLED = /^(\w+)(?:\((.*)\))?$/s;

export function bareType(type: string): BareType {
  let rest = type.trim();
  let isNullable = false;
  for (let found = WRAPPED.exec(rest); found !== null; found = WRAPPED.exec(rest)) {
    const [, wrapper, inner = ''] = found;
    isNullable ||= wrapper === 'Nullable';
    rest = wrapper === 'SimpleAggregateFunction' ? inner.slice(inner.indexOf(',') + 1).trim() : inner;
  }
  const [, name = rest, of = ''] = CALLED.exec(rest) ?? [];
  return { name, of, isNullable };
}

export const typeOf = ({ type }: TableColumn): BareType => bareType(type);
