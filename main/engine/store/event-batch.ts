import { CODED_COLUMNS } from './event-columns.ts';
import type { EventDraft } from './event-draft.ts';
import { grownF64, grownI32, grownU32, grownU8 } from './growable.ts';

const FIRST_ROWS = 1024;
const ROW_BYTES = 8 + 8 + 4 + 4 + CODED_COLUMNS.length * 4 + 16;
const VALUE_BYTES = 4 + 1 + 8;

/** Values of one property under one event type, in row order. */
export class PropertyValues {
  length = 0;
  rows = new Int32Array(64);
  kinds = new Uint8Array(64);
  values = new Float64Array(64);

  push(row: number, kind: number, value: number): void {
    const at = this.length;
    if (at === this.rows.length) {
      this.rows = grownI32(this.rows, at + 1);
      this.kinds = grownU8(this.kinds, at + 1);
      this.values = grownF64(this.values, at + 1);
    }
    this.rows[at] = row;
    this.kinds[at] = kind;
    this.values[at] = value;
    this.length = at + 1;
  }
}

/** Rows of one environment that wait for the next commit, as columns in order of arrival. */
export class EventBatch {
  rows = 0;
  tsMs = new Float64Array(FIRST_ROWS);
  /** received_at − ts; NaN where the row does not say when it was received. */
  lateMs = new Float64Array(FIRST_ROWS);
  event = new Int32Array(FIRST_ROWS);
  object = new Int32Array(FIRST_ROWS);
  /** One per CODED_COLUMNS. */
  codes = CODED_COLUMNS.map(() => new Int32Array(FIRST_ROWS));
  /** Four words per row. */
  ids = new Uint32Array(FIRST_ROWS * 4);
  /** By event code, then property id. */
  readonly properties: ((PropertyValues | undefined)[] | undefined)[] = [];
  #values = 0;

  /** Roughly what this batch holds in memory. */
  get sizeBytes(): number {
    return this.rows * ROW_BYTES + this.#values * VALUE_BYTES;
  }

  add(draft: EventDraft, objectId: number): void {
    const row = this.rows;
    if (row === this.tsMs.length) this.#grow();
    this.tsMs[row] = draft.tsMs;
    this.lateMs[row] = draft.receivedMs - draft.tsMs;
    this.event[row] = draft.event;
    this.object[row] = objectId;
    const { codes, ids } = this;
    for (let i = 0; i < codes.length; i++) {
      const column = codes[i];
      if (column !== undefined) column[row] = draft.codes[i] ?? 0;
    }
    const { words } = draft.id;
    for (let word = 0, at = row * 4; word < 4; word++, at++) ids[at] = words[word] ?? 0;
    if (draft.properties > 0) this.#addProperties(draft, row);
    this.rows = row + 1;
  }

  /** Empties the batch and keeps its memory for the next one. */
  clear(): void {
    this.rows = 0;
    this.#values = 0;
    for (const byProperty of this.properties) {
      byProperty?.forEach((values) => {
        if (values !== undefined) values.length = 0;
      });
    }
  }

  #addProperties(draft: EventDraft, row: number): void {
    const byProperty = (this.properties[draft.event] ??= []);
    for (let i = 0; i < draft.properties; i++) {
      const propertyId = draft.propertyIds[i] ?? 0;
      const values = (byProperty[propertyId] ??= new PropertyValues());
      values.push(row, draft.kinds[i] ?? 0, draft.values[i] ?? 0);
    }
    this.#values += draft.properties;
  }

  #grow(): void {
    const needed = this.rows + 1;
    this.tsMs = grownF64(this.tsMs, needed);
    this.lateMs = grownF64(this.lateMs, needed);
    this.event = grownI32(this.event, needed);
    this.object = grownI32(this.object, needed);
    this.codes = this.codes.map((column) => grownI32(column, needed));
    this.ids = grownU32(this.ids, needed * 4);
  }
}
