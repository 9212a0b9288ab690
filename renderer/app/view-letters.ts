import type { ViewId } from '../state/address.ts';

/** G, then the letter. */
export const VIEW_LETTERS: Readonly<Record<string, ViewId>> = {
  p: 'practices',
  m: 'masters',
  f: 'funnels',
  c: 'cohorts',
  e: 'engagement',
  x: 'explore',
  j: 'journeys',
  u: 'usage',
  a: 'features',
  s: 'signals',
  d: 'freshness',
  q: 'quarantine',
  o: 'sources',
  ',': 'settings',
  l: 'alerts',
};
