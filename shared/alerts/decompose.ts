/** One slice before and after: k of n. For counts n is k. */
export interface SliceTotals {
  value: string | null;
  before: { k: number; n: number };
  after: { k: number; n: number };
}

export interface SlicePart {
  value: string | null;
  /** What the change of the slice's own rate did to the whole. */
  rate: number;
  /** What the change of its weight did. */
  mix: number;
}

export interface Decomposition {
  before: number;
  after: number;
  parts: SlicePart[];
}

/**
 * Splits the change of a rate into what each slice's own rate did and what its weight did. Additive: all rates and mixes
 * sum to `after − before`. With w the weight and r the rate of a slice and bars for the mean of before and after:
 * Δ = Σ w̄·Δr + Σ Δw·(r̄ − R̄). Source: Kitagawa (1955), JASA 50. A slice that is missing on one side has no rate of its
 * own there and counts as mix alone. Null where one side has no trials.
 */
export function decomposeRate(slices: readonly SliceTotals[]): Decomposition | null {
  const before = totalOf(slices.map((slice) => slice.before));
  const after = totalOf(slices.map((slice) => slice.after));
  if (before.n === 0 || after.n === 0) return null;
  const whole = { before: before.k / before.n, after: after.k / after.n };
  const middle = (whole.before + whole.after) / 2;
  const parts = slices.map((slice): SlicePart => {
    const weightBefore = slice.before.n / before.n;
    const weightAfter = slice.after.n / after.n;
    const rateBefore = slice.before.n > 0 ? slice.before.k / slice.before.n : slice.after.k / slice.after.n;
    const rateAfter = slice.after.n > 0 ? slice.after.k / slice.after.n : rateBefore;
    if (slice.before.n === 0 && slice.after.n === 0) return { value: slice.value, rate: 0, mix: 0 };
    return {
      value: slice.value,
      rate: ((weightBefore + weightAfter) / 2) * (rateAfter - rateBefore),
      mix: (weightAfter - weightBefore) * ((rateBefore + rateAfter) / 2 - middle),
    };
  });
  return { ...whole, parts: byShare(parts) };
}

/** Splits the change of a count, with before brought to the length of after by `scale`. */
export function decomposeCount(slices: readonly SliceTotals[], scale: number): Decomposition {
  const parts = slices.map(({ value, before, after }) => ({
    value,
    rate: after.k - before.k * scale,
    mix: 0,
  }));
  return {
    before: totalOf(slices.map((slice) => slice.before)).k * scale,
    after: totalOf(slices.map((slice) => slice.after)).k,
    parts: byShare(parts),
  };
}

export interface ShownPart {
  /** null: everything that is not named. */
  label: string | null;
  kind: 'rate' | 'mix';
  points: number;
}

const MOST_NAMED = 3;

/** The largest rates by name, the other rates in one, the mix in one: still the whole change. */
export function shownParts(
  { parts }: Decomposition,
  isNameable: (value: string | null) => boolean = () => true,
): ShownPart[] {
  const named = parts.filter(({ value, rate }) => value !== null && rate !== 0 && isNameable(value));
  const shown = named.slice(0, MOST_NAMED);
  const others = parts.filter((part) => !shown.includes(part)).reduce((sum, { rate }) => sum + rate, 0);
  const mix = parts.reduce((sum, part) => sum + part.mix, 0);
  return [
    ...shown.map(({ value, rate }): ShownPart => ({ label: value, kind: 'rate', points: rate })),
    { label: null, kind: 'rate', points: others },
    { label: null, kind: 'mix', points: mix },
  ];
}

/** How far one slice explains the change beyond its weight: 0 where all changed alike. */
export function concentration(
  slices: readonly SliceTotals[],
  { before, after, parts }: Decomposition,
): number {
  const change = after - before;
  if (change === 0) return 0;
  const trials = totalOf(slices.map((slice) => slice.after)).n;
  const weightByValue = new Map(
    slices.map((slice) => [slice.value, trials > 0 ? slice.after.n / trials : 0]),
  );
  return Math.max(0, ...parts.map(({ value, rate }) => rate / change - (weightByValue.get(value) ?? 0)));
}

const byShare = (parts: SlicePart[]): SlicePart[] =>
  parts.sort((a, b) => Math.abs(b.rate) - Math.abs(a.rate));

function totalOf(sides: readonly { k: number; n: number }[]): { k: number; n: number } {
  return sides.reduce((sum, side) => ({ k: sum.k + side.k, n: sum.n + side.n }), { k: 0, n: 0 });
}
