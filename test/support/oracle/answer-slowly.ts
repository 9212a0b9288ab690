import { type Question, toQuestion } from './question.ts';
import { answerSessions } from './sessions.ts';
import { answerStates } from './states.ts';
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
  const question = toQuestion(spec, events, context);
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
  }
}

const CAPTURE_WINDOW_MS = 86_400_000;

/** Buckets whose period is not over; of a capture rate, whose last reactions may still come. */
function partialOf(spec: Spec, { current, calendar, nowMs }: Question): string[] {
  const interval = spec.interval ?? 'day';
  const waitMs = readsCaptures(spec) ? CAPTURE_WINDOW_MS : 0;
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
