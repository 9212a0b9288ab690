import { answerDistribution } from './distribution.ts';
import { answerExperiment } from './experiment.ts';
import { windowMsOf } from './funnel-rules.ts';
import { answerFunnel } from './funnel.ts';
import { answerLifecycle } from './lifecycle.ts';
import { membersOfCell } from './members-of-cell.ts';
import { answerPaths } from './paths.ts';
import { type Question, toQuestion } from './question.ts';
import { answerRetention } from './retention.ts';
import { answerSessions } from './sessions.ts';
import { answerStates } from './states.ts';
import { answerStickiness } from './stickiness.ts';
import { answerTrend } from './trend.ts';
import type { OracleContext, Spec, WireEvent } from './types.ts';
import { bucketsOf, dateOf } from './zone.ts';

export interface SlowAnswer {
  /** Shape of `shared/query/answer.ts`, per kind. */
  result: object;
  partial: string[];
}

/** The answer to a question about a list of plain events, worked out in the plainest way. */
export function answerSlowly(spec: Spec, events: readonly WireEvent[], context: OracleContext): SlowAnswer {
  const question = toQuestion(spec, events, context, (inner, cell) =>
    membersOfCell(inner, cell, (asked) => answerSlowly(asked, events, context).result),
  );
  return { result: resultOf(spec, question), partial: partialOf(spec, question) };
}

function resultOf(spec: Spec, question: Question): object {
  switch (spec.kind) {
    case 'trend':
      return answerTrend(spec, question);
    case 'states':
      return answerStates(spec, question);
    case 'sessions':
      return answerSessions(spec, question);
    case 'funnel':
      return answerFunnel(spec, question);
    case 'retention':
      return answerRetention(spec, question);
    case 'lifecycle':
      return answerLifecycle(spec, question);
    case 'stickiness':
      return answerStickiness(spec, question);
    case 'paths':
      return answerPaths(spec, question);
    case 'distribution':
      return answerDistribution(spec, question);
    case 'experiment':
      return answerExperiment(spec, question);
  }
}

const CAPTURE_WINDOW_MS = 86_400_000;

/**
 * Buckets whose period is not over; of a capture rate, whose last reactions may still come; of a funnel over time, whose
 * last units are still inside their window, unless the range ends before.
 */
function partialOf(spec: Spec, { current, calendar, nowMs }: Question): string[] {
  if (spec.kind === 'experiment' && spec.experiment_id === undefined) return []; // reads no events
  const interval = spec.interval ?? 'day';
  const waitMs = readsCaptures(spec) ? CAPTURE_WINDOW_MS : windowOfTrend(spec, current.endMs > nowMs);
  return bucketsOf(current, interval, calendar)
    .filter(({ endMs }) => endMs + waitMs > nowMs)
    .map(({ startMs }) =>
      interval === 'hour' ? new Date(startMs).toISOString() : dateOf(startMs, calendar.zone),
    );
}

const readsCaptures = (spec: Spec): boolean =>
  spec.kind === 'states' ||
  (spec.kind === 'trend' &&
    spec.series.some(({ measure }) => measure === 'capture_rate' || measure === 'master_impact'));

const windowOfTrend = (spec: Spec, isRangeOpen: boolean): number =>
  spec.kind === 'funnel' && spec.show === 'trend' && isRangeOpen ? windowMsOf(spec) : 0;
