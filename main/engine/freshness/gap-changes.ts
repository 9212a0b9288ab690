import { meets, type TimeSpan } from '../sync/time-span.ts';
import type { SourceGap } from './source-gaps.ts';

/** A gap that is known already. */
export interface KnownGap extends TimeSpan {
  gapId: number;
  eventTypes: string[] | null;
}

export interface GapChanges {
  found: SourceGap[];
  /** Still there, perhaps with other edges. */
  kept: { gapId: number; gap: SourceGap }[];
  /** Their events have come. */
  replayed: KnownGap[];
}

/** What a search says about the gaps that were known in its span: each is still there, or was replayed. */
export function changesOf(known: readonly KnownGap[], found: readonly SourceGap[]): GapChanges {
  const left = new Set(found);
  const changes: GapChanges = { found: [], kept: [], replayed: [] };
  for (const old of known) {
    const [gap] = [...left]
      .filter((one) => meets(one, old) && isSameGap(one.eventTypes, old.eventTypes))
      .sort((a, b) => b.toMs - b.fromMs - (a.toMs - a.fromMs));
    if (gap === undefined) changes.replayed.push(old);
    else {
      left.delete(gap);
      changes.kept.push({ gapId: old.gapId, gap });
    }
  }
  changes.found = [...left];
  return changes;
}

/** Types may join a silence or leave it; one that has none in common with it is another. */
function isSameGap(a: readonly string[] | null, b: readonly string[] | null): boolean {
  if (a === null || b === null) return true;
  return a.some((type) => b.includes(type));
}
