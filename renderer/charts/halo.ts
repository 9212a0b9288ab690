/** Text over marks keeps an edge of the sheet's colour. */
export const HALO = {
  stroke: 'var(--surface)',
  'stroke-width': 3,
  'stroke-linejoin': 'round',
  'paint-order': 'stroke',
} as const;
