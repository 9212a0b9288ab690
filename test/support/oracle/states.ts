import { compareValues, partOf } from './breakdown.ts';
import { divide, wilson } from './exact.ts';
import { expanded } from './expand.ts';
import { captureCounts, captureOf, hasRun } from './metrics.ts';
import { type Question, inSpan } from './question.ts';
import type { Row } from './rows.ts';
import { slotsOf } from './trend.ts';
import type { StatesSpec } from './types.ts';
import type { Bucket } from './zone.ts';

const TYPES = ['session_completed', 'reaction_captured'];

export function answerStates(spec: StatesSpec, question: Question): object {
  const { groupBy = 'practice_id', interval } = spec;
  const rows = question.rows.filter((row) => TYPES.includes(row.type) && question.takesInMetric(row, TYPES));
  const completions = rows.filter((row) => row.type === 'session_completed' && hasRun(row));
  const reactions = rows.filter((row) => row.type === 'reaction_captured');
  const isCaptured = captureOf(reactions);
  const groupOf = (row: Row) => partOf(row.fields.get(groupBy));

  const answer = (range: Bucket, has: (row: Row) => boolean): object => {
    const own = [...completions, ...reactions].filter((row) => has(row) && inSpan(row, range));
    const states = statesOf(own, question.taxonomy);
    const spans = interval ? slotsOf(range, interval, question).map(({ inside }) => inside) : [range];
    const rowOf = (among: readonly Row[]) => {
      const cells = spans.map((span) =>
        cellOf(
          among.filter((row) => inSpan(row, span)),
          states,
          isCaptured,
        ),
      );
      return interval ? listed(cells, states) : cells[0];
    };
    const groups = [...Map.groupBy(own, groupOf)].sort(([a, rowsA], [b, rowsB]) => {
      const [first, second] = [cellOf(rowsA, states, isCaptured), cellOf(rowsB, states, isCaptured)];
      return second.completed - first.completed || second.n - first.n || compareValues(a, b);
    });
    return {
      ...(interval
        ? {
            buckets: slotsOf(range, interval, question).map(({ calendarBucket }) =>
              new Date(calendarBucket.startMs).toISOString(),
            ),
          }
        : {}),
      rows: groups.map(([value, among]) => ({ value, ...rowOf(among) })),
      total: { value: null, ...rowOf(own) },
    };
  };
  const units = (range: Bucket) => [...completions, ...reactions].filter((row) => inSpan(row, range));
  return expanded({ units, rowOf: (row: Row) => row, answer }, spec.breakdown, question);
}

const stateOf = (row: Row): string | null => partOf(row.fields.get('state'));

/** Those of the taxonomy in its order, then what only the data knows. */
function statesOf(rows: readonly Row[], taxonomy: readonly string[]): string[] {
  const found = rows.filter((row) => row.type === 'reaction_captured').map(stateOf);
  const others = [...new Set(found)].filter((state) => state !== null && !taxonomy.includes(state));
  return [...taxonomy, ...others.filter((state) => state !== null).sort()];
}

function cellOf(rows: readonly Row[], states: readonly string[], isCaptured: (row: Row) => boolean) {
  const reactions = rows.filter((row) => row.type === 'reaction_captured');
  const { captured, total: completed } = captureCounts(
    rows.filter((row) => row.type === 'session_completed'),
    isCaptured,
  );
  return {
    n: reactions.length,
    captured,
    completed,
    captureRate: rateOf(captured, completed),
    states: states.map((state) => {
      const count = reactions.filter((row) => stateOf(row) === state).length;
      return { state, count, ...rateOf(count, reactions.length) };
    }),
  };
}

type Cell = ReturnType<typeof cellOf>;

function rateOf(numerator: number, denominator: number) {
  const interval = wilson(numerator, denominator);
  return { value: divide(numerator, denominator), low: interval?.low ?? null, high: interval?.high ?? null };
}

const listed = (cells: readonly Cell[], states: readonly string[]) => ({
  n: cells.map(({ n }) => n),
  captured: cells.map(({ captured }) => captured),
  completed: cells.map(({ completed }) => completed),
  captureRate: {
    value: cells.map(({ captureRate }) => captureRate.value),
    low: cells.map(({ captureRate }) => captureRate.low),
    high: cells.map(({ captureRate }) => captureRate.high),
  },
  states: states.map((state, index) => ({
    state,
    count: cells.map((cell) => cell.states[index]?.count ?? 0),
    value: cells.map((cell) => cell.states[index]?.value ?? null),
  })),
});
