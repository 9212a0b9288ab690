import type { SessionsContent, SessionsResult } from '../../../shared/query/answer.ts';
import type { SessionMeasure, SessionsSpec } from '../../../shared/query/kinds/sessions.ts';
import { wilsonInterval } from '../../../shared/stats/wilson.ts';
import { bucketInstants, comparedPeriod, type Period, type PeriodOptions, periodOf } from '../plan/period.ts';
import { GroupSpace, type Question } from '../plan/question.ts';
import { divide } from '../plan/series.ts';
import { type SessionTotals, tabulateSessions } from '../plan/sessions.ts';
import { expand } from './expand.ts';

const MS_PER_MINUTE = 60_000;
const MS_PER_SECOND = 1000;

export async function answerSessions(
  question: Question,
  spec: SessionsSpec,
  options: PeriodOptions,
): Promise<SessionsResult> {
  const current = await computeSessions(question, spec, periodOf(spec.range, options));
  if (spec.compare === null) return current;
  const compared = comparedPeriod(spec.compare, spec.range, options);
  return { ...current, previous: await computeSessions(question, spec, compared) };
}

async function computeSessions(
  question: Question,
  spec: SessionsSpec,
  period: Period,
): Promise<SessionsResult> {
  const space = new GroupSpace(question.breakdown);
  const table = await tabulateSessions(question, {
    space,
    axis: period.axis,
    filters: spec.filters,
    entryFilters: spec.entryFilters,
    gapMs: spec.gapMinutes * MS_PER_MINUTE,
    passive: spec.passive,
  });
  const { grouping } = space.full;
  const values = grouping.values.filter((_value, group) => grouping.occurs(group));
  return expand(
    {
      values,
      async contentOf(set) {
        await question.pace.breathe();
        return contentOf(spec, period, (bucket) => table.at(set, bucket));
      },
      unitsOf: (set) => table.at(set, null).sessions,
    },
    spec.breakdown?.limit ?? null,
    question.pace,
  );
}

function contentOf(
  spec: SessionsSpec,
  period: Period,
  totalsAt: (bucket: number | null) => SessionTotals,
): SessionsContent {
  const hasBounces = spec.measures.includes('bounce_rate');
  if (spec.interval === undefined) {
    const totals = totalsAt(null);
    const numbers = spec.measures.map((measure) => [measure, MEASURES[measure](totals)] as const);
    return {
      ...Object.fromEntries(numbers),
      ...(hasBounces ? { bounce_rate_interval: bounceInterval(totals) } : {}),
    };
  }
  const totals = Array.from({ length: period.axis.buckets }, (_, bucket) => totalsAt(bucket));
  const lists = spec.measures.map((measure) => [measure, totals.map(MEASURES[measure])] as const);
  return {
    buckets: bucketInstants(period),
    ...Object.fromEntries(lists),
    ...(hasBounces ? { bounce_rate_interval: totals.map(bounceInterval) } : {}),
  };
}

const MEASURES: Record<SessionMeasure, (totals: SessionTotals) => number | null> = {
  sessions: ({ sessions }) => sessions,
  users: ({ users }) => users,
  views: ({ views }) => views,
  bounce_rate: ({ bounces, entered }) => divide(bounces, entered),
  mean_duration: ({ durationMs, sessions }) => divide(durationMs / MS_PER_SECOND, sessions),
  views_per_session: ({ viewsOfSessions, sessions }) => divide(viewsOfSessions, sessions),
};

const bounceInterval = ({ bounces, entered }: SessionTotals): [number, number] | null =>
  entered === 0 ? null : wilsonInterval(bounces, entered);
