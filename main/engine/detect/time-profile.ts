/** What a series usually is at this time of its cycle, from its own past. */
export interface TimeProfile {
  /** Judges a value against those of the same time of earlier cycles, then learns it. */
  judge: (tsMs: number, value: number) => ProfileJudgement;
  /** The usual value at an instant; null where it is not known, or no better than the mean of everything. */
  usual: (tsMs: number) => number | null;
  save: () => TimeProfileState;
}

/** `null`: nothing to compare with yet. */
export interface ProfileJudgement {
  /** Mean distance from the usual over the last eighth of a cycle; 0 where the series follows no cycle. */
  departure: number | null;
}

export interface TimeProfileState {
  /** The first instants, until they show how far apart values are. */
  firstTsMs: number[];
  slots: number[];
  counts: number[];
  recent: number[];
  count: number;
  mean: number;
  variance: number;
  residualVariance: number;
}

const DAY_MS = 86_400_000;
const INSTANTS_TO_SEE = 12;
const MOST_SLOTS = 1_440; // a minute of the day is as fine as a profile gets
const LEAST_SLOTS = 4; // a cycle seen in fewer values has no shape
const KEPT_CYCLES = 10; // the usual value follows the last ten, each new one weighs a tenth
const KNOWN_AFTER_CYCLES = 2;
const VARIANCE_MEMORY = 3_000; // values
const WINDOWS_PER_CYCLE = 8;
const FOLLOWS_BELOW = 0.5; // of the variance is left beside the profile: only then the series follows the cycle

export function createTimeProfile(saved?: TimeProfileState): TimeProfile {
  const state = saved === undefined ? emptyState() : structuredClone(saved);
  let cycle = cycleOf(state.firstTsMs);

  const slotOf = (tsMs: number, { lengthMs, slots }: Cycle): number =>
    Math.floor((floorMod(tsMs, lengthMs) / lengthMs) * slots);
  const follows = (): boolean => state.residualVariance < FOLLOWS_BELOW * state.variance;

  const learnCycle = (tsMs: number): void => {
    if (state.firstTsMs.length >= INSTANTS_TO_SEE) return;
    state.firstTsMs.push(tsMs);
    cycle = cycleOf(state.firstTsMs);
    if (cycle === null) return;
    state.slots = new Array<number>(cycle.slots).fill(0);
    state.counts = new Array<number>(cycle.slots).fill(0);
  };
  const learnVariance = (value: number): void => {
    state.count += 1;
    const error = value - state.mean;
    const weight = weightOf(state.count);
    state.mean += weight * error;
    state.variance += weight * (error * error - state.variance);
  };
  const departureOf = (residual: number, { slots }: Cycle): number | null => {
    const window = Math.max(2, Math.round(slots / WINDOWS_PER_CYCLE));
    state.recent.push(residual);
    if (state.recent.length > window) state.recent.shift();
    const isJudged = state.recent.length === window;
    const departure = isJudged ? Math.abs(meanOf(state.recent)) : null;
    const isFollowed = follows();
    state.residualVariance += weightOf(state.count) * (residual * residual - state.residualVariance);
    return departure === null || isFollowed ? departure : 0;
  };

  return {
    judge(tsMs, value) {
      learnVariance(value);
      if (cycle === null) {
        learnCycle(tsMs);
        return { departure: null };
      }
      const slot = slotOf(tsMs, cycle);
      const count = state.counts[slot] as number;
      const residual = value - (state.slots[slot] as number);
      const departure = count >= KNOWN_AFTER_CYCLES ? departureOf(residual, cycle) : null;
      state.counts[slot] = count + 1;
      (state.slots[slot] as number) += residual / Math.min(count + 1, KEPT_CYCLES);
      return { departure };
    },
    usual(tsMs) {
      if (cycle === null || !follows()) return null;
      const slot = slotOf(tsMs, cycle);
      return (state.counts[slot] as number) >= KNOWN_AFTER_CYCLES ? (state.slots[slot] as number) : null;
    },
    save: () => structuredClone(state),
  };
}

const emptyState = (): TimeProfileState => ({
  firstTsMs: [],
  slots: [],
  counts: [],
  recent: [],
  count: 0,
  mean: 0,
  variance: 0,
  residualVariance: 0,
});

interface Cycle {
  lengthMs: number;
  slots: number;
}

/** A day where values come several times a day, a week where they come daily; null where neither shows, or not yet. */
function cycleOf(firstTsMs: readonly number[]): Cycle | null {
  if (firstTsMs.length < INSTANTS_TO_SEE) return null;
  const steps = firstTsMs
    .slice(1)
    .map((tsMs, index) => tsMs - (firstTsMs[index] as number))
    .sort((a, b) => a - b);
  const stepMs = steps[Math.floor(steps.length / 2)] as number;
  if (!(stepMs > 0)) return null;
  for (const lengthMs of [DAY_MS, 7 * DAY_MS]) {
    const slots = Math.min(MOST_SLOTS, Math.round(lengthMs / stepMs));
    if (slots >= LEAST_SLOTS) return { lengthMs, slots };
  }
  return null;
}

const weightOf = (count: number): number => 1 / Math.min(count, VARIANCE_MEMORY);
const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
const floorMod = (value: number, by: number): number => ((value % by) + by) % by;
