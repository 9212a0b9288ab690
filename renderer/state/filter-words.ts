import type { Filter } from '../../shared/query/filter.ts';
import { propertyLabel, uncapitalise } from './event-names.ts';

const OPS: Record<string, string> = {
  is: 'is',
  is_not: 'is not',
  contains: 'contains',
  not_contains: 'does not contain',
  regex: 'matches',
  gt: '>',
  gte: '≥',
  lt: '<',
  lte: '≤',
  between: 'between',
  is_set: 'is set',
  is_not_set: 'is not set',
};

export const opInWords = (op: string): string => OPS[op] ?? op;

/** "duration seconds ≥ 60". */
export function filterInWords(filter: Filter): string {
  if ('any' in filter) return filter.any.map(filterInWords).join(' or ');
  const { property, op } = filter;
  const name = lowerProperty(property);
  if (!('value' in filter)) return `${name} ${opInWords(op)}`;
  const { value } = filter;
  const values = Array.isArray(value) ? value.map(String) : [String(value)];
  return `${name} ${opInWords(op)} ${values.join(op === 'between' ? ' and ' : ' or ')}`;
}

export const lowerProperty = (property: string): string => uncapitalise(propertyLabel(property));
