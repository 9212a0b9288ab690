export interface PathRules {
  /** Item numbers; −1: open. */
  start: number;
  end: number;
  /** Most items kept. */
  steps: number;
  /** Number of the item that stands for what is left out of the middle. */
  gapItem: number;
}

export interface PathVisitor {
  /** A transition that is drawn; `waitMs` is the time it took. */
  drawn: (step: number, source: number, target: number, waitMs: number) => void;
  /** One that the limit leaves out, by its position in the path. */
  hidden: (position: number, source: number, target: number) => void;
}

const FIRST_ITEMS = 64;

/**
 * One user's way through items: item numbers with the time of each, in order. Immediate repeats become one item, at the
 * time of the last. Reused: clear it before the next.
 */
export class Path {
  length = 0;
  items = new Int32Array(FIRST_ITEMS);
  tsMs = new Float64Array(FIRST_ITEMS);

  clear(): void {
    this.length = 0;
  }

  push(item: number, tsMs: number): void {
    if (this.length > 0 && this.items[this.length - 1] === item) {
      this.tsMs[this.length - 1] = tsMs;
      return;
    }
    if (this.length === this.items.length) this.#grow();
    this.items[this.length] = item;
    this.tsMs[this.length] = tsMs;
    this.length++;
  }

  #grow(): void {
    const items = new Int32Array(this.items.length * 2);
    items.set(this.items);
    this.items = items;
    const tsMs = new Float64Array(this.tsMs.length * 2);
    tsMs.set(this.tsMs);
    this.tsMs = tsMs;
  }
}

/** From the first start item to the first end item behind it; nothing where one of them is missing. */
export function visitPath(path: Path, rules: PathRules, visitor: PathVisitor): void {
  const { start, end } = rules;
  const from = start === -1 ? 0 : indexOf(path, start, 0);
  if (from < 0) return;
  const last = end === -1 ? path.length - 1 : indexOf(path, end, from);
  if (last < 0) return;
  visitSteps(path, from, last + 1 - from, rules, visitor);
}

function indexOf({ items, length }: Path, item: number, from: number): number {
  for (let i = from; i < length; i++) if (items[i] === item) return i;
  return -1;
}

/** Positions of the items that are drawn: the first ones; before an end the last ones; with both, some of either. */
export function drawnPositions(
  length: number,
  { start, end, steps }: PathRules,
): { head: number; tail: number } {
  if (length <= steps) return { head: length, tail: 0 };
  if (end === -1) return { head: steps, tail: 0 };
  if (start === -1) return { head: 0, tail: steps };
  const head = Math.floor(steps / 2);
  return { head, tail: steps - head };
}

/**
 * Visits the drawn transitions of `length` items of a path and those that the limit leaves out. The link into the item
 * that stands for the middle takes as long as to the first item behind it, the one out of it as from the last.
 */
function visitSteps(
  { items, tsMs }: Path,
  from: number,
  length: number,
  rules: PathRules,
  visitor: PathVisitor,
): void {
  const { head, tail } = drawnPositions(length, rules);
  const tailFrom = length - tail;
  const hasGap = head > 0 && tail > 0;
  for (let i = 0; i + 1 < length; i++) {
    const source = items[from + i] as number;
    const target = items[from + i + 1] as number;
    const waitMs = (tsMs[from + i + 1] as number) - (tsMs[from + i] as number);
    if (i + 1 < head) visitor.drawn(i, source, target, waitMs);
    else if (tail > 0 && i >= tailFrom)
      visitor.drawn(i - tailFrom + head + (hasGap ? 1 : 0), source, target, waitMs);
    else {
      if (hasGap && i + 1 === head) visitor.drawn(i, source, rules.gapItem, waitMs);
      if (hasGap && i + 1 === tailFrom) visitor.drawn(head, rules.gapItem, target, waitMs);
      visitor.hidden(i, source, target);
    }
  }
}
