import { divide, exactSum } from './exact.ts';
import {
  type Counted,
  IGNORES_NOTHING,
  type Ignores,
  type Line,
  type Outcome,
  type Slot,
} from './outcome.ts';
import { type Question, idIn, inSpan } from './question.ts';
import type { Row } from './rows.ts';
import type { Filter } from './types.ts';

/** Completions and the reactions that capture them. */

const DAY_MS = 86_400_000;
const TYPES = ['session_completed', 'reaction_captured'];

const runOf = (row: Row): string | null => idIn(row, 'practice_session_id');
/** Without an id it is no run that could be counted once. */
export const runsOf = (rows: readonly Row[]): Set<string> =>
  new Set(rows.map(runOf).filter((run) => run !== null));

/** A reaction captures a completion of its run if it comes before it or at most 24 h after it, that end included. */
const captures = (reaction: Row, completion: Row): boolean =>
  runOf(reaction) !== null &&
  runOf(reaction) === runOf(completion) &&
  reaction.tsMs <= completion.tsMs + DAY_MS;

export interface Pair {
  completion: Row;
  reaction: Row;
}

export interface Practices {
  /** Events that pass the filters. */
  completions: Row[];
  reactions: Row[];
  pairs: Pair[];
  /** Properties that only reactions can have: they split reactions, and say nothing of completions. */
  onlyReactions: Ignores;
}

/** `lifted`: a property whose filters are left out. */
export function practicesOf(question: Question, filters: readonly Filter[], lifted?: string): Practices {
  const { rows, takesInMetric, cannotHave } = question;
  const passing = rows.filter(
    (row) => TYPES.includes(row.type) && takesInMetric(row, { types: TYPES, filters, lifted }),
  );
  const completions = passing.filter((row) => row.type === 'session_completed');
  const reactions = passing.filter((row) => row.type === 'reaction_captured');
  return {
    completions,
    reactions,
    pairs: completions.flatMap((completion) =>
      reactions
        .filter((reaction) => captures(reaction, completion))
        .map((reaction) => ({ completion, reaction })),
    ),
    onlyReactions: (property) => cannotHave('session_completed', property, TYPES),
  };
}

/** Runs count once, captured if one of their completions is. */
export function countRuns(
  { completions, pairs, onlyReactions }: Practices,
  line: Line,
  { inside }: Pick<Slot, 'inside'>,
) {
  const completed = completions.filter((row) => inSpan(row, inside) && line.has(row, onlyReactions));
  const captured = pairs.filter(
    ({ completion, reaction }) =>
      inSpan(completion, inside) && line.hasPair(completion, reaction, onlyReactions, IGNORES_NOTHING),
  );
  return {
    completed: runsOf(completed).size,
    captured: runsOf(captured.map(({ completion }) => completion)).size,
  };
}

/** Values of completions; where a property is the reactions' alone, of captured completions with their reactions. */
export const valuesOfRuns =
  ({ completions, pairs, onlyReactions }: Practices): Counted['values'] =>
  (naming, range) => {
    const own = completions.filter((row) => inSpan(row, range));
    if (!naming.properties.some(onlyReactions)) return own.map(naming.of);
    return pairs
      .filter(({ completion }) => inSpan(completion, range))
      .map(({ completion, reaction }) => naming.ofPair(completion, reaction, onlyReactions));
  };

/**
 * Captured runs of a line beyond what its mix of practices lets expect. `everyone`: the same question without regard to
 * the master; `peers`: the line without regard to the master.
 */
export function impactOf(
  { own, everyone }: { own: Practices; everyone: Practices },
  { line, peers }: { line: Line; peers: Line },
  slot: Slot,
): Outcome {
  const practiceOf = (row: Row) => textOrNull(row, 'practice_id');
  const inPractice = (of: Line, practice: string): Line => ({
    has: (row, ignores) => practiceOf(row) === practice && of.has(row, ignores),
    hasPair: (completion, reaction, from, ignores) =>
      practiceOf(completion) === practice && of.hasPair(completion, reaction, from, ignores),
  });
  const practices = new Set(
    own.completions.filter((row) => line.has(row, own.onlyReactions)).map(practiceOf),
  );
  const mix = [...practices].map((practice) => {
    const { completed, captured } = countRuns(own, inPractice(line, practice), slot);
    const all = inPractice(peers, practice);
    const expected = countRuns(everyone, all, slot);
    const masters = everyone.completions
      .filter(
        (row) => runOf(row) !== null && inSpan(row, slot.inside) && all.has(row, everyone.onlyReactions),
      )
      .map((row) => textOrNull(row, 'master_id'));
    return {
      completed,
      captured,
      rate: divide(expected.captured, expected.completed) ?? 0,
      isComparable: new Set(masters).size > 1,
    };
  });
  const n = exactSum(mix.map(({ completed }) => completed));
  const gained =
    exactSum(mix.map(({ captured }) => captured)) -
    exactSum(mix.map(({ completed, rate }) => completed * rate));
  const variance = exactSum(mix.map(({ completed, rate }) => completed * rate * (1 - rate)));
  const comparable = exactSum(
    mix.filter(({ isComparable }) => isComparable).map(({ completed }) => completed),
  );
  const value = divide(gained, n);
  const half = divide(1.96 * Math.sqrt(variance), n) ?? 0;
  return {
    value,
    numerator: n === 0 ? 0 : gained,
    denominator: n,
    low: value === null ? null : value - half,
    high: value === null ? null : value + half,
    comparable: divide(comparable, n),
  };
}

const textOrNull = (row: Row, property: string): string => JSON.stringify(row.fields.get(property) ?? null);
