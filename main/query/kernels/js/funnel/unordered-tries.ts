import type { Instants } from './instants.ts';
import { StepMatching } from './matching.ts';
import { NextInstants } from './next-instants.ts';
import type { FunnelRules, Try } from './rules.ts';

/**
 * Tries of an unordered funnel: one per instant that holds any step. Its steps are as many as distinct events inside
 * the window can serve; step k is done at the instant that lets k + 1 of them be served.
 */
export class UnorderedTries {
  readonly #rules: FunnelRules;
  readonly #instants: Instants;
  readonly #matching: StepMatching;
  readonly #stepBits: number;
  /** Events of each distinct mask, in order of time: no try needs more of one than there are steps. */
  readonly #byMask = new Map<number, { tsMs: number[]; from: number }>();

  constructor(rules: FunnelRules, instants: Instants) {
    this.#rules = rules;
    this.#instants = instants;
    this.#matching = new StepMatching(rules.steps);
    this.#stepBits = bitsBelow(rules.steps);
    this.#next = new NextInstants(rules.steps, instants);
  }

  /** By step, where no event fits several: the first instant at or behind each one that holds it. */
  readonly #next: NextInstants;
  #isSimple = false;

  load(masks: Int32Array): void {
    this.#isSimple = areApart(masks, this.#instants, this.#stepBits);
    if (this.#isSimple) {
      this.#next.load();
      return;
    }
    this.#byMask.clear();
    const { count, starts, tsMs } = this.#instants;
    for (let instant = 0; instant < count; instant++) {
      for (let event = starts[instant] as number; event < (starts[instant + 1] as number); event++) {
        const mask = (masks[event] as number) & this.#stepBits;
        if (mask === 0) continue;
        let list = this.#byMask.get(mask);
        if (list === undefined) this.#byMask.set(mask, (list = { tsMs: [], from: 0 }));
        list.tsMs.push(tsMs[instant] as number);
      }
    }
  }

  openUntilMs = 0;

  /** Starts come in order of time. */
  run(start: number, found: Try): boolean {
    const { tsMs, masks } = this.#instants;
    if (((masks[start] as number) & this.#stepBits) === 0) return false;
    const startMs = tsMs[start] as number;
    const endMs = startMs + this.#rules.windowMs;
    this.openUntilMs = endMs;
    found.startMs = startMs;
    found.isExcluded = false;
    const steps = this.#isSimple
      ? this.#serveSimply(start, endMs, found)
      : this.#serve(this.#eventsWithin(startMs, endMs), found);
    found.furthest = steps - 1;
    found.done = bitsBelow(steps);
    return true;
  }

  /** Every step by its own first event in the window; times in order. */
  #serveSimply(start: number, endMs: number, { times }: Try): number {
    const { count, tsMs } = this.#instants;
    let served = 0;
    for (let step = 0; step < this.#rules.steps; step++) {
      const instant = this.#next.of(step, start);
      if (instant >= count || (tsMs[instant] as number) > endMs) continue;
      const at = tsMs[instant] as number;
      let place = served++;
      for (; place > 0 && (times[place - 1] as number) > at; place--)
        times[place] = times[place - 1] as number;
      times[place] = at;
    }
    return served;
  }

  #eventsWithin(startMs: number, endMs: number): { at: number; mask: number }[] {
    const events: { at: number; mask: number }[] = [];
    for (const [mask, list] of this.#byMask) {
      while (list.from < list.tsMs.length && (list.tsMs[list.from] as number) < startMs) list.from++;
      for (let i = list.from; i < list.from + this.#rules.steps && i < list.tsMs.length; i++) {
        const at = list.tsMs[i] as number;
        if (at > endMs) break;
        events.push({ at, mask });
      }
    }
    return events.sort((a, b) => a.at - b.at);
  }

  /** How many steps are served, and when each more was. */
  #serve(events: readonly { at: number; mask: number }[], found: Try): number {
    const matching = this.#matching;
    matching.clear();
    let served = 0;
    for (const { at, mask } of events) {
      matching.addEvent(mask);
      if (this.#serveOneMore()) found.times[served++] = at;
      if (served === this.#rules.steps) break;
    }
    return served;
  }

  /** One more event serves at most one more step. */
  #serveOneMore(): boolean {
    for (let step = 0; step < this.#rules.steps; step++) {
      if (((this.#matching.served >>> step) & 1) === 0 && this.#matching.serve(step)) return true;
    }
    return false;
  }
}

/** Whether every event fits one step at most. */
function areApart(masks: Int32Array, { starts, count }: Instants, stepBits: number): boolean {
  const events = starts[count] as number;
  for (let event = 0; event < events; event++) {
    const mask = (masks[event] as number) & stepBits;
    if ((mask & (mask - 1)) !== 0) return false;
  }
  return true;
}

export const bitsBelow = (count: number): number => (count >= 31 ? 0x7fffffff : (1 << count) - 1);
