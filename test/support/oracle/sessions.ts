import { divide, wilson } from './exact.ts';
import { expanded } from './expand.ts';
import { passesAll } from './filter.ts';
import { type Question, inSpan } from './question.ts';
import type { Row } from './rows.ts';
import { sessionNumbers } from './session-numbers.ts';
import { type Session, sessionByRow } from './sessionize.ts';
import { slotsOf } from './trend.ts';
import type { SessionsSpec } from './types.ts';
import type { Bucket } from './zone.ts';

const ALL_MEASURES = ['sessions', 'users', 'views', 'bounce_rate', 'mean_duration', 'views_per_session'];

export function answerSessions(spec: SessionsSpec, question: Question): object {
  const { gapMinutes = 30, passive = [], entryFilters = [], measures = ALL_MEASURES, interval } = spec;
  const sessions = sessionByRow(question.rows, { gapMs: gapMinutes * 60_000, passive });
  const isEntered = (row: Row): boolean => {
    if (entryFilters.length === 0) return true;
    const session = sessions.get(row);
    return session !== undefined && passesAll(entryFilters, session.firstRow.fields);
  };
  const fitting = question.rows.filter((row) => question.takes(row) && isEntered(row));
  const kept = new Set(fitting);
  /** Source, device and every other property of a session are those of its first event. */
  const namingRow = (row: Row): Row => sessions.get(row)?.firstRow ?? row;

  const answer = (range: Bucket, has: (row: Row) => boolean): object => {
    const own = fitting.filter((row) => has(namingRow(row)));
    const cell = (span: Bucket) =>
      cellOf(
        sessionNumbers(
          own.filter((row) => inSpan(row, span)),
          (row) => sessions.get(row),
          (row) => kept.has(row),
        ),
      );
    const wanted = measures.includes('bounce_rate') ? [...measures, 'bounce_rate_interval'] : measures;
    if (!interval)
      return Object.fromEntries(Object.entries(cell(range)).filter(([name]) => wanted.includes(name)));
    const slots = slotsOf(range, interval, question);
    const cells = slots.map(({ inside }) => cell(inside));
    const lists = wanted.map(
      (name) => [name, cells.map((numbers) => numbers[name as keyof typeof numbers])] as const,
    );
    return {
      buckets: slots.map(({ calendarBucket }) => new Date(calendarBucket.startMs).toISOString()),
      ...Object.fromEntries(lists),
    };
  };
  const units = (range: Bucket) => [
    ...new Set(
      fitting
        .filter((row) => inSpan(row, range))
        .map((row) => sessions.get(row))
        .filter((session) => session !== undefined),
    ),
  ];
  const rowOf = (session: Session): Row => session.firstRow;
  return expanded({ units, rowOf, answer }, spec.breakdown, question);
}

function cellOf(numbers: ReturnType<typeof sessionNumbers>) {
  const interval = wilson(numbers.bounced, numbers.entered);
  return {
    sessions: numbers.sessions,
    users: numbers.users,
    views: numbers.views,
    bounce_rate: divide(numbers.bounced, numbers.entered),
    bounce_rate_interval: interval ? [interval.low, interval.high] : null,
    mean_duration: divide(numbers.durationSeconds, numbers.sessions),
    views_per_session: divide(numbers.viewsOfSessions, numbers.sessions),
  };
}
