import {
  type BreakdownValue,
  type Naming,
  compareValues,
  distinctValues,
  namingOf,
  partOf,
} from './breakdown.ts';
import { divide, wilson } from './exact.ts';
import { expanded } from './expand.ts';
import { both, lineOf } from './line.ts';
import { IGNORES_NOTHING, type Ignores, type Line } from './outcome.ts';
import { type Practices, countRuns, practicesOf, valuesOfRuns } from './practices.ts';
import { type Question, inSpan } from './question.ts';
import type { Row } from './rows.ts';
import { slotsOf } from './slots.ts';
import type { StatesSpec } from './types.ts';
import type { Bucket } from './zone.ts';

/** Practices × states: completions by their own properties, reactions by theirs. */
export function answerStates(spec: StatesSpec, question: Question): object {
  const { groupBy = 'practice_id', interval } = spec;
  const table: Table = {
    practices: practicesOf(question, []),
    /** Properties that only completions can have. */
    onlyCompletions: (property) =>
      question.cannotHave('reaction_captured', property, ['session_completed', 'reaction_captured']),
  };
  const grouping = namingOf({ property: groupBy }, question);

  const answer = (range: Bucket, line: Line): object => {
    const states = statesOf(table.practices.reactions, range, question.taxonomy);
    const slots = interval ? slotsOf(range, interval, question) : [];
    const rowOf = (of: Line) => {
      if (!interval) return cellOf(table, of, range, states);
      const cells = slots.map(({ inside }) => cellOf(table, of, inside, states));
      return listed(cells, states);
    };
    const groups = groupsOn(table, grouping, line, range).map((value) => {
      const own = both(line, lineOf(grouping, [value]));
      return { value, own, whole: cellOf(table, own, range, states) };
    });
    groups.sort(
      (a, b) =>
        b.whole.completed - a.whole.completed || b.whole.n - a.whole.n || compareValues(a.value, b.value),
    );
    return {
      ...(interval
        ? { buckets: slots.map(({ calendarBucket }) => new Date(calendarBucket.startMs).toISOString()) }
        : {}),
      rows: groups.map(({ value, own }) => ({ value, ...rowOf(own) })),
      total: { value: null, ...rowOf(line) },
    };
  };
  return expanded(
    {
      answer,
      values: (naming, range) => valuesIn(table, naming, range),
      units: (line, range) => countRuns(table.practices, line, { inside: range }).completed,
    },
    spec.breakdown,
    question,
  );
}

interface Table {
  practices: Practices;
  onlyCompletions: Ignores;
}

/** Breakdown values of completions (or, of what only reactions can have, of captured ones) and of reactions. */
function valuesIn({ practices, onlyCompletions }: Table, naming: Naming, range: Bucket): BreakdownValue[] {
  const reactions = practices.reactions.filter((row) => inSpan(row, range));
  return [
    ...valuesOfRuns(practices)(naming, range),
    ...(naming.properties.some(onlyCompletions) ? [] : reactions.map(naming.of)),
  ];
}

/** Groups on a line, likewise. */
function groupsOn(
  { practices, onlyCompletions }: Table,
  grouping: Naming,
  line: Line,
  range: Bucket,
): BreakdownValue[] {
  const { onlyReactions } = practices;
  const own: Practices = {
    ...practices,
    completions: practices.completions.filter((row) => line.has(row, onlyReactions)),
    pairs: practices.pairs.filter(({ completion, reaction }) =>
      line.hasPair(completion, reaction, onlyReactions, IGNORES_NOTHING),
    ),
    reactions: practices.reactions.filter((row) => line.has(row, onlyCompletions)),
  };
  return distinctValues(valuesIn({ practices: own, onlyCompletions }, grouping, range));
}

const stateOf = (row: Row): string | null => partOf(row.fields.get('state'));

/** Those of the taxonomy in its order, then what only the reactions of the range know. */
function statesOf(reactions: readonly Row[], range: Bucket, taxonomy: readonly string[]): string[] {
  const found = new Set(reactions.filter((row) => inSpan(row, range)).map(stateOf));
  const others = [...found].filter((state) => state !== null && !taxonomy.includes(state));
  return [...taxonomy, ...others.filter((state) => state !== null).sort()];
}

function cellOf({ practices, onlyCompletions }: Table, line: Line, span: Bucket, states: readonly string[]) {
  const reactions = practices.reactions.filter((row) => inSpan(row, span) && line.has(row, onlyCompletions));
  const { captured, completed } = countRuns(practices, line, { inside: span });
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
