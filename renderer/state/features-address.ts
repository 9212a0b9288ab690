import type { AddressReader } from './address-reader.ts';

/** What the Features view shows, beside dates and filters. */
export interface FeaturesState {
  /** Feature that the tiles at the right are about; null: the most adopted one. */
  feature: string | null;
}

export const DEFAULT_FEATURES: FeaturesState = { feature: null };

const MOST_CHARACTERS = 256;

export function formatFeatures(query: URLSearchParams, { feature }: FeaturesState): void {
  if (feature !== null) query.set('feature', feature);
}

export const readFeatures = (read: AddressReader): FeaturesState => ({
  feature:
    read.one('feature', (text) => (text !== '' && text.length <= MOST_CHARACTERS ? text : undefined)) ??
    DEFAULT_FEATURES.feature,
});
