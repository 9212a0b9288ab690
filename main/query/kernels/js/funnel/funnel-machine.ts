import { Exclusions } from './exclusions.ts';
import { Instants } from './instants.ts';
import { OrderedTries } from './ordered-tries.ts';
import { emptyTry, type FunnelRules, type Try } from './rules.ts';
import { UnorderedTries } from './unordered-tries.ts';

/** Walks the events of one unit at a time through a funnel. */
export class FunnelMachine {
  readonly #rules: FunnelRules;
  readonly #instants = new Instants();
  readonly #tries: OrderedTries | UnorderedTries;
  readonly #exclusions: Exclusions;
  readonly #try: Try;

  constructor(rules: FunnelRules) {
    this.#rules = rules;
    this.#tries =
      rules.order === 'unordered'
        ? new UnorderedTries(rules, this.#instants)
        : new OrderedTries(rules, this.#instants);
    this.#exclusions = new Exclusions(rules, this.#instants);
    this.#try = emptyTry(rules.steps);
  }

  /**
   * Visits the tries in order of their start until one visit returns false. An excluded try of an unordered funnel is
   * void and not visited; of the others it is, because it can take its unit out of the funnel.
   */
  eachTry(tsMs: Float64Array, masks: Int32Array, events: number, visit: (found: Try) => boolean): void {
    const instants = this.#instants;
    instants.load(tsMs, masks, events);
    this.#tries.load(masks);
    const hasExclusions = this.#rules.exclusions.length > 0;
    if (hasExclusions) this.#exclusions.load();
    for (let start = 0; start < instants.count; start++) {
      if (!this.#tries.run(start, this.#try)) continue;
      if (hasExclusions && this.#exclusions.strike(this.#try, this.#tries.openUntilMs)) {
        if (this.#rules.order === 'unordered') continue;
        this.#try.isExcluded = true;
      }
      if (!visit(this.#try)) return;
    }
  }
}
