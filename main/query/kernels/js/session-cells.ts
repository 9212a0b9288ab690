export interface SpanTotals {
  sessions: number;
  /** Sessions that the bounce rate is of. */
  entered: number;
  bounces: number;
  /** Of whole sessions. */
  durationMs: number;
  viewsOfSessions: number;
}

export interface SessionSpan {
  group: number;
  /** First and last bucket that the session touches. */
  fromBucket: number;
  toBucket: number;
  isEntered: boolean;
  isBounce: boolean;
  durationMs: number;
  views: number;
}

const FIELDS = 5;

/** Sums over sessions per group and bucket; one column more holds each session once, for totals. Whole numbers: exact. */
export class SessionCells {
  readonly #buckets: number;
  #cells = new Float64Array(0);

  constructor(buckets: number) {
    this.#buckets = buckets;
  }

  add(span: SessionSpan): void {
    this.#reach(span.group);
    for (let bucket = span.fromBucket; bucket <= span.toBucket; bucket++) this.#addTo(span, bucket);
    this.#addTo(span, this.#buckets);
  }

  at(groups: readonly number[], bucket: number | null): SpanTotals {
    const sums = [0, 0, 0, 0, 0];
    for (const group of groups) {
      const from = this.#indexOf(group, bucket ?? this.#buckets);
      for (let field = 0; field < FIELDS; field++)
        sums[field] = (sums[field] ?? 0) + (this.#cells[from + field] ?? 0);
    }
    const [sessions = 0, entered = 0, bounces = 0, durationMs = 0, viewsOfSessions = 0] = sums;
    return { sessions, entered, bounces, durationMs, viewsOfSessions };
  }

  #addTo({ group, isEntered, isBounce, durationMs, views }: SessionSpan, bucket: number): void {
    const cells = this.#cells;
    const from = this.#indexOf(group, bucket);
    cells[from] = (cells[from] as number) + 1;
    cells[from + 1] = (cells[from + 1] as number) + (isEntered ? 1 : 0);
    cells[from + 2] = (cells[from + 2] as number) + (isEntered && isBounce ? 1 : 0);
    cells[from + 3] = (cells[from + 3] as number) + durationMs;
    cells[from + 4] = (cells[from + 4] as number) + views;
  }

  #indexOf(group: number, bucket: number): number {
    return (group * (this.#buckets + 1) + bucket) * FIELDS;
  }

  #reach(group: number): void {
    const needed = this.#indexOf(group + 1, 0);
    if (needed <= this.#cells.length) return;
    const larger = new Float64Array(Math.max(needed, this.#cells.length * 2));
    larger.set(this.#cells);
    this.#cells = larger;
  }
}
