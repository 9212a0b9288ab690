import type { BreakdownValue } from '../query/answer.ts';

/** One content of an answer with the breakdown value and the side of the comparison that it is of. */
export interface Variant<Content> {
  content: Content;
  value: BreakdownValue | undefined;
  compare: 'current' | 'previous';
}

interface Expandable<Content> {
  breakdowns?: readonly ({ value: BreakdownValue } & Content)[];
  rest?: { values: number } & Content;
  previous?: Content & Expandable<Content>;
}

/** The whole, each breakdown value, the rest; then the same of the compared range. */
export function variantsOf<Content>(
  result: Content & Expandable<Content>,
  compare: Variant<Content>['compare'] = 'current',
): Variant<Content>[] {
  const { breakdowns = [], rest, previous } = result;
  return [
    { content: result, value: undefined, compare },
    ...breakdowns.map((content) => ({ content, value: content.value, compare })),
    ...(rest === undefined ? [] : [{ content: rest, value: `${rest.values} more values`, compare }]),
    ...(previous === undefined ? [] : variantsOf<Content>(previous, 'previous')),
  ];
}

/** "sv, ios"; a missing part reads "not set". */
export function valueInWords(value: BreakdownValue | undefined): string {
  if (value === undefined) return 'all';
  const parts = Array.isArray(value) ? value : [value];
  return parts.map((part) => part ?? 'not set').join(', ');
}
