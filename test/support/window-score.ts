/** One judged series: a score per point and the windows in which an alarm is right, both ends included. */
export interface ScoredSeries {
  scores: ArrayLike<number>;
  windows: readonly (readonly [first: number, last: number])[];
}

export interface WindowScore {
  /** 0 for a detector that never alarms, 100 for one that alarms at the first point of every window and nowhere else. */
  score: number;
  found: number;
  missed: number;
  falseAlarms: number;
}

const PROBATION_SHARE = 0.15;
const PROBATION_LONGEST = 5_000; // of longer series the share of so many points
const FALSE_ALARM_WEIGHT = 0.11; // the benchmark's standard profile; a hit and a miss weigh 1

/**
 * The Numenta benchmark's score at one threshold: a window earns by the position of its earliest alarm, costs 1 when
 * missed; every alarm outside costs, little just after a window. Source: Lavin and Ahmad (2015), arXiv 1510.03336.
 */
export function scoreWindows(corpus: readonly ScoredSeries[], threshold: number): WindowScore {
  let raw = 0;
  const counts = { found: 0, missed: 0, falseAlarms: 0 };
  for (const series of corpus) raw += scoreOne(series, threshold, counts);
  const windows = corpus.reduce((sum, series) => sum + series.windows.length, 0);
  return { score: (100 * (raw + windows)) / (2 * windows), ...counts };
}

/** The threshold that scores best over the whole corpus, of those given. */
export function bestThreshold(corpus: readonly ScoredSeries[], thresholds: readonly number[]): number {
  let best = { threshold: Infinity, score: -Infinity };
  for (const threshold of thresholds) {
    const { score } = scoreWindows(corpus, threshold);
    if (score > best.score) best = { threshold, score };
  }
  return best.threshold;
}

type Counts = Omit<WindowScore, 'score'>;

function scoreOne({ scores, windows }: ScoredSeries, threshold: number, counts: Counts): number {
  const from = probationLength(scores.length);
  const best = windows.map(() => -1); // a missed window costs 1
  let outside = 0;
  let next = 0; // the first window that has not ended yet
  for (let at = 0; at < scores.length; at += 1) {
    while (next < windows.length && at > (windows[next] as readonly number[])[1]!) next += 1;
    if (at < from || (scores[at] as number) < threshold) continue;
    const window = windows[next];
    if (window !== undefined && at >= window[0]) {
      best[next] = Math.max(best[next] as number, hitValue(at, window));
    } else {
      counts.falseAlarms += 1;
      outside += FALSE_ALARM_WEIGHT * missValue(at, windows[next - 1]);
    }
  }
  for (const value of best) counts[value === -1 ? 'missed' : 'found'] += 1;
  return outside + best.reduce((sum, value) => sum + value, 0);
}

export const probationLength = (points: number): number =>
  Math.floor(PROBATION_SHARE * Math.min(points, PROBATION_LONGEST));

function hitValue(at: number, [first, last]: readonly [number, number]): number {
  return scaledSigmoid(-(last - at + 1) / (last - first + 1)) / scaledSigmoid(-1);
}

function missValue(at: number, before: readonly [number, number] | undefined): number {
  if (before === undefined) return -1;
  return scaledSigmoid((at - before[1]) / Math.max(1, before[1] - before[0]));
}

/** 1 far left of a window's end, 0 at it, −1 from three window widths behind it on. */
function scaledSigmoid(position: number): number {
  return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
}
