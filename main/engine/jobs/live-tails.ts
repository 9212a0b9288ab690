import type { JobSurroundings } from './job-surroundings.ts';

export const TAIL_EVERY_MS = 2_000; // so that rows are there within 5 s*
const RESTS_MS = 30_000; // of a source that cannot be reached: others wait while it is tried
const LASTS_MS = 60_000; // whoever shows it asks again
const SHORTEST_WAIT_MS = 250;

/** The sources that somebody looks at live, by id, and when each is read next. */
export class LiveTails {
  readonly #nowMs: () => number;
  readonly #startTimer: JobSurroundings['startTimer'];
  readonly #tails = new Map<number, { untilMs: number; nextAtMs: number }>();
  readonly #waiters = new Set<() => void>();

  constructor(nowMs: () => number, { startTimer }: JobSurroundings) {
    this.#nowMs = nowMs;
    this.#startTimer = startTimer;
  }

  /** From now on, for a while; returns until when. */
  begin(sourceId: number): number {
    const nowMs = this.#nowMs();
    const untilMs = nowMs + LASTS_MS;
    this.#tails.set(sourceId, { untilMs, nextAtMs: this.#tails.get(sourceId)?.nextAtMs ?? nowMs });
    for (const wake of this.#waiters) wake();
    return untilMs;
  }

  end(sourceId: number): void {
    this.#tails.delete(sourceId);
  }

  untilMs(sourceId: number): number | null {
    return this.#tails.get(sourceId)?.untilMs ?? null;
  }

  noteRead(sourceId: number, { isReached }: { isReached: boolean }): void {
    const tail = this.#tails.get(sourceId);
    if (tail !== undefined) tail.nextAtMs = this.#nowMs() + (isReached ? TAIL_EVERY_MS : RESTS_MS);
  }

  /** Those that are read now. */
  due(): number[] {
    const nowMs = this.#nowMs();
    for (const [sourceId, { untilMs }] of this.#tails) if (nowMs > untilMs) this.#tails.delete(sourceId);
    return [...this.#tails].filter(([, { nextAtMs }]) => nowMs >= nextAtMs).map(([sourceId]) => sourceId);
  }

  /** When each is read next. */
  nextTimesMs(): number[] {
    return [...this.#tails.values()].map(({ nextAtMs }) => nextAtMs);
  }

  /** Calls back when one may be due; the returned function takes the call back. */
  onDue(callback: () => void): () => void {
    this.#waiters.add(callback);
    const stop = this.#tails.size === 0 ? () => undefined : this.#startTimer(callback, this.#waitMs());
    return () => {
      this.#waiters.delete(callback);
      stop();
    };
  }

  /** One that is due may have to wait for something else, and is looked at again. */
  #waitMs(): number {
    return Math.max(SHORTEST_WAIT_MS, Math.min(...this.nextTimesMs()) - this.#nowMs());
  }
}
