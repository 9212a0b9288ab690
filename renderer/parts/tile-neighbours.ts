type Direction = 'ArrowLeft' | 'ArrowRight' | 'ArrowUp' | 'ArrowDown';

const isDirection = (key: string): key is Direction => /^Arrow(Left|Right|Up|Down)$/.test(key);

/** The nearest tile in the direction of an arrow key, by the places on screen; null at the edge. */
export function neighbourTile(tile: HTMLElement, key: string): HTMLElement | null {
  if (!isDirection(key)) return null;
  const from = tile.getBoundingClientRect();
  const others = [...document.querySelectorAll<HTMLElement>('[data-tile]')].filter((other) => other !== tile);
  const candidates = others
    .map((other) => ({ other, box: other.getBoundingClientRect() }))
    .filter(({ box }) => isBeyond(from, box, key))
    .sort((a, b) => distance(from, a.box) - distance(from, b.box));
  return candidates[0]?.other ?? null;
}

function isBeyond(from: DOMRect, to: DOMRect, key: Direction): boolean {
  if (key === 'ArrowLeft') return to.right <= from.left + 2;
  if (key === 'ArrowRight') return to.left >= from.right - 2;
  return key === 'ArrowUp' ? to.bottom <= from.top + 2 : to.top >= from.bottom - 2;
}

const distance = (a: DOMRect, b: DOMRect): number => Math.hypot(a.left - b.left, a.top - b.top);
