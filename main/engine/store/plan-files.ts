import { type SortedRows } from './sort-rows.ts';

/**
 * An event type earns its own file of a day from this many rows on: below, what a file costs (about 3 kB of headers
 * and catalogue, an fsync and a read per column) is more than what its own table saves.
 */
export const OWN_FILE_MIN_ROWS = 4096;
export const MAX_OWN_FILES_PER_DAY = 15; // ENGINE §1: the most frequent types*

/** Rows of a batch that go into one segment file. */
export interface PlannedFile {
  day: number;
  /** 0: shared by several event types. */
  event: number;
  /** Rows by event code. */
  eventRows: Map<number, number>;
  /** Row numbers of the batch, in stored order. */
  rows: Int32Array;
}

/** Cuts sorted rows into files: per UTC day one for each frequent event type and one for all the rest. */
export function planFiles(sorted: SortedRows, event: Int32Array): PlannedFile[] {
  const files: PlannedFile[] = [];
  const { order, day } = sorted;
  for (let start = 0; start < order.length;) {
    const today = day[order[start] ?? 0] ?? 0;
    let end = start + 1;
    while (end < order.length && day[order[end] ?? 0] === today) end++;
    files.push(...filesOfDay(today, order.subarray(start, end), event));
    start = end;
  }
  return files;
}

function filesOfDay(day: number, order: Int32Array, event: Int32Array): PlannedFile[] {
  const counts = new Map<number, number>();
  for (const row of order) counts.set(event[row] ?? 0, (counts.get(event[row] ?? 0) ?? 0) + 1);
  const own = frequentTypes(counts);
  const fileByEvent = new Map<number, PlannedFile>();
  const files: PlannedFile[] = [];
  for (const code of own) {
    const rows = counts.get(code) ?? 0;
    files.push({ day, event: code, eventRows: new Map([[code, rows]]), rows: new Int32Array(rows) });
  }
  const rest = new Map([...counts].filter(([code]) => !own.has(code)));
  const restRows = [...rest.values()].reduce((sum, rows) => sum + rows, 0);
  if (restRows > 0) files.push(sharedFile(day, rest, restRows));
  for (const file of files) for (const code of file.eventRows.keys()) fileByEvent.set(code, file);
  distribute(order, event, files, fileByEvent);
  return files;
}

function frequentTypes(counts: Map<number, number>): Set<number> {
  const frequent = [...counts].filter(([, rows]) => rows >= OWN_FILE_MIN_ROWS);
  frequent.sort(([codeA, a], [codeB, b]) => b - a || codeA - codeB);
  return new Set(frequent.slice(0, MAX_OWN_FILES_PER_DAY).map(([code]) => code));
}

/** A file that only one event type would share is that type's own. */
function sharedFile(day: number, eventRows: Map<number, number>, rows: number): PlannedFile {
  const [only] = eventRows.keys();
  return { day, event: eventRows.size === 1 ? (only ?? 0) : 0, eventRows, rows: new Int32Array(rows) };
}

function distribute(
  order: Int32Array,
  event: Int32Array,
  files: readonly PlannedFile[],
  fileByEvent: ReadonlyMap<number, PlannedFile>,
): void {
  const used = new Map(files.map((file) => [file, 0]));
  for (const row of order) {
    const file = fileByEvent.get(event[row] ?? 0);
    if (file === undefined) continue;
    const at = used.get(file) ?? 0;
    file.rows[at] = row;
    used.set(file, at + 1);
  }
}
