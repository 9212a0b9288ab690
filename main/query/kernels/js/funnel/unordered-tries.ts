import type { Instants } from './instants.ts';
import { StepMatching } from './matching.ts';
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
  }

  load(masks: Int32Array): void {
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
    const steps = this.#serve(this.#eventsWithin(startMs, endMs), found);
    found.furthest = steps - 1;
    found.done = bitsBelow(steps);
    return true;
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

export const bitsBelow = (count: number): number => (count >= 31 ? 0x7fffffff : (1 << count) - 1);
