import type { Instants } from './instants.ts';
import { StepMatching } from './matching.ts';
import { NextInstants } from './next-instants.ts';
import type { FunnelRules, Try } from './rules.ts';

/**
 * Tries of an ordered or strict funnel: one per instant that holds a first step. Each takes every step as early as it
 * can, which gets it as far as any choice would: a later event is never of more use than an earlier one.
 */
export class OrderedTries {
  readonly #rules: FunnelRules;
  readonly #matching: StepMatching;
  #instants: Instants;
  #masks: Int32Array = new Int32Array(0);
  readonly #next: NextInstants;
  /** By instant and first step: bits of the steps that its events serve. */
  readonly #served = new Map<number, number>();

  constructor(rules: FunnelRules, instants: Instants) {
    this.#rules = rules;
    this.#instants = instants;
    this.#matching = new StepMatching(rules.steps);
    this.#next = new NextInstants(rules.steps, instants);
  }

  /** `masks`: of the events that the instants were loaded from. */
  load(masks: Int32Array): void {
    this.#masks = masks;
    if (this.#served.size > 0) this.#served.clear();
    if (this.#rules.order === 'strict') return;
    this.#next.load();
  }

  /** Fills `found` with the try that begins at an instant; false if none does. */
  run(start: number, found: Try): boolean {
    const { tsMs, masks, count } = this.#instants;
    if (((masks[start] as number) & 1) === 0) return false;
    const startMs = tsMs[start] as number;
    const endMs = startMs + this.#rules.windowMs;
    found.startMs = startMs;
    found.done = 0;
    found.furthest = -1;
    found.isExcluded = false;
    this.#take(start, found);
    let at = start;
    while (found.furthest + 1 < this.#rules.steps) {
      const next = this.#nextInstant(at, found.furthest + 1);
      if (next >= count || (tsMs[next] as number) > endMs) break;
      if (!this.#take(next, found)) break;
      at = next;
    }
    this.#openUntilMs = this.#openEnd(at, endMs);
    return true;
  }

  #openUntilMs = 0;
  /** Until when the last try stayed open: the end of its window, or what broke it. */
  get openUntilMs(): number {
    return this.#openUntilMs;
  }

  #openEnd(lastInstant: number, endMs: number): number {
    const { tsMs, count } = this.#instants;
    if (this.#rules.order !== 'strict' || lastInstant + 1 >= count) return endMs;
    return Math.min(endMs, tsMs[lastInstant + 1] as number);
  }

  /** The next instant that can serve the steps from `step` up to the next required one. */
  #nextInstant(at: number, step: number): number {
    if (this.#rules.order === 'strict') return at + 1;
    let first = this.#instants.count;
    for (let s = step; s < this.#rules.steps; s++) {
      const next = this.#next.of(s, at + 1);
      if (next < first) first = next;
      if (!this.#isOptional(s)) break;
    }
    return first;
  }

  /** Does as many of the next steps as the events of an instant can serve; false if none. */
  #take(instant: number, found: Try): boolean {
    const from = found.furthest + 1;
    const done =
      this.#instants.size(instant) === 1
        ? this.#stepOfOne(this.#instants.masks[instant] as number, from)
        : this.#stepsOfMany(instant, from);
    if (done === 0) return false;
    const at = this.#instants.tsMs[instant] as number;
    for (let left = done; left !== 0; left &= left - 1) found.times[31 - Math.clz32(left & -left)] = at;
    found.done |= done;
    found.furthest = 31 - Math.clz32(done);
    return true;
  }

  /** One event serves one step: the required one if it fits, else the first optional one before it. */
  #stepOfOne(mask: number, from: number): number {
    const required = this.#nextRequired(from);
    if (required < this.#rules.steps && (mask >>> required) & 1) return 1 << required;
    for (let step = from; step < required; step++) if ((mask >>> step) & 1) return 1 << step;
    return 0;
  }

  /** Many tries can pass through an instant with many events: it is worked out once per first step that is wanted. */
  #stepsOfMany(instant: number, from: number): number {
    const key = instant * 32 + from;
    const known = this.#served.get(key);
    if (known !== undefined) return known;
    const served = this.#serveMany(instant, from);
    this.#served.set(key, served);
    return served;
  }

  #serveMany(instant: number, from: number): number {
    const matching = this.#matching;
    matching.clear();
    const end = this.#instants.starts[instant + 1] as number;
    for (let event = this.#instants.starts[instant] as number; event < end; event++)
      matching.addEvent(this.#masks[event] as number);
    let required = this.#nextRequired(from);
    while (required < this.#rules.steps && matching.serve(required))
      required = this.#nextRequired(required + 1);
    for (let step = from; step < required; step++) if (this.#isOptional(step)) matching.serve(step);
    return matching.served;
  }

  #nextRequired(from: number): number {
    let step = from;
    while (step < this.#rules.steps && this.#isOptional(step)) step++;
    return step;
  }

  #isOptional(step: number): boolean {
    return ((this.#rules.optional >>> step) & 1) === 1;
  }
}
