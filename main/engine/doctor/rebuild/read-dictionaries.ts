import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { type DictionaryPlace, dictionaryPlace } from '../../store/dictionary-files.ts';
import { textOfFileName } from '../../store/folder-names.ts';
import { filesUnder } from '../../store/recover.ts';
import type { FoundSegment } from './read-segments.ts';

export interface RecoveredDictionary {
  environment: string;
  column: string;
  /** Its values and bytes as far as its two files agree. */
  place: DictionaryPlace;
}

const END_BYTES = Float64Array.BYTES_PER_ELEMENT;
const VALUES_FILE = /^dictionaries\/([^/]+)\/([^/]+)\.values$/;

/**
 * Every dictionary below `dictionaries/`. Whose it is says its file name, and where that was shortened, the segments
 * that have codes of it.
 */
export function findDictionaries(dataDir: string, segments: readonly FoundSegment[]): RecoveredDictionary[] {
  const named = new Map<string, { environment: string; column: string }>();
  for (const file of filesUnder(dataDir, 'dictionaries')) {
    const [, folder = '', stem = ''] = VALUES_FILE.exec(file) ?? [];
    const [environment, column] = [textOfFileName(folder), textOfFileName(stem)];
    if (environment !== null && column !== null) named.set(file, { environment, column });
  }
  for (const { environment, columns } of segments) {
    for (const { dictionary: column } of columns) {
      if (column !== undefined)
        named.set(dictionaryPlace(environment, column).valuesFile, { environment, column });
    }
  }
  return [...named.values()].flatMap(
    ({ environment, column }) => recoverDictionary(dataDir, environment, column) ?? [],
  );
}

/** What the two files of a dictionary hold in agreement; null where there is no value. */
function recoverDictionary(dataDir: string, environment: string, column: string): RecoveredDictionary | null {
  const place = dictionaryPlace(environment, column);
  const valuesBytes = statSync(path.join(dataDir, place.valuesFile), { throwIfNoEntry: false })?.size ?? 0;
  const ends = readEnds(path.join(dataDir, place.endsFile));
  let count = 0;
  for (let previous = 0; count < ends.length; count++) {
    const end = ends[count] ?? NaN;
    if (!Number.isInteger(end) || end < previous || end > valuesBytes) break;
    previous = end;
  }
  if (count === 0) return null;
  return { environment, column, place: { ...place, count, valuesBytes: ends[count - 1] ?? 0 } };
}

/** Behind the last whole end there may be part of one: an append that was cut short. */
function readEnds(file: string): Float64Array {
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return new Float64Array(0);
  const bytes = readFileSync(file);
  const ends = new Float64Array(Math.floor(bytes.length / END_BYTES));
  new Uint8Array(ends.buffer).set(bytes.subarray(0, ends.byteLength));
  return ends;
}
