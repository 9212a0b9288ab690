/** One user's way through items: item numbers with the time of each, in order. */
export interface Path {
  items: number[];
  tsMs: number[];
}

export interface PathRules {
  /** Item numbers; −1: open. */
  start: number;
  end: number;
  /** Most items kept. */
  steps: number;
  /** Number of the item that stands for what is left out of the middle. */
  gapItem: number;
}

/** A transition that is drawn; `waitMs` is the time it took. */
export interface PathStep {
  step: number;
  source: number;
  target: number;
  waitMs: number;
}

/** Immediate repeats become one item, at the time of the last. */
export function collapse({ items, tsMs }: Path): Path {
  const path: Path = { items: [], tsMs: [] };
  for (let i = 0; i < items.length; i++) {
    if (path.items.at(-1) === items[i]) path.tsMs[path.tsMs.length - 1] = tsMs[i] as number;
    else {
      path.items.push(items[i] as number);
      path.tsMs.push(tsMs[i] as number);
    }
  }
  return path;
}

/** From the first start item to the first end item behind it; null where one of them is missing. */
export function cutEnds({ items, tsMs }: Path, { start, end }: PathRules): Path | null {
  const from = start === -1 ? 0 : items.indexOf(start);
  if (from < 0) return null;
  const to = end === -1 ? items.length - 1 : items.indexOf(end, from);
  if (to < 0) return null;
  return { items: items.slice(from, to + 1), tsMs: tsMs.slice(from, to + 1) };
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
 * Visits the drawn transitions of a path and those that the limit leaves out (by position in the path). The link into the
 * item that stands for the middle takes as long as to the first item behind it, the one out of it as from the last.
 */
export function visitSteps(
  { items, tsMs }: Path,
  rules: PathRules,
  visit: {
    drawn: (step: PathStep) => void;
    hidden: (position: number, source: number, target: number) => void;
  },
): void {
  const { head, tail } = drawnPositions(items.length, rules);
  const tailFrom = items.length - tail;
  const hasGap = head > 0 && tail > 0;
  for (let i = 0; i + 1 < items.length; i++) {
    const [source, target] = [items[i] as number, items[i + 1] as number];
    const waitMs = (tsMs[i + 1] as number) - (tsMs[i] as number);
    if (i + 1 < head) visit.drawn({ step: i, source, target, waitMs });
    else if (tail > 0 && i >= tailFrom)
      visit.drawn({ step: i - tailFrom + head + (hasGap ? 1 : 0), source, target, waitMs });
    else {
      if (hasGap && i + 1 === head) visit.drawn({ step: i, source, target: rules.gapItem, waitMs });
      if (hasGap && i + 1 === tailFrom) visit.drawn({ step: head, source: rules.gapItem, target, waitMs });
      visit.hidden(i, source, target);
    }
  }
}
