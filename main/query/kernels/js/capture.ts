import { IntList, NumberList } from './lists.ts';

/**
 * Links completions to reactions of the same run: chains by run id, one step per (completion, reaction of its run).
 * Rows may be added in any order and from several workers' parts.
 */
export class CaptureTable {
  readonly completed = {
    runs: new IntList(),
    tsMs: new NumberList(),
    groups: new IntList(),
    buckets: new IntList(),
  };
  readonly reactions = { runs: new IntList(), tsMs: new NumberList(), groups: new IntList() };

  addCompleted(run: number, tsMs: number, group: number, bucket: number): void {
    if (run === 0) return; // without a run id it is no run that could be counted once
    this.completed.runs.push(run);
    this.completed.tsMs.push(tsMs);
    this.completed.groups.push(group);
    this.completed.buckets.push(bucket);
  }

  addReaction(run: number, tsMs: number, group: number): void {
    if (run === 0) return;
    this.reactions.runs.push(run);
    this.reactions.tsMs.push(tsMs);
    this.reactions.groups.push(group);
  }

  /**
   * Visits every completion, and for each the reactions of its run at most `windowMs` after it. One before it counts
   * too: clients send both at the end of a run, in either order. `universe`: the largest run id.
   */
  link(universe: number, windowMs: number, visit: LinkVisitor): void {
    const { runs, tsMs, groups, buckets } = this.completed;
    const [reactionMs, reactionGroups] = [this.reactions.tsMs.view(), this.reactions.groups.view()];
    const { head, next } = chainByRun(this.reactions.runs.view(), universe);
    const completions = countByRun(runs.view(), universe);
    for (let i = 0; i < runs.length; i++) {
      const run = runs.at(i);
      const latestMs = tsMs.at(i) + windowMs;
      const isOnly = completions[run] === 1;
      visit.completed(run, groups.at(i), buckets.at(i), isOnly);
      for (let link = head[run] as number; link !== 0; link = next[link] as number) {
        if ((reactionMs[link - 1] as number) > latestMs) continue;
        const isEnough = visit.captured(
          run,
          groups.at(i),
          buckets.at(i),
          reactionGroups[link - 1] as number,
          isOnly,
        );
        if (isEnough) break;
      }
    }
  }

  /** The longest time by which a reaction comes before a completion of its run; 0 where none does. */
  longestLeadMs(universe: number): number {
    const { runs, tsMs } = this.completed;
    const reactionMs = this.reactions.tsMs.view();
    const { head, next } = chainByRun(this.reactions.runs.view(), universe);
    let leadMs = 0;
    for (let i = 0; i < runs.length; i++) {
      for (let link = head[runs.at(i)] as number; link !== 0; link = next[link] as number) {
        leadMs = Math.max(leadMs, tsMs.at(i) - (reactionMs[link - 1] as number));
      }
    }
    return leadMs;
  }
}

/** `isOnly`: no other completion names the run, so that it needs no set to be counted once. */
export interface LinkVisitor {
  completed(run: number, group: number, bucket: number, isOnly: boolean): void;
  /** True: further reactions of this completion add nothing. */
  captured(run: number, group: number, bucket: number, reactionGroup: number, isOnly: boolean): boolean;
}

/** 0, 1, or 2 for more. */
function countByRun(runs: Int32Array, universe: number): Uint8Array {
  const counts = new Uint8Array(universe + 1);
  for (const run of runs) counts[run] = counts[run] === 0 ? 1 : 2;
  return counts;
}

/** Links count from 1; 0 ends a chain. */
function chainByRun(runs: Int32Array, universe: number): { head: Int32Array; next: Int32Array } {
  const head = new Int32Array(universe + 1);
  const next = new Int32Array(runs.length + 1);
  runs.forEach((run, index) => {
    next[index + 1] = head[run] as number;
    head[run] = index + 1;
  });
  return { head, next };
}
