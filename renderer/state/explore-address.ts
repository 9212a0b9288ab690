import { parseQuerySpec } from '../../shared/query/parse-spec.ts';
import type { QuerySpecInput } from '../../shared/query/spec.ts';
import { type AddressReader, oneOf } from './address-reader.ts';

export const EXPLORE_PARTS = ['chart', 'table', 'json', 'all'] as const;
export type ExplorePart = (typeof EXPLORE_PARTS)[number];

/** What the Explore view asks and how it shows the answer. */
export interface ExploreState {
  /** null: the capture rate of the dates and filters of the other views. */
  spec: QuerySpecInput | null;
  show: ExplorePart;
}

export const DEFAULT_EXPLORE: ExploreState = { spec: null, show: 'all' };

const MOST_CHARACTERS = 6_000; // an address that long still works in every browser

export function formatExplore(query: URLSearchParams, { spec, show }: ExploreState): void {
  if (spec !== null) query.set('spec', JSON.stringify(spec));
  if (show !== DEFAULT_EXPLORE.show) query.set('show', show);
}

export function readExplore(read: AddressReader): ExploreState {
  return {
    spec: read.one('spec', parseSpecText) ?? DEFAULT_EXPLORE.spec,
    show: read.one('show', oneOf(EXPLORE_PARTS)) ?? DEFAULT_EXPLORE.show,
  };
}

function parseSpecText(text: string): QuerySpecInput | undefined {
  if (text.length > MOST_CHARACTERS) return undefined;
  const read = readSpec(text);
  return read.ok ? read.spec : undefined;
}

export type ReadSpec = { ok: true; spec: QuerySpecInput } | { ok: false; problem: string };

/** A question as people write it, with the reason where it is none; what is left out stays out. */
export function readSpec(text: string): ReadSpec {
  try {
    const input: unknown = JSON.parse(text);
    parseQuerySpec(input);
    return { ok: true, spec: input as QuerySpecInput }; // it was just checked
  } catch (error) {
    return { ok: false, problem: error instanceof Error ? error.message : String(error) };
  }
}
