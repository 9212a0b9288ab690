import { SESSION_GAP_MS } from '../../../shared/domain/events.ts';
import type { Filter } from '../../../shared/query/filter.ts';
import type { PlannedMeasure, SeriesContext } from './measures.ts';
import { type Point, ratioPoint } from './series.ts';
import { type SessionTotals, tabulateSessions } from './sessions.ts';

const MS_PER_SECOND = 1000;

/** Session metrics as a trend: the same sessions as the kind `sessions`, under its filters. */
export async function planSessionMetric(
  { question, space, period }: SeriesContext,
  filters: readonly Filter[],
  metric: keyof typeof POINTS,
): Promise<PlannedMeasure> {
  const table = await tabulateSessions(question, {
    space,
    axis: period.axis,
    filters: [...question.spec.filters, ...filters],
    entryFilters: [],
    gapMs: SESSION_GAP_MS,
    passive: [],
  });
  return {
    scans: [],
    point: (set, bucket) => POINTS[metric](table.at(set, bucket)),
    units: (set) => table.at(set, null).sessions,
  };
}

const POINTS = {
  duration: ({ durationMs, sessions }: SessionTotals): Point =>
    ratioPoint(durationMs / MS_PER_SECOND, sessions),
  bounces: ({ bounces, entered }: SessionTotals): Point => ratioPoint(bounces, entered, { wilson: true }),
  views: ({ viewsOfSessions, sessions }: SessionTotals): Point => ratioPoint(viewsOfSessions, sessions),
};
