/** What one watched series costs at a caution of 1. */
export interface WatchCost {
  /** False alarms on a clean series in one day, measured. */
  falseAlarmsPerDay: number;
  /** Nats that its limit stands for: so much rarer do false alarms become for each doubling of caution. */
  limitNats: number;
}

const WEEK_DAYS = 7;
const CAUTION_RANGE = [1, 4] as const; // below, a detector was never measured; above, it finds nothing

/**
 * The caution of each series so that all of them together raise at most `budgetPerWeek` false alarms. False alarms of a
 * CUSUM thin out as e^−limit (Lorden 1971), so the same number of nats is added to every limit: λ = ln(Σ rates ÷ budget).
 * A budget that is never reached leaves every caution at 1. `seenFalsePerWeek`, what people labelled false of late, takes the place of the sum where it is larger.
 */
export function cautionsWithin(
  budgetPerWeek: number,
  series: readonly WatchCost[],
  seenFalsePerWeek = 0,
): number[] {
  const measured = series.reduce((sum, { falseAlarmsPerDay }) => sum + falseAlarmsPerDay * WEEK_DAYS, 0);
  const expected = Math.max(measured, seenFalsePerWeek);
  const addedNats = expected > 0 ? Math.log(expected / budgetPerWeek) : 0;
  const [least, most] = CAUTION_RANGE;
  return series.map(({ limitNats }) => Math.min(most, Math.max(least, 1 + addedNats / limitNats)));
}
