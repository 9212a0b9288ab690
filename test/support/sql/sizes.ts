/** Order of breakdown values: largest first, equal ones by text, the missing one (an empty text here) last. */
export interface Sized {
  value: string;
  units: number;
}

export const bySize = (a: Sized, b: Sized): number => b.units - a.units || compareValues(a.value, b.value);

export function compareValues(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '') return 1;
  if (b === '') return -1;
  return a < b ? -1 : 1;
}

/** How many bins so many samples get, unless a question says so: their cube root, rounded up. */
export function cubeRoot(samples: number): number {
  let root = 0;
  while (root ** 3 < samples) root++;
  return root;
}
