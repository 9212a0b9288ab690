import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { readExactly } from '../../format/read-columns.ts';
import { ByteDictionary } from './byte-dictionary.ts';
import { type DurableFiles, allDone, makeFolder } from './durable-files.ts';
import { fileNameOf } from './folder-names.ts';

export interface DictionaryPlace {
  count: number;
  valuesBytes: number;
  valuesFile: string;
  endsFile: string;
}

const END_BYTES = 8;

/** Where a new dictionary will lie, relative to the data folder. */
export function dictionaryPlace(environment: string, column: string): DictionaryPlace {
  const stem = path.posix.join('dictionaries', fileNameOf(environment), fileNameOf(column));
  return { count: 0, valuesBytes: 0, valuesFile: `${stem}.values`, endsFile: `${stem}.ends` };
}

/** Reads the committed part of a dictionary. */
export function loadDictionary(dataDir: string, place: DictionaryPlace): ByteDictionary {
  const bytes = new Uint8Array(place.valuesBytes);
  const ends = new Float64Array(place.count);
  readStart(path.join(dataDir, place.valuesFile), bytes);
  readStart(path.join(dataDir, place.endsFile), new Uint8Array(ends.buffer));
  return ByteDictionary.load(bytes, ends);
}

/** Appends what is not yet on disk; a later commit of the catalogue is what makes it count. */
export async function appendDictionary(
  files: DurableFiles,
  dataDir: string,
  place: DictionaryPlace,
  dictionary: ByteDictionary,
): Promise<void> {
  const { committedBytes, committedCount, bytesUsed, count } = dictionary;
  const valuesFile = path.join(dataDir, place.valuesFile);
  const folder = path.dirname(valuesFile);
  const changed = committedCount === 0 ? [folder, ...makeFolder(folder)] : [];
  const newEnds = Float64Array.from(dictionary.ends.subarray(committedCount, count));
  await allDone([
    files.writeAt(valuesFile, committedBytes, dictionary.bytes.subarray(committedBytes, bytesUsed)),
    files.writeAt(
      path.join(dataDir, place.endsFile),
      committedCount * END_BYTES,
      new Uint8Array(newEnds.buffer),
    ),
  ]);
  await allDone(changed.map((one) => files.syncFolder(one)));
}

function readStart(file: string, target: Uint8Array): void {
  if (target.length === 0) return;
  const fd = openSync(file, 'r');
  try {
    readExactly(fd, 0, target);
  } finally {
    closeSync(fd);
  }
}
