import type { ColumnValues } from '../../../format/elements.ts';
import { LEFT_OUT, SOURCE_MASK } from './merge-order.ts';

/** A stretch of picks, and how many rows of each source it takes up. */
export interface Stretch {
  from: number;
  to: number;
  /** By source: its rows [start, end), left out ones included. */
  starts: Int32Array;
  ends: Int32Array;
  /** Rows that are not left out. */
  taken: number;
}

/** Cuts picks into stretches, each of whose parts fit into memory. */
export function* stretchesOf(picks: Uint16Array, sources: number, maxRows: number): Generator<Stretch> {
  let starts = new Int32Array(sources);
  for (let from = 0; from < picks.length; from += maxRows) {
    const to = Math.min(picks.length, from + maxRows);
    const ends = starts.slice();
    let taken = 0;
    for (let at = from; at < to; at++) {
      const pick = picks[at] ?? 0;
      const source = pick & SOURCE_MASK;
      ends[source] = (ends[source] ?? 0) + 1;
      if ((pick & LEFT_OUT) === 0) taken++;
    }
    yield { from, to, starts, ends, taken };
    starts = ends;
  }
}

/** Puts the parts of a stretch, one per source, into their common order. */
export function gather(
  picks: Uint16Array,
  { from, to }: Stretch,
  parts: readonly ColumnValues[],
  out: ColumnValues,
): void {
  const next = new Int32Array(parts.length);
  for (let at = from, row = 0; at < to; at++) {
    const pick = picks[at] ?? 0;
    const source = pick & SOURCE_MASK;
    const place = next[source] ?? 0;
    next[source] = place + 1;
    if ((pick & LEFT_OUT) === 0) out[row++] = parts[source]?.[place] ?? 0;
  }
}

const ID_WORDS = 4;

/** The same for ids, which are four words each. */
export function gatherIds(
  picks: Uint16Array,
  { from, to }: Stretch,
  parts: readonly Int32Array[],
  out: Int32Array,
): void {
  const next = new Int32Array(parts.length);
  for (let at = from, row = 0; at < to; at++) {
    const pick = picks[at] ?? 0;
    const source = pick & SOURCE_MASK;
    const place = (next[source] ?? 0) * ID_WORDS;
    next[source] = (next[source] ?? 0) + 1;
    if ((pick & LEFT_OUT) !== 0) continue;
    for (let word = 0; word < ID_WORDS; word++)
      out[row * ID_WORDS + word] = parts[source]?.[place + word] ?? 0;
    row++;
  }
}
