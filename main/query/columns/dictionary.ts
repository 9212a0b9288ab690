import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { DictionaryRow } from '../../catalogue/types.ts';
import { readExactly } from '../../format/read-columns.ts';
import type { PropertyValue } from '../plan/property-value.ts';

/**
 * The values of one dictionary as of some revision. Code 0 is "missing"; code c stands for value c − 1. Dictionaries
 * only grow, so a code means the same in every revision.
 */
export interface Dictionary {
  readonly count: number;
  /** Value of a code above 0. */
  value(code: number): PropertyValue;
  /** Code of a text, 0 where no row ever had it. Builds an index at first use. */
  codeOf(text: string): number;
}

/** Contract: dictionaries by environment and column, read once and again only where they have grown. */
export interface DictionaryCache {
  get(row: DictionaryRow): Dictionary;
}

const END_BYTES = 8; // one float64 per value
// main/catalogue/types.ts says how sets, and texts that begin like one, are told apart.
const MARK = '\u0000';
const SET_MARK = `${MARK}[`;
const PLAIN_MARK = `${MARK}s`;

export function createDictionaryCache(dataDir: string): DictionaryCache {
  const loaded = new Map<string, LoadedDictionary>();
  return {
    get(row) {
      const known = loaded.get(row.valuesFile);
      if (known !== undefined && known.count >= row.count) return known;
      const read = readValues(dataDir, row, known?.values ?? [], known?.endByte ?? 0);
      const dictionary = new LoadedDictionary(read.values, read.endByte);
      loaded.set(row.valuesFile, dictionary);
      return dictionary;
    },
  };
}

class LoadedDictionary implements Dictionary {
  readonly values: PropertyValue[];
  readonly endByte: number;
  #codeByText: Map<string, number> | undefined;

  constructor(values: PropertyValue[], endByte: number) {
    this.values = values;
    this.endByte = endByte;
  }

  get count(): number {
    return this.values.length;
  }

  value(code: number): PropertyValue {
    const value = this.values[code - 1];
    if (value === undefined)
      throw new AppError('corrupt', `a stored code (${code}) is beyond its dictionary`);
    return value;
  }

  codeOf(text: string): number {
    this.#codeByText ??= new Map(this.values.map((value, index) => [String(value), index + 1]));
    return this.#codeByText.get(text) ?? 0;
  }
}

/** What has come since `before`; its bytes begin at `fromByte`. */
function readValues(dataDir: string, row: DictionaryRow, before: readonly PropertyValue[], fromByte: number) {
  const added = row.count - before.length;
  const ends = new Float64Array(added);
  readFile(dataDir, row.endsFile, before.length * END_BYTES, new Uint8Array(ends.buffer));
  const endByte = ends[added - 1] ?? fromByte;
  if (!(endByte >= fromByte))
    throw new AppError('corrupt', `${row.endsFile} is damaged; doctor says what to do`);
  const bytes = Buffer.alloc(endByte - fromByte);
  readFile(dataDir, row.valuesFile, fromByte, bytes);
  const values = [...before];
  let start = 0;
  for (const end of ends) {
    values.push(decodeValue(bytes.toString('utf8', start, end - fromByte)));
    start = end - fromByte;
  }
  return { values, endByte };
}

function decodeValue(stored: string): PropertyValue {
  if (!stored.startsWith(MARK)) return stored;
  if (!stored.startsWith(SET_MARK)) return stored.slice(PLAIN_MARK.length);
  return JSON.parse(stored.slice(SET_MARK.length)) as string[];
}

function readFile(dataDir: string, file: string, offset: number, target: Uint8Array): void {
  const fd = openFile(dataDir, file);
  try {
    readExactly(fd, offset, target);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    throw new AppError(
      'corrupt',
      `the dictionary ${file} is damaged: ${error.message}; doctor says what to do`,
      {
        cause: error,
      },
    );
  } finally {
    closeSync(fd);
  }
}

function openFile(dataDir: string, file: string): number {
  try {
    return openSync(path.join(dataDir, file), 'r');
  } catch (error) {
    throw new AppError('corrupt', `the dictionary ${file} cannot be opened; doctor says what to do`, {
      cause: error,
    });
  }
}
