import { CountCells, SumCells } from './cells.ts';

/** One signal by id: the first pre and the last post; at one instant the smaller and the larger confidence. */
interface Signal {
  preMs: number;
  preConfidence: number | null;
  group: number;
  bucket: number;
  postMs: number;
  postConfidence: number | null;
  goalShare: number | null;
}

export interface PreSignal {
  tsMs: number;
  confidence: number | null;
  group: number;
  bucket: number;
}

export interface PostSignal {
  tsMs: number;
  confidence: number | null;
  /** 1, 0.5 or 0 for yes, partly, no; null: not answered. */
  goalShare: number | null;
}

/** Full outer join of pre and post signals (DATA §4). A post without its pre takes part in neither number. */
export class SignalTable {
  readonly #signals = new Map<number, Signal>();

  addPre(id: number, pre: PreSignal): void {
    const signal = this.#signalOf(id);
    const isEarlier =
      pre.tsMs < signal.preMs ||
      (pre.tsMs === signal.preMs && (pre.confidence ?? Infinity) < (signal.preConfidence ?? Infinity));
    if (!isEarlier) return;
    signal.preMs = pre.tsMs;
    signal.preConfidence = pre.confidence;
    signal.group = pre.group;
    signal.bucket = pre.bucket;
  }

  addPost(id: number, post: PostSignal): void {
    const signal = this.#signalOf(id);
    const isLater =
      post.tsMs > signal.postMs ||
      (post.tsMs === signal.postMs && (post.confidence ?? -Infinity) > (signal.postConfidence ?? -Infinity));
    if (!isLater) return;
    signal.postMs = post.tsMs;
    signal.postConfidence = post.confidence;
    signal.goalShare = post.goalShare;
  }

  /** Sum and count of lifts, sum of goal shares, and count of pre-signals, per group and bucket of the pre. */
  resolve(buckets: number, penalty: number): { lifts: SumCells; goals: SumCells; pres: CountCells } {
    const cells = {
      lifts: new SumCells(buckets),
      goals: new SumCells(buckets),
      pres: new CountCells(buckets),
    };
    for (const signal of this.#signals.values()) {
      if (signal.preMs === Infinity) continue;
      const at = { group: signal.group, bucket: signal.bucket };
      cells.pres.addOne(at);
      if (signal.goalShare !== null) cells.goals.addOne(at, signal.goalShare);
      const lift = liftOf(signal, penalty);
      if (lift !== null) cells.lifts.addOne(at, lift);
    }
    return cells;
  }

  #signalOf(id: number): Signal {
    const known = this.#signals.get(id);
    if (known !== undefined) return known;
    const made: Signal = {
      preMs: Infinity,
      preConfidence: null,
      group: 0,
      bucket: 0,
      postMs: -Infinity,
      postConfidence: null,
      goalShare: null,
    };
    this.#signals.set(id, made);
    return made;
  }
}

/** Abandoned signals count with the penalty; a pair without both numbers has no lift. */
function liftOf({ postMs, preConfidence, postConfidence }: Signal, penalty: number): number | null {
  if (postMs === -Infinity) return penalty;
  return preConfidence === null || postConfidence === null ? null : postConfidence - preConfidence;
}
