import { useMemo } from 'react';
import { isMetricId } from '../../../shared/domain/metrics.ts';
import type { QuerySpecInput } from '../../../shared/query/spec.ts';
import { type Question, useQuestion } from '../../link/use-question.ts';
import type { Bucket } from '../../parts/date-words.ts';
import { useReportedCost } from '../../state/use-reported-cost.ts';
import { useViewBase, type ViewBase, type ViewProps } from '../../state/use-view-base.ts';
import { resultShape, type ResultShape } from './result-shape.ts';
import { resultTable, type ResultTable } from './result-table.ts';
import { startSpec } from './start-spec.ts';

export interface Explore {
  base: ViewBase;
  spec: QuerySpecInput;
  question: Question;
  table: ResultTable | null;
  shape: ResultShape | null;
  bucket: Bucket;
  /** Every series is a share of something: shown in percent. */
  isRate: boolean;
}

const NO_EVENTS: readonly string[] = [];

export function useExplore(props: ViewProps): Explore {
  const base = useViewBase(props, NO_EVENTS);
  const { spec: chosen } = base.address.explore;
  const spec = useMemo(() => chosen ?? startSpec(base), [chosen, base]);
  const question = useQuestion('explore', spec);
  useReportedCost([question]);
  const answer = question.state.good?.answer ?? null;
  const table = useMemo(() => answer && resultTable(answer), [answer]);
  const shape = useMemo(() => answer && table && resultShape(answer, table), [answer, table]);
  return { base, spec, question, table, shape, bucket: bucketIn(spec), isRate: isRateSpec(spec) };
}

function bucketIn(spec: QuerySpecInput): Bucket {
  const interval = 'interval' in spec ? spec.interval : undefined;
  return interval === 'hour' ? 'hour' : interval === 'week' || interval === 'month' ? 'week' : 'day';
}

const SHARES = new Set([
  'capture_rate',
  'state_share',
  'goal_completion',
  'stickiness',
  'bounce_rate',
  'feature_adoption',
  'error_rate',
  'churn',
  'csat',
  'follow_up_rate',
  'repeat_rate',
  'master_impact',
]);

const isRateSpec = (spec: QuerySpecInput): boolean =>
  spec.kind === 'trend' &&
  (spec.formulas ?? []).length === 0 &&
  spec.series.every(({ measure = 'events' }) => isMetricId(measure) && SHARES.has(measure));
