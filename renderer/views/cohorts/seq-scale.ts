/** The sequential ramp of a heat map: nine bins of one round width over the shares that occur. */
export interface SeqScale {
  /** Lower edge of bin 0, and the width of a bin, as ratios. */
  low: number;
  step: number;
}

export const SEQ_BINS = 9;
const STEPS = [0.01, 0.02, 0.04, 0.05, 0.08, 0.1, 0.12] as const;

/** Column 0 is always everybody; it would take the ramp from the others. */
export function seqScale(rates: readonly number[]): SeqScale {
  if (rates.length === 0) return { low: 0, step: 0.1 };
  const [lowest, highest] = [Math.min(...rates), Math.max(...rates)];
  for (const step of STEPS) {
    const low = Math.floor(lowest / step + 1e-9) * step;
    if (low + (SEQ_BINS - 1) * step > highest) return { low, step };
  }
  return { low: 0, step: 0.12 };
}

export const seqBin = ({ low, step }: SeqScale, rate: number): number =>
  Math.max(0, Math.min(SEQ_BINS - 1, Math.floor((rate - low) / step + 1e-9)));
