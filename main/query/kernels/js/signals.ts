import { CountCells, SumCells } from './cells.ts';

/** One signal event; `event` says where it lies. */
interface Sighting<Event> {
  tsMs: number;
  confidence: number | null;
  event: Event;
}

export interface PreSignal<Event> extends Sighting<Event> {
  group: number;
  /** −1: before the range. */
  bucket: number;
}

export interface PostSignal<Event> extends Sighting<Event> {
  /** 1, 0.5 or 0 for yes, partly, no; null: not answered. */
  goalShare: number | null;
}

/** One signal by id: its first pre and its last post. */
interface Signal<Event> {
  pre: PreSignal<Event> | null;
  post: PostSignal<Event> | null;
}

export interface SignalCells {
  lifts: SumCells;
  goals: SumCells;
  pres: CountCells;
  abandoned: CountCells;
}

/** Full outer join of pre and post signals (DATA §4). A post without its pre takes part in neither number. */
export class SignalTable<Event> {
  readonly #signals = new Map<number, Signal<Event>>();
  readonly #comesFirst: (a: Event, b: Event) => boolean;

  /** `comesFirst` decides between events of one instant. */
  constructor(comesFirst: (a: Event, b: Event) => boolean) {
    this.#comesFirst = comesFirst;
  }

  addPre(id: number, pre: PreSignal<Event>): void {
    const signal = this.#signalOf(id);
    if (signal.pre === null || this.#isEarlier(pre, signal.pre)) signal.pre = pre;
  }

  addPost(id: number, post: PostSignal<Event>): void {
    const signal = this.#signalOf(id);
    if (signal.post === null || this.#isEarlier(signal.post, post)) signal.post = post;
  }

  /** Sum and count of lifts, sum of goal shares, count of pre-signals and of those without a post, per group and bucket of the pre. */
  resolve(buckets: number, penalty: number): SignalCells {
    const cells = {
      lifts: new SumCells(buckets),
      goals: new SumCells(buckets),
      pres: new CountCells(buckets),
      abandoned: new CountCells(buckets),
    };
    for (const { pre, post } of this.#signals.values()) {
      if (pre === null || pre.bucket < 0) continue;
      const at = { group: pre.group, bucket: pre.bucket };
      cells.pres.addOne(at);
      if (post === null) cells.abandoned.addOne(at);
      const goalShare = post?.goalShare ?? null;
      if (goalShare !== null) cells.goals.addOne(at, goalShare);
      const lift = liftOf(pre.confidence, post, penalty);
      if (lift !== null) cells.lifts.addOne(at, lift);
    }
    return cells;
  }

  #isEarlier(a: Sighting<Event>, b: Sighting<Event>): boolean {
    return a.tsMs < b.tsMs || (a.tsMs === b.tsMs && this.#comesFirst(a.event, b.event));
  }

  #signalOf(id: number): Signal<Event> {
    const known = this.#signals.get(id);
    if (known !== undefined) return known;
    const made: Signal<Event> = { pre: null, post: null };
    this.#signals.set(id, made);
    return made;
  }
}

/** Abandoned signals count with the penalty; a pair without both numbers has no lift. */
function liftOf(
  before: number | null,
  post: { confidence: number | null } | null,
  penalty: number,
): number | null {
  if (post === null) return penalty;
  return before === null || post.confidence === null ? null : post.confidence - before;
}
