import { type AddressReader, oneOf, wholeNumber } from './address-reader.ts';

export const JOURNEY_ITEMS = ['pages', 'events', 'features', 'practices'] as const;
export type JourneyItems = (typeof JOURNEY_ITEMS)[number];

/** A place on the way: the column that it stands in, and the item. */
export interface JourneyPlace {
  column: number;
  item: string;
}

/** What the Journeys view follows, beside dates and filters. */
export interface JourneysState {
  items: JourneyItems;
  /** Item that every path begins with; null: any. */
  start: string | null;
  /** Items of a path that are drawn. */
  steps: number;
  chosen: JourneyPlace | null;
}

export const DEFAULT_JOURNEYS: JourneysState = { items: 'pages', start: null, steps: 4, chosen: null };
export const JOURNEY_STEPS = [2, 3, 4, 5, 6] as const;

const LAST_STEPS = 6;

export function formatJourneys(query: URLSearchParams, { items, start, steps, chosen }: JourneysState): void {
  if (items !== DEFAULT_JOURNEYS.items) query.set('items', items);
  if (start !== null) query.set('start', start);
  if (steps !== DEFAULT_JOURNEYS.steps) query.set('steps', String(steps));
  if (chosen !== null) query.set('chosen', `${chosen.column}:${chosen.item}`);
}

export function readJourneys(read: AddressReader): JourneysState {
  const base = DEFAULT_JOURNEYS;
  return {
    items: read.one('items', oneOf(JOURNEY_ITEMS)) ?? base.items,
    start:
      read.one('start', (text) => (text !== '' && text.length <= 2_000 ? text : undefined)) ?? base.start,
    steps: read.one('steps', wholeNumber(2, LAST_STEPS)) ?? base.steps,
    chosen: read.one('chosen', parsePlace) ?? base.chosen,
  };
}

function parsePlace(text: string): JourneyPlace | undefined {
  const [, column, item] = /^(\d):(.+)$/su.exec(text) ?? [];
  return column === undefined || item === undefined ? undefined : { column: Number(column), item };
}
