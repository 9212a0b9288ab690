import { partOf } from './breakdown.ts';
import type { FunnelRules, StepRule } from './funnel-rules.ts';
import type { Row } from './rows.ts';

/** One try of a unit at a funnel, by its definition in DATA §5: nothing here is clever, everything is tried. */
export interface Try {
  startMs: number;
  /** When it did each step; undefined where it did not. Without an order: when it had done so many steps. */
  timesMs: (number | undefined)[];
  /** The furthest step that it did. */
  reached: number;
  /** An exclusion lies in it. */
  isVoid: boolean;
  /** What it did on which event; not kept without an order. */
  way: readonly Done[];
}

interface Done {
  step: number;
  row: Row;
}

/**
 * All tries of one unit, the earliest first. Events that begin one at the same instant (with the same held values) begin
 * one together: the best way from any of them. `begins`: whether an event may begin one, if it fits.
 */
export function triesOf(
  rows: readonly Row[],
  rules: FunnelRules,
  begins: (row: Row) => boolean = () => true,
): Try[] {
  const starts = startsOf(rows, rules).filter(begins);
  const together = Map.groupBy(starts, (row) => `${row.tsMs} ${heldBy(row, rules)}`);
  const tries = [...together.values()].map((same) =>
    rules.order === 'unordered' ? unorderedTry(same, rows, rules) : orderedTry(same, rows, rules),
  );
  return tries.sort(
    (a, b) =>
      a.startMs - b.startMs || compareWays(a.way, b.way, rules.steps) || compareTimes(a.timesMs, b.timesMs),
  );
}

/** Events that begin a try: those of the first step, without an order those of any. */
function startsOf(rows: readonly Row[], rules: FunnelRules): Row[] {
  const first = rules.order === 'unordered' ? rules.steps : rules.steps.slice(0, 1);
  return rows.filter((row) => first.some((step) => step.fits(row)) && heldBy(row, rules) !== null);
}

/** The values that stay the same, as one text; null where one of them is missing. */
function heldBy(row: Row, { held }: FunnelRules): string | null {
  const parts = held.map((property) => partOf(row.fields.get(property)));
  return parts.includes(null) ? null : JSON.stringify(parts);
}

const isWithin = (row: Row, start: Row, { windowMs }: FunnelRules): boolean =>
  row.tsMs >= start.tsMs && row.tsMs <= start.tsMs + windowMs;

/** Events that may serve a later step of the try that begins with `start`. */
const followersOf = (start: Row, rows: readonly Row[], rules: FunnelRules): Row[] =>
  rows.filter(
    (row) => row !== start && isWithin(row, start, rules) && heldBy(row, rules) === heldBy(start, rules),
  );

/** Step by step, each on an event of its own that is not before the last one. */
function* waysFrom(start: Row, rows: readonly Row[], rules: FunnelRules): Generator<Done[]> {
  const followers = followersOf(start, rows, rules);
  function* goOn(done: readonly Done[]): Generator<Done[]> {
    yield [...done];
    const last = done.at(-1);
    if (last === undefined) return;
    for (const step of nextSteps(last.step, rules.steps)) {
      for (const row of followers) {
        const isFree = row.tsMs >= last.row.tsMs && !done.some((one) => one.row === row);
        if (isFree && rules.steps[step]?.fits(row) && !isBroken(last, row, rows, rules)) {
          yield* goOn([...done, { step, row }]);
        }
      }
    }
  }
  yield* goOn([{ step: 0, row: start }]);
}

/** The next step and, as long as these are optional, those behind it. */
function nextSteps(step: number, steps: readonly StepRule[]): number[] {
  const next: number[] = [];
  for (let index = step + 1; index < steps.length; index++) {
    next.push(index);
    if (!steps[index]?.optional) break;
  }
  return next;
}

/** An event that fits an optional step and the next required one serves the required one: one of that instant does. */
const servesRequired = (way: readonly Done[], { steps }: FunnelRules): boolean =>
  way.every(({ step, row }) => {
    if (!steps[step]?.optional) return true;
    const next = steps.findIndex(({ optional }, index) => index > step && !optional);
    if (next < 0 || !steps[next]?.fits(row)) return true;
    return way.some((other) => other.step === next && other.row.tsMs === row.tsMs);
  });

/** Whether a strict order is broken between two steps: an event lies strictly between them. */
const isBroken = (last: Done, next: Row, rows: readonly Row[], { order }: FunnelRules): boolean =>
  order === 'strict' && rows.some((row) => row.tsMs > last.row.tsMs && row.tsMs < next.tsMs);

function orderedTry(starts: readonly Row[], rows: readonly Row[], rules: FunnelRules): Try {
  let best: Done[] = [];
  for (const start of starts) {
    for (const way of waysFrom(start, rows, rules)) {
      if (!servesRequired(way, rules)) continue;
      if (best.length === 0 || compareWays(way, best, rules.steps) < 0) best = way;
    }
  }
  const timesMs = rules.steps.map((_, step) => best.find((done) => done.step === step)?.row.tsMs);
  return {
    startMs: timesMs[0] ?? NaN,
    timesMs,
    reached: best.at(-1)?.step ?? 0,
    isVoid: isExcluded(timesMs, rows, rules),
    way: best,
  };
}

/**
 * Negative where `a` is the better way: it does more required steps, then does them sooner. Optional steps come in as
 * they happen: the next one done is the one that came first.
 */
function compareWays(a: readonly Done[], b: readonly Done[], steps: readonly StepRule[]): number {
  const required = (way: readonly Done[]) => way.filter(({ step }) => !steps[step]?.optional);
  const difference = required(b).length - required(a).length;
  if (difference !== 0) return difference;
  const times = (way: readonly Done[]) => way.map(({ row }) => row.tsMs);
  const byRequired = compareTimes(times(required(a)), times(required(b)));
  if (byRequired !== 0) return byRequired;
  const place = a.findIndex(
    (one, index) => one.step !== b[index]?.step || one.row.tsMs !== b[index].row.tsMs,
  );
  if (place < 0) return a.length - b.length === 0 ? 0 : 1; // b goes on where a ends
  const [one, other] = [a[place], b[place]];
  if (one === undefined || other === undefined) return -1;
  return one.row.tsMs - other.row.tsMs || one.step - other.step;
}

function compareTimes(a: readonly (number | undefined)[], b: readonly (number | undefined)[]): number {
  const place = a.findIndex((time, index) => time !== b[index]);
  return place < 0 ? 0 : (a[place] ?? Infinity) - (b[place] ?? Infinity);
}

/** Strictly after one step and strictly before another one; where that is still open, as long as the try is. */
function isExcluded(
  timesMs: readonly (number | undefined)[],
  rows: readonly Row[],
  rules: FunnelRules,
): boolean {
  return rules.exclusions.some(({ after, before, fits }) => {
    const afterMs = timesMs[lastDone(after, timesMs)];
    if (afterMs === undefined) return false;
    const beforeMs = timesMs.find((time, step) => step >= before && time !== undefined);
    const openUntilMs = openUntil(timesMs, rows, rules);
    return rows.some(
      (row) =>
        fits(row) &&
        row.tsMs > afterMs &&
        (beforeMs === undefined ? row.tsMs <= openUntilMs : row.tsMs < beforeMs),
    );
  });
}

/** The step itself or, where it was left out on the way to a later one, the last step done before it. */
function lastDone(step: number, timesMs: readonly (number | undefined)[]): number {
  const isLeftOut = timesMs[step] === undefined && timesMs.slice(step).some((time) => time !== undefined);
  return isLeftOut ? timesMs.slice(0, step).findLastIndex((time) => time !== undefined) : step;
}

/** The end of the window; in a strict order also the first event after the last step, which breaks it. */
function openUntil(
  timesMs: readonly (number | undefined)[],
  rows: readonly Row[],
  rules: FunnelRules,
): number {
  const windowEndMs = (timesMs[0] ?? 0) + rules.windowMs;
  if (rules.order !== 'strict') return windowEndMs;
  const lastMs = timesMs.findLast((time) => time !== undefined) ?? 0;
  const later = rows.map(({ tsMs }) => tsMs).filter((tsMs) => tsMs > lastMs);
  return later.reduce((a, b) => Math.min(a, b), windowEndMs);
}

/** The k-th time is the first one by which k + 1 different steps have an event of their own. */
function unorderedTry(starts: readonly Row[], rows: readonly Row[], rules: FunnelRules): Try {
  const [start] = starts;
  if (start === undefined) throw new Error('a try without a beginning');
  const own = [start, ...followersOf(start, rows, rules)].sort((a, b) => a.tsMs - b.tsMs);
  const progress = own.map(({ tsMs }) => ({
    tsMs,
    done: mostSteps(
      own.filter((row) => row.tsMs <= tsMs),
      rules.steps,
    ),
  }));
  const timesMs = rules.steps.map((_, step) => progress.find(({ done }) => done > step)?.tsMs);
  const endMs = timesMs.at(-1);
  const isVoid = rows.some(
    (row) =>
      rules.exclusions.some((exclusion) => exclusion.fits(row)) &&
      row.tsMs > start.tsMs &&
      (endMs === undefined ? isWithin(row, start, rules) : row.tsMs < endMs),
  );
  const reached = timesMs.findLastIndex((time) => time !== undefined);
  return { startMs: start.tsMs, timesMs, reached, isVoid, way: [] };
}

/** How many steps can have an event of their own. Of a step's events as many as there are steps are enough to try. */
function mostSteps(rows: readonly Row[], steps: readonly StepRule[]): number {
  const choices = steps.map((step) => rows.filter((row) => step.fits(row)).slice(0, steps.length));
  const most = (step: number, taken: readonly Row[]): number => {
    const own = choices[step];
    if (own === undefined) return 0;
    const free = own.filter((row) => !taken.includes(row));
    return Math.max(most(step + 1, taken), ...free.map((row) => 1 + most(step + 1, [...taken, row])));
  };
  return most(0, []);
}
