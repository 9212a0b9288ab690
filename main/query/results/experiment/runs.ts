import type { TrendSeries } from '../../../../shared/query/kinds/trend.ts';
import { wholeAxis } from '../../plan/axis.ts';
import { REACTION, RUN_ID } from '../../plan/capture.ts';
import { matchEvents } from '../../plan/event-match.ts';
import { Grouping } from '../../plan/grouping.ts';
import type { Question } from '../../plan/question.ts';
import { runScans } from '../../plan/scan.ts';
import { type Runs, untouchedIn, type UserMetric } from './user-metric.ts';

/** Runs of practices by number, and (where the metric asks for it) when each was first reacted to. */
export interface RunTable {
  grouping: Grouping;
  /** `runOf`: the grouping's numbers of a timeline's events. */
  of: (runOf: Int32Array | null) => Runs;
}

export async function readRuns(
  question: Question,
  series: TrendSeries,
  metric: UserMetric,
): Promise<RunTable> {
  const grouping = new Grouping([{ kind: 'event', property: RUN_ID }]);
  const firstMs = new Map<number, number>();
  if (metric.runs === 'captured') {
    const ref = { event: REACTION, filters: series.filters };
    const { compiler, spec } = question;
    const match = matchEvents(ref, {
      compiler,
      filters: spec.filters,
      isUntouched: untouchedIn(question, metric),
    });
    await runScans(question, [
      {
        axis: wholeAxis(-Infinity, Infinity),
        match,
        grouping,
        take({ batch, rows, count, groups }) {
          for (let i = 0; i < count; i++) {
            const group = groups[i] as number;
            const tsMs = batch.dayMs + (batch.ms[rows[i] as number] as number);
            if (tsMs < (firstMs.get(group) ?? Infinity)) firstMs.set(group, tsMs);
          }
        },
      },
    ]);
  }
  return {
    grouping,
    of: (runOf) => ({
      numberOf(event) {
        const group = runOf?.[event] ?? 0;
        return grouping.values[group]?.[0] == null ? 0 : group + 1;
      },
      firstReactionMs: (run) => firstMs.get(run - 1) ?? Infinity,
    }),
  };
}
