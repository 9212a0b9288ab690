import { divide, wilson } from './exact.ts';
import { expanded } from './expand.ts';
import { IGNORES_NOTHING, type Line } from './outcome.ts';
import type { Question } from './question.ts';
import { type SessionNumbers, sessionTable } from './session-table.ts';
import { slotsOf } from './slots.ts';
import type { SessionsSpec } from './types.ts';
import type { Bucket } from './zone.ts';

const ALL_MEASURES = ['sessions', 'users', 'views', 'bounce_rate', 'mean_duration', 'views_per_session'];

export function answerSessions(spec: SessionsSpec, question: Question): object {
  const { gapMinutes = 30, passive = [], entryFilters = [], measures = ALL_MEASURES, interval } = spec;
  const table = sessionTable(question, {
    filters: question.filters,
    entryFilters,
    rules: { gapMs: gapMinutes * 60_000, passive },
  });
  const wanted = measures.includes('bounce_rate') ? [...measures, 'bounce_rate_interval'] : measures;
  const numbersOf = (range: Bucket, line: Line, span: Bucket) =>
    table.within(range).numbers((row) => line.has(row, IGNORES_NOTHING), span);

  const answer = (range: Bucket, line: Line): object => {
    const cell = (span: Bucket) => Object.entries(cellOf(numbersOf(range, line, span)));
    if (!interval) return Object.fromEntries(cell(range).filter(([name]) => wanted.includes(name)));
    const slots = slotsOf(range, interval, question);
    const cells = slots.map(({ inside }) => Object.fromEntries(cell(inside)));
    return {
      buckets: slots.map(({ calendarBucket }) => new Date(calendarBucket.startMs).toISOString()),
      ...Object.fromEntries(wanted.map((name) => [name, cells.map((numbers) => numbers[name])])),
    };
  };
  return expanded(
    {
      answer,
      values: (naming, range) => table.within(range).values(naming.of),
      units: (line, range) => numbersOf(range, line, range).sessions,
    },
    spec.breakdown,
    question,
  );
}

function cellOf(numbers: SessionNumbers) {
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
