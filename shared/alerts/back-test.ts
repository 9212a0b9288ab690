import { type Firing, judgeRule } from './judge-rule.ts';
import type { AlertRule, Label } from './rule.ts';
import { isComplete, type WatchedSeries } from './series.ts';

/** A known incident, or a firing that somebody labelled. */
export interface LabelledSpan {
  startMs: number;
  endMs: number;
  label: Label;
  /** When a user first reported it. */
  reportedMs: number | null;
}

export interface BackTest {
  firings: (Firing & { endMs: number | null; lowest: number | null; label: Label | null })[];
  days: number;
  firingsPerWeek: number;
  /** Labelled true and not found. */
  misses: number;
  caught: number;
  falseFirings: number;
  /** Reports minus firings, over what was caught; null without any. */
  medianLeadMs: number | null;
}

const WEEK_DAYS = 7;
const DAY_MS = 86_400_000;

/** What a rule would have done over a series it never saw: the same steps as in earnest, from a fresh state. */
export function backTest(
  rule: AlertRule,
  series: WatchedSeries,
  labels: readonly LabelledSpan[] = [],
): BackTest {
  const outcome = judgeRule({ ...rule, mutedUntil: null }, series);
  const endBySince = new Map(outcome.ended.map(({ sinceMs, endedMs }) => [sinceMs, endedMs]));
  const firings = outcome.firings.map((firing) => {
    const endMs = endBySince.get(firing.sinceMs) ?? null;
    const span = { startMs: firing.sinceMs, endMs: endMs ?? Infinity };
    return { ...firing, endMs, lowest: extremeIn(rule, series, span), label: labelOn(labels, span) };
  });
  const days = series.startMs.filter((_, index) => isComplete(series, index)).length * bucketDays(series);
  const trueSpans = labels.filter(({ label }) => label === 'true');
  const caughtSpans = trueSpans.filter((span) => firings.some((firing) => meets(firing, span)));
  const leads = caughtSpans.flatMap((span) => {
    const firing = firings.find((each) => meets(each, span));
    return firing === undefined || span.reportedMs === null ? [] : [span.reportedMs - firing.conditionMetMs];
  });
  return {
    firings,
    days,
    firingsPerWeek: days > 0 ? (firings.length / days) * WEEK_DAYS : 0,
    misses: trueSpans.length - caughtSpans.length,
    caught: caughtSpans.length,
    falseFirings: firings.filter(({ label }) => label === 'false').length,
    medianLeadMs: median(leads),
  };
}

export interface LinePoint {
  value: number;
  firings: number;
  caught: number;
  falseFirings: number;
}

/** Firings by where the line of a threshold stands, with the span that keeps the true and drops the false. */
export function sweepThreshold(
  rule: AlertRule,
  series: WatchedSeries,
  options: { values: readonly number[]; labels: readonly LabelledSpan[] },
): { points: LinePoint[]; best: { low: number; high: number } | null } {
  const { condition } = rule;
  if (condition.kind !== 'threshold') return { points: [], best: null };
  const points = options.values.map((value): LinePoint => {
    const test = backTest({ ...rule, condition: { ...condition, value } }, series, options.labels);
    return { value, firings: test.firings.length, caught: test.caught, falseFirings: test.falseFirings };
  });
  const most = Math.max(0, ...points.map(({ caught }) => caught));
  const good = points.filter(({ caught, falseFirings }) => most > 0 && caught === most && falseFirings === 0);
  const values = good.map(({ value }) => value);
  return { points, best: good.length === 0 ? null : { low: Math.min(...values), high: Math.max(...values) } };
}

const meets = (firing: { sinceMs: number; endMs: number | null }, span: LabelledSpan): boolean =>
  firing.sinceMs < span.endMs && (firing.endMs ?? Infinity) > span.startMs;

function labelOn(labels: readonly LabelledSpan[], span: { startMs: number; endMs: number }): Label | null {
  return labels.find((each) => each.startMs < span.endMs && each.endMs > span.startMs)?.label ?? null;
}

/** The worst value of a span, in the direction of the rule. */
function extremeIn(
  { condition }: AlertRule,
  series: WatchedSeries,
  { startMs, endMs }: { startMs: number; endMs: number },
): number | null {
  const isRise = condition.kind === 'spike' || ('side' in condition && condition.side === 'above');
  const values = series.values.filter((value, index): value is number => {
    const bucketMs = series.startMs[index] as number;
    return value !== null && isComplete(series, index) && bucketMs >= startMs && bucketMs < endMs;
  });
  if (values.length === 0) return null;
  return isRise ? Math.max(...values) : Math.min(...values);
}

function bucketDays({ startMs, endMs }: WatchedSeries): number {
  const first = startMs[0];
  return first === undefined ? 0 : Math.round((((endMs[0] ?? first) - first) / DAY_MS) * 24) / 24;
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
