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
  const counts = countsOf(order, event);
  const own = frequentTypes(counts);
  const files: PlannedFile[] = [];
  for (const code of own) {
    const rows = counts.get(code) ?? 0;
    files.push({ day, event: code, eventRows: new Map([[code, rows]]), rows: new Int32Array(rows) });
  }
  const rest = new Map([...counts].filter(([code]) => !own.has(code)));
  const restRows = [...rest.values()].reduce((sum, rows) => sum + rows, 0);
  if (restRows > 0) files.push(sharedFile(day, rest, restRows));
  distribute(order, event, files);
  return files;
}

function countsOf(order: Int32Array, event: Int32Array): Map<number, number> {
  let highest = 0;
  for (const row of order) highest = Math.max(highest, event[row] ?? 0);
  const rows = new Int32Array(highest + 1);
  for (const row of order) rows[event[row] ?? 0] = (rows[event[row] ?? 0] ?? 0) + 1;
  const counts = new Map<number, number>();
  rows.forEach((count, code) => (count > 0 ? counts.set(code, count) : counts));
  return counts;
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

function distribute(order: Int32Array, event: Int32Array, files: readonly PlannedFile[]): void {
  const fileOf: number[] = []; // by event code
  files.forEach(({ eventRows }, index) => {
    for (const code of eventRows.keys()) fileOf[code] = index;
  });
  const used = new Int32Array(files.length);
  for (const row of order) {
    const index = fileOf[event[row] ?? 0] ?? 0;
    const at = used[index] ?? 0;
    used[index] = at + 1;
    const rows = files[index]?.rows;
    if (rows !== undefined) rows[at] = row;
  }
}
