import type { Instants } from './instants.ts';
import { StepMatching } from './matching.ts';
import { NextInstants } from './next-instants.ts';
import type { FunnelRules, Try } from './rules.ts';

/** Steps done at an instant, the required ones of these and all later instants, and how it goes on at the next. */
interface Way {
  done: number;
  required: number;
  next: Way | null;
}

const NO_WAY: Way = { done: 0, required: 0, next: null };

/**
 * Tries of an ordered or strict funnel: one per instant that holds a first step. Each takes every step as early as it
 * can, which gets it as far as any choice would: a later event is never of more use than an earlier one. One case is
 * different: in a strict order a step taken at an instant with many events may be missing at the next instant, which
 * must hold the next step; where that ends a try, it looks for a way that takes fewer steps at once.
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
    if (this.#mayGoFurther(found)) at = this.#searchWay(start, endMs, found);
    this.#openUntilMs = this.#openEnd(at, endMs);
    return true;
  }

  /** Whether a strict try ended although it did several steps at one instant, some of which it could have left. */
  #mayGoFurther({ furthest, done, times }: Try): boolean {
    if (this.#rules.order !== 'strict' || furthest + 1 >= this.#rules.steps) return false;
    let lastMs = NaN;
    for (let step = 0; step <= furthest; step++) {
      if (((done >>> step) & 1) === 0) continue;
      if (times[step] === lastMs) return true;
      lastMs = times[step] as number;
    }
    return false;
  }

  /** Fills `found` with the strict way of most required steps, of several the soonest; returns its last instant. */
  #searchWay(start: number, endMs: number, found: Try): number {
    const ways = new Map<number, Way>();
    let way = this.#bestWay(start, 0, endMs, ways);
    found.done = 0;
    for (let at = start; ; at++) {
      this.#note(way.done, at, found);
      if (way.next === null) return at;
      way = way.next;
    }
  }

  /** The best way on from an instant that must serve `from` or an optional step's successor; at most steps² are asked. */
  #bestWay(instant: number, from: number, endMs: number, ways: Map<number, Way>): Way {
    const key = instant * 32 + from;
    const known = ways.get(key);
    if (known !== undefined) return known;
    let best = NO_WAY;
    for (let left = this.#stepsOf(instant, from); left !== 0; left &= ~(1 << (31 - Math.clz32(left)))) {
      const furthest = 31 - Math.clz32(left);
      const done = this.#serveMany(instant, from, furthest);
      if (done >>> furthest !== 1) continue;
      const goesOn =
        furthest + 1 < this.#rules.steps &&
        instant + 1 < this.#instants.count &&
        (this.#instants.tsMs[instant + 1] as number) <= endMs;
      const rest = goesOn ? this.#bestWay(instant + 1, furthest + 1, endMs, ways) : NO_WAY;
      const required = bitCount(done & ~this.#rules.optional) + rest.required;
      if (best === NO_WAY || required > best.required)
        best = { done, required, next: rest === NO_WAY ? null : rest };
    }
    ways.set(key, best);
    return best;
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
    const done = this.#stepsOf(instant, found.furthest + 1);
    if (done === 0) return false;
    this.#note(done, instant, found);
    return true;
  }

  #stepsOf(instant: number, from: number): number {
    return this.#instants.size(instant) === 1
      ? this.#stepOfOne(this.#instants.masks[instant] as number, from)
      : this.#stepsOfMany(instant, from);
  }

  #note(done: number, instant: number, found: Try): void {
    const at = this.#instants.tsMs[instant] as number;
    for (let left = done; left !== 0; left &= left - 1) found.times[31 - Math.clz32(left & -left)] = at;
    found.done |= done;
    found.furthest = 31 - Math.clz32(done);
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
    const served = this.#serveMany(instant, from, this.#rules.steps - 1);
    this.#served.set(key, served);
    return served;
  }

  /** Steps after `last` are left alone; an event that fits the required one among them serves no optional one before. */
  #serveMany(instant: number, from: number, last: number): number {
    const required = this.#serveRequired(instant, from, last, 0);
    if (required > last && required < this.#rules.steps)
      this.#serveRequired(instant, from, last, 1 << required);
    for (let step = from; step < required && step <= last; step++)
      if (this.#isOptional(step)) this.#matching.serve(step);
    return this.#matching.served;
  }

  /** Serves the required steps up to `last`; returns the first that was not. Events of `kept` serve nothing optional. */
  #serveRequired(instant: number, from: number, last: number, kept: number): number {
    const matching = this.#matching;
    matching.clear();
    const end = this.#instants.starts[instant + 1] as number;
    for (let event = this.#instants.starts[instant] as number; event < end; event++) {
      const mask = this.#masks[event] as number;
      matching.addEvent((mask & kept) === 0 ? mask : mask & ~this.#rules.optional);
    }
    let required = this.#nextRequired(from);
    while (required <= last && matching.serve(required)) required = this.#nextRequired(required + 1);
    return required;
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

function bitCount(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}
