import type { FreshSource } from '../../../shared/rpc/contract/freshness.ts';

const HOUR_MS = 3_600_000;
const STEPS_MS = [1, 2, 4, 6, 8, 12, 24, 48, 72, 168].map((hours) => hours * HOUR_MS);
/** A source that stopped long ago would make every other bar a dot: its bar ends at the edge, its figure says it. */
const MOST_TARGETS = 4;

type Lagging = Pick<FreshSource, 'lagMs' | 'targetMs' | 'dataset'>;

/** One scale for all bars, by the sources of events: up to the longest lag, but no further than a few times the longest
 *  target. A dimension that may be weeks old has its tick past the end. */
export function lagScale(sources: readonly Lagging[]): { toMs: number } {
  const ofEvents = sources.filter(({ dataset }) => dataset === 'events');
  const judged = ofEvents.length === 0 ? sources : ofEvents;
  const longestTarget = Math.max(0, ...judged.map(({ targetMs }) => targetMs ?? 0));
  const longestLag = Math.max(0, ...judged.map(({ lagMs }) => lagMs ?? 0));
  const cap = longestTarget === 0 ? longestLag : longestTarget * MOST_TARGETS;
  const wanted = Math.max(longestTarget, Math.min(longestLag, cap));
  return { toMs: STEPS_MS.find((step) => step >= wanted) ?? Math.max(wanted, HOUR_MS) };
}
