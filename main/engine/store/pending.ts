import type { ScrubKind } from '../sync/scrub.ts';

/** Where an object (a file) stands while it is read; one row of the ledger. */
export interface PendingObject {
  objectId: number;
  sourceId: number;
  key: string;
  sizeBytes: number;
  version: string;
  state: 'reading' | 'done' | 'failed';
  reason: string | null;
  /** Rows delivered so far; a stopped read goes on behind them. */
  rowsDone: number;
  /** Of the rows that are not committed yet. */
  read: number;
  quarantined: number;
  refused: number;
  scrubbed: number;
}

export interface QuarantinedRow {
  sourceId: number;
  objectId: number;
  /** 1-based line, element or record within the object. */
  position: number;
  environment: string | null;
  reason: string;
  field: string | null;
  /** JSON of the allow-listed, scrubbed fields; null where the row could not be read at all. */
  copy: string | null;
}

export interface DimensionUpsert {
  environment: string;
  dataset: string;
  key: string;
  /** JSON. */
  row: string;
  objectId: number;
}

/** A kept row that is not what was expected of its event type. */
export interface BrokenExpectation {
  sourceId: number;
  environment: string;
  eventType: string;
  field: string;
  problem: string;
}

const ROW_OVERHEAD_BYTES = 200;
const MAX_COPIES_PER_OBJECT = 10_000; // beyond, rows are counted and can be had again from the object itself

/** Everything beside the events that the next commit writes. */
export class PendingFacts {
  readonly objects = new Map<number, PendingObject>();
  /** Earlier versions of objects, whose rows leave with this commit → the object that takes their place. */
  readonly replaced = new Map<number, number>();
  /** By source: JSON of where its next listing may begin, once this is committed. */
  readonly checkpoints = new Map<number, string>();
  quarantine: QuarantinedRow[] = [];
  dimensions: DimensionUpsert[] = [];
  sizeBytes = 0;
  readonly #copies = new Map<number, number>();
  readonly #quarantineCounts = new Map<string, number>();
  readonly #scrubCounts = new Map<string, number>();
  readonly #broken = new Map<string, number>();

  addQuarantine(row: QuarantinedRow): void {
    increment(this.#quarantineCounts, JSON.stringify([row.sourceId, row.reason, row.field ?? '']));
    const copies = this.#copies.get(row.objectId) ?? 0;
    if (copies >= MAX_COPIES_PER_OBJECT) return;
    this.#copies.set(row.objectId, copies + 1);
    this.quarantine.push(row);
    this.sizeBytes += ROW_OVERHEAD_BYTES + (row.copy?.length ?? 0);
  }

  addDimension(row: DimensionUpsert): void {
    this.dimensions.push(row);
    this.sizeBytes += ROW_OVERHEAD_BYTES + row.row.length;
  }

  addScrub(sourceId: number, column: string, kind: ScrubKind): void {
    increment(this.#scrubCounts, JSON.stringify([sourceId, column, kind]));
  }

  addBroken({ sourceId, environment, eventType, field, problem }: BrokenExpectation): void {
    increment(this.#broken, JSON.stringify([sourceId, environment, eventType, field, problem]));
  }

  brokenCounts(): (BrokenExpectation & { rows: number })[] {
    return [...this.#broken].map(([name, rows]) => {
      const [sourceId, environment, eventType, field, problem] = JSON.parse(name) as [
        number,
        string,
        string,
        string,
        string,
      ];
      return { sourceId, environment, eventType, field, problem, rows };
    });
  }

  quarantineCounts(): { sourceId: number; reason: string; field: string; rows: number }[] {
    return [...this.#quarantineCounts].map(([name, rows]) => {
      const [sourceId, reason, field] = JSON.parse(name) as [number, string, string];
      return { sourceId, reason, field, rows };
    });
  }

  scrubCounts(): { sourceId: number; column: string; kind: ScrubKind; count: number }[] {
    return [...this.#scrubCounts].map(([name, count]) => {
      const [sourceId, column, kind] = JSON.parse(name) as [number, string, ScrubKind];
      return { sourceId, column, kind, count };
    });
  }

  /** What the next commit begins with: the objects that are still being read. */
  afterCommit(): PendingFacts {
    const next = new PendingFacts();
    for (const [objectId, object] of this.objects) {
      if (object.state !== 'reading') continue;
      Object.assign(object, { read: 0, quarantined: 0, refused: 0, scrubbed: 0 });
      next.objects.set(objectId, object);
      next.#copies.set(objectId, this.#copies.get(objectId) ?? 0);
    }
    return next;
  }
}

const increment = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};
