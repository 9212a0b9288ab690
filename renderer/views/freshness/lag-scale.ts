import type { FreshSource } from '../../../shared/rpc/contract/freshness.ts';

const HOUR_MS = 3_600_000;
const STEPS_MS = [1, 2, 4, 6, 8, 12, 24, 48, 72, 168].map((hours) => hours * HOUR_MS);
/** A source that stopped long ago would make every other bar a dot: its bar ends at the edge, its figure says it. */
const MOST_TARGETS = 4;

/** One scale for all bars: up to the longest lag, but no further than a few times the longest target. */
export function lagScale(sources: readonly Pick<FreshSource, 'lagMs' | 'targetMs'>[]): { toMs: number } {
  const longestTarget = Math.max(0, ...sources.map(({ targetMs }) => targetMs ?? 0));
  const longestLag = Math.max(0, ...sources.map(({ lagMs }) => lagMs ?? 0));
  const cap = longestTarget === 0 ? longestLag : longestTarget * MOST_TARGETS;
  const wanted = Math.max(longestTarget, Math.min(longestLag, cap));
  return { toMs: STEPS_MS.find((step) => step >= wanted) ?? Math.max(wanted, HOUR_MS) };
}
