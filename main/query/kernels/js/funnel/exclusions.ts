import type { Instants } from './instants.ts';
import type { FunnelRules, Try } from './rules.ts';

/** Whether an exclusion lies strictly between the steps that it is set between, also while the later one is open. */
export class Exclusions {
  readonly #rules: FunnelRules;
  readonly #instants: Instants;
  /** By exclusion: its instants in order. */
  readonly #tsMs: number[][];

  constructor(rules: FunnelRules, instants: Instants) {
    this.#rules = rules;
    this.#instants = instants;
    this.#tsMs = rules.exclusions.map(() => []);
  }

  load(): void {
    const { count, tsMs, masks } = this.#instants;
    for (const [index, times] of this.#tsMs.entries()) {
      times.length = 0;
      const bit = this.#rules.steps + index;
      for (let i = 0; i < count; i++) if (((masks[i] as number) >>> bit) & 1) times.push(tsMs[i] as number);
    }
  }

  /** `openUntilMs`: end, included, of the time in which a step that was not done could still have been. */
  strike({ done, furthest, times, startMs }: Try, openUntilMs: number): boolean {
    const isUnordered = this.#rules.order === 'unordered';
    const last = this.#rules.steps - 1;
    return this.#rules.exclusions.some(({ after, before }, index) => {
      if (!isUnordered && furthest < after) return false;
      const afterMs = isUnordered ? startMs : lastDoneMs(done, times, after);
      const next = isUnordered ? (furthest === last ? last : -1) : nextDone(done, before, last);
      const excluded = firstBehind(this.#tsMs[index] ?? [], afterMs);
      return next === -1 ? excluded <= openUntilMs : excluded < (times[next] as number);
    });
  }
}

/** When the last step up to `step` was done: an optional one may have been left out. */
function lastDoneMs(done: number, times: Float64Array, step: number): number {
  let at = step;
  while (at > 0 && ((done >>> at) & 1) === 0) at--;
  return times[at] as number;
}

/** The first step from `step` on that was done; −1: none. */
function nextDone(done: number, step: number, last: number): number {
  for (let at = step; at <= last; at++) if ((done >>> at) & 1) return at;
  return -1;
}

/** The first instant strictly behind another; Infinity where there is none. */
function firstBehind(times: readonly number[], afterMs: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= afterMs) low = middle + 1;
    else high = middle;
  }
  return times[low] ?? Infinity;
}
