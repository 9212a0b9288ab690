import type { FreshSource, Gap, MarkedType } from '../../../shared/rpc/contract/freshness.ts';

type Why = MarkedType['because'][number]['why'];

/** The event types that are marked now, and why: late sources, gaps in the window, days that do not match. */
export function markedTypes(
  sources: readonly FreshSource[],
  gaps: readonly Gap[],
  sinceMs: number,
): MarkedType[] {
  const because = new Map<string, Map<string, MarkedType['because'][number]>>();
  const mark = (eventTypes: readonly string[], sourceName: string, why: Why): void => {
    for (const eventType of eventTypes) {
      const known = because.get(eventType) ?? new Map<string, MarkedType['because'][number]>();
      known.set(`${why} ${sourceName}`, { sourceName, why });
      because.set(eventType, known);
    }
  };
  for (const { sourceName, environment, status, mismatches, eventTypes } of sources) {
    if (status === 'late') mark(eventTypes, sourceName, 'late');
    if (mismatches.length > 0) mark(eventTypes, sourceName, 'differs');
    for (const gap of gaps) {
      const isOwn = gap.sourceName === sourceName && gap.environment === environment;
      if (isOwn && gap.state !== 'replayed' && Date.parse(gap.to) > sinceMs)
        mark(gap.eventTypes ?? eventTypes, sourceName, 'gap');
    }
  }
  return [...because]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([eventType, reasons]) => ({ eventType, because: [...reasons.values()] }));
}
