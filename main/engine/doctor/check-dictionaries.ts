import { closeSync, openSync, statSync } from 'node:fs';
import path from 'node:path';
import { readExactly } from '../../format/read-columns.ts';
import type { DictionaryFacts } from './catalogue-facts.ts';

const END_BYTES = 8; // one float64 per value

interface DictionaryFindings {
  faults: string[];
  /** Bytes behind the committed end: a killed writer's, cut off at the next start. */
  tails: string[];
}

/** The committed part of every dictionary against its two files. */
export function checkDictionary(dataDir: string, dictionary: DictionaryFacts): DictionaryFindings {
  const { count, valuesBytes, valuesFile, endsFile } = dictionary;
  const lengths: [string, number][] = [
    [valuesFile, valuesBytes],
    [endsFile, count * END_BYTES],
  ];
  const found: DictionaryFindings = { faults: [], tails: [] };
  for (const [file, committedBytes] of lengths) {
    const sizeBytes = statSync(path.join(dataDir, file), { throwIfNoEntry: false })?.size;
    if (sizeBytes === undefined) found.faults.push(`${file} is missing`);
    else if (sizeBytes < committedBytes)
      found.faults.push(`${file} is ${committedBytes - sizeBytes} bytes shorter than committed`);
    else if (sizeBytes > committedBytes)
      found.tails.push(`${file} has ${sizeBytes - committedBytes} bytes that were never committed`);
  }
  if (found.faults.length === 0) found.faults.push(...endsFaults(dataDir, dictionary));
  return found;
}

/** Values lie one behind the other, and the last ends where the committed bytes do. */
function endsFaults(dataDir: string, { count, valuesBytes, endsFile }: DictionaryFacts): string[] {
  const ends = new Float64Array(count);
  const fd = openSync(path.join(dataDir, endsFile), 'r');
  try {
    readExactly(fd, 0, new Uint8Array(ends.buffer));
  } finally {
    closeSync(fd);
  }
  const isOrdered = ends.every((end, index) => end >= (ends[index - 1] ?? 0));
  const isWhole = (ends.at(-1) ?? 0) === valuesBytes;
  return isOrdered && isWhole ? [] : [`${endsFile} does not describe the values of its dictionary`];
}
