/** Where an arrow key leads in rows that end at both sides; null for other keys. */
export function rowAfter(key: string, at: number | null, count: number): number | null {
  if (count === 0) return null;
  if (key === 'ArrowDown' || key === 'ArrowRight') return at === null ? 0 : Math.min(count - 1, at + 1);
  if (key === 'ArrowUp' || key === 'ArrowLeft') return at === null ? count - 1 : Math.max(0, at - 1);
  return null;
}
