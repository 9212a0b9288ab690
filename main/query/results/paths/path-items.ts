import type { PathsSpec } from '../../../../shared/query/kinds/paths.ts';
import { Grouping } from '../../plan/grouping.ts';

export const GAP_ITEM = '...';

/** Item texts and their numbers. */
export class PathItems {
  readonly texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.texts.length);
    return this.texts.push(text) - 1;
  }

  textOf(item: number): string {
    return this.texts[item] ?? '';
  }
}

/** What names the items of each entry: its property, else the event type. Entries with the same one share a grouping. */
export function itemGroupings({ items }: PathsSpec): { groupings: Grouping[]; groupingOf: number[] } {
  const properties = items.map(({ by }) => by ?? 'event_type');
  const distinct = [...new Set(properties)];
  return {
    groupings: distinct.map((property) => new Grouping([{ kind: 'event', property }])),
    groupingOf: properties.map((property) => distinct.indexOf(property)),
  };
}

/** The item that a value is; null: none, or one that is left out. */
export function itemNamer({ group, exclude }: PathsSpec): (value: string | null) => string | null {
  const patterns = group.map((pattern) => ({ pattern, test: patternTest(pattern) }));
  const excluded = new Set(exclude.flatMap((item) => [item, withoutSlash(item)]));
  return (value) => {
    if (value === null) return null;
    const plain = withoutSlash(value);
    const item = patterns.find(({ test }) => test.test(plain))?.pattern ?? plain;
    return excluded.has(item) ? null : item;
  };
}

export const withoutSlash = (item: string): string =>
  item.length > 1 && item.endsWith('/') ? item.slice(0, -1) : item;

/** `*` is any characters; the rest is literal; found anywhere. */
function patternTest(pattern: string): RegExp {
  const literal = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(literal.join('.*'), 's');
}
