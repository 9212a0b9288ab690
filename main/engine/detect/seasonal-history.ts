/** The buckets of the last 28 days, and what they were at the same hours. */
export interface SeasonalHistory {
  /** What is usual at an instant, from the past 28 days without the last one and without what was set aside. */
  sumsAt: (tsMs: number, slot: number) => SeasonalSums;
  push: (tsMs: number, slot: number, values: readonly number[]) => void;
  /** Buckets from an instant on no longer say what is usual. */
  setAside: (fromMs: number) => void;
  /** What was set aside from an instant on is the new usual; nothing before it is any more. */
  accept: (fromMs: number) => void;
  save: () => SeasonalHistoryState;
}

/** One sum per column of the history. */
export interface SeasonalSums {
  /** Of all buckets, of those at this hour of the day (neighbours count less), of those on this weekday. */
  all: Float64Array;
  hour: Float64Array;
  weekday: Float64Array;
  /** How many buckets each rests on, weighted alike. */
  buckets: { all: number; hour: number; weekday: number };
}

export interface SeasonalHistoryState {
  tsMs: number[];
  slots: number[];
  isAside: number[];
  values: number[][];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const KEPT_MS = 28 * DAY_MS; // four of every weekday
const LEFT_OUT_MS = DAY_MS; // a slow fall must not become its own baseline
const HOURS_A_DAY = 24;
const NEIGHBOUR_WEIGHT = 0.5;
/** Where the hours of a night add up: a share of the evening in the first of them would be a silence. */
export const NO_NEIGHBOURS = 0;

/** Per hour of the day, the weights of all hours. */
const hourWeights = (neighbourWeight: number): readonly Float64Array[] =>
  Array.from({ length: HOURS_A_DAY }, (_, hour) =>
    Float64Array.from({ length: HOURS_A_DAY }, (_weight, other) => {
      const apart = Math.min(Math.abs(hour - other), HOURS_A_DAY - Math.abs(hour - other));
      if (apart === 0) return 1;
      return apart === 1 ? neighbourWeight : 0;
    }),
  );

/** `slot` is the hour of the local week, 0..167, so that a day of 23 or 25 hours compares like with like. */
export function createSeasonalHistory(
  columns: number,
  saved?: SeasonalHistoryState,
  neighbourWeight = NEIGHBOUR_WEIGHT,
): SeasonalHistory {
  const weightsByHour = hourWeights(neighbourWeight);
  const state: SeasonalHistoryState =
    saved === undefined
      ? { tsMs: [], slots: [], isAside: [], values: Array.from({ length: columns }, () => []) }
      : structuredClone(saved);

  const dropBefore = (tsMs: number): void => {
    let drop = 0;
    while (drop < state.tsMs.length && (state.tsMs[drop] as number) < tsMs) drop += 1;
    if (drop === 0) return;
    for (const list of [state.tsMs, state.slots, state.isAside, ...state.values]) list.splice(0, drop);
  };
  return {
    sumsAt(tsMs, slot) {
      const sums = emptySums(columns);
      const weights = weightsByHour[slot % HOURS_A_DAY] as Float64Array;
      const weekday = Math.floor(slot / HOURS_A_DAY);
      for (let index = 0; index < state.tsMs.length; index += 1) {
        const ofBucketMs = state.tsMs[index] as number;
        if (ofBucketMs > tsMs - LEFT_OUT_MS) break;
        if (ofBucketMs < tsMs - KEPT_MS || state.isAside[index] === 1) continue;
        const ofBucket = state.slots[index] as number;
        const hourWeight = weights[ofBucket % HOURS_A_DAY] as number;
        addBucket(sums, state.values, {
          index,
          hourWeight,
          isSameWeekday: Math.floor(ofBucket / HOURS_A_DAY) === weekday,
        });
      }
      return sums;
    },
    push(tsMs, slot, values) {
      dropBefore(tsMs - KEPT_MS);
      state.tsMs.push(tsMs);
      state.slots.push(slot);
      state.isAside.push(0);
      values.forEach((value, column) => state.values[column]?.push(value));
    },
    setAside(fromMs) {
      for (
        let index = state.tsMs.length - 1;
        index >= 0 && (state.tsMs[index] as number) >= fromMs;
        index -= 1
      )
        state.isAside[index] = 1;
    },
    accept(fromMs) {
      dropBefore(fromMs);
      state.isAside.fill(0);
    },
    save: () => structuredClone(state),
  };
}

function emptySums(columns: number): SeasonalSums {
  const zeros = (): Float64Array => new Float64Array(columns);
  return { all: zeros(), hour: zeros(), weekday: zeros(), buckets: { all: 0, hour: 0, weekday: 0 } };
}

function addBucket(
  { all, hour, weekday, buckets }: SeasonalSums,
  values: readonly number[][],
  { index, hourWeight, isSameWeekday }: { index: number; hourWeight: number; isSameWeekday: boolean },
): void {
  for (let column = 0; column < values.length; column += 1) {
    const value = (values[column] as number[])[index] as number;
    all[column] = (all[column] as number) + value;
    if (hourWeight > 0) hour[column] = (hour[column] as number) + hourWeight * value;
    if (isSameWeekday) weekday[column] = (weekday[column] as number) + value;
  }
  buckets.all += 1;
  buckets.hour += hourWeight;
  if (isSameWeekday) buckets.weekday += 1;
}
