import { exactSum } from './exact.ts';
import { type Counted, type Ignores, type Line, type Slot, rateOf, ratioOf, valuesOf } from './outcome.ts';
import { type Question, idIn, inSpan } from './question.ts';
import { type Row, numberOf } from './rows.ts';
import type { Series } from './types.ts';

/** Pre-signals with their post-signals: the first pre and the last post of an id, joined at any distance. */

const TYPES = ['signal_pre', 'signal_post'];
const ABANDONED_LIFT = -1;
const WORTH: Record<string, number> = { yes: 1, partly: 0.5, no: 0 };

export function signalMetric(
  id: 'confidence_lift' | 'goal_completion' | 'abandonment',
  series: Series,
  question: Question,
): Counted {
  const filters = series.filters ?? [];
  const passing = question.rows.filter(
    (row) => TYPES.includes(row.type) && question.takesInMetric(row, { types: TYPES, filters }),
  );
  const onlyPosts: Ignores = (property) => question.cannotHave('signal_pre', property, TYPES);
  const pairs = pairsOf(passing);
  const pick = (line: Line, { inside }: Slot) =>
    pairs.filter(({ pre }) => inSpan(pre, inside) && line.has(pre, onlyPosts));
  return {
    values: valuesOf({
      rows: passing.filter((row) => row.type === 'signal_pre'),
      ignores: onlyPosts,
    }),
    units: (line, slot) => pick(line, slot).length,
    measure: (line, slot) => {
      const own = pick(line, slot);
      if (id === 'abandonment') return rateOf(own.filter(({ post }) => !post).length, own.length);
      if (id === 'goal_completion') return ratioOf(exactSum(own.map(worthOf)), own.length);
      const lifts = own.map(liftOf).filter((lift) => lift !== null);
      return ratioOf(exactSum(lifts), lifts.length);
    },
  };
}

interface SignalPair {
  pre: Row;
  post: Row | undefined;
}

const hasId = (row: Row): boolean => idIn(row, 'signal_id') !== null;
const confidence = (row: Row): number | null => numberOf(row, 'confidence');

/** Of events at one instant the one with the smaller id is the earlier. */
const byTime = (a: Row, b: Row): number => a.tsMs - b.tsMs || (a.id < b.id ? -1 : 1);

function pairsOf(rows: readonly Row[]): SignalPair[] {
  const bySignal = Map.groupBy(rows.filter(hasId), (row) => idIn(row, 'signal_id'));
  return [...bySignal.values()].flatMap((own) => {
    const inOrder = own.sort(byTime);
    const pre = inOrder.find((row) => row.type === 'signal_pre');
    return pre ? [{ pre, post: inOrder.findLast((row) => row.type === 'signal_post') }] : [];
  });
}

function liftOf({ pre, post }: SignalPair): number | null {
  if (!post) return ABANDONED_LIFT;
  const [before, after] = [confidence(pre), confidence(post)];
  return before === null || after === null ? null : after - before;
}

const worthOf = ({ post }: SignalPair): number => {
  const answer = post?.fields.get('goal_completed');
  return (typeof answer === 'string' ? WORTH[answer] : undefined) ?? 0;
};
