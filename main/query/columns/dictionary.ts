import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../shared/errors.ts';
import type { DictionaryRow } from '../../catalogue/types.ts';
import { readExactly } from '../../format/read-columns.ts';
import type { PropertyValue } from '../plan/property-value.ts';

/**
 * The values of one dictionary as of some revision. Code 0 is "missing"; code c stands for value c − 1. Dictionaries
 * only grow, so a code means the same in every revision, but for values that a deletion has erased. Values are read when first asked for: the ids of runs and
 * messages count without them.
 */
export interface Dictionary {
  readonly count: number;
  /** Value of a code above 0. */
  value(code: number): PropertyValue;
  /** Code of a text, 0 where no row ever had it. Builds an index at first use. */
  codeOf(text: string): number;
  /** Code of the empty text, 0 where no row ever had it; costs less than `codeOf`. */
  emptyCode(): number;
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
  const known = new Map<string, StoredDictionary>();
  return {
    get(row) {
      const before = known.get(row.valuesFile);
      const isSame = before?.erasedRevision === row.erasedRevision;
      if (isSame && before.count >= row.count) return before;
      const dictionary = new StoredDictionary(dataDir, row, isSame ? before.loaded : []);
      if (before === undefined || before.erasedRevision <= row.erasedRevision)
        known.set(row.valuesFile, dictionary);
      return dictionary;
    },
  };
}

class StoredDictionary implements Dictionary {
  readonly #dataDir: string;
  readonly #row: DictionaryRow;
  readonly #before: readonly PropertyValue[];
  #values: PropertyValue[] | undefined;
  #codeByText: Map<string, number> | undefined;
  #emptyCode: number | undefined;

  /** `before`: values that an earlier revision has read. */
  constructor(dataDir: string, row: DictionaryRow, before: readonly PropertyValue[]) {
    this.#dataDir = dataDir;
    this.#row = row;
    this.#before = before;
  }

  get count(): number {
    return this.#row.count;
  }

  get erasedRevision(): number {
    return this.#row.erasedRevision;
  }

  get loaded(): readonly PropertyValue[] {
    return this.#values ?? this.#before;
  }

  value(code: number): PropertyValue {
    this.#values ??= this.#readValues();
    const value = this.#values[code - 1];
    if (value === undefined)
      throw new AppError('corrupt', `a stored code (${code}) is beyond its dictionary`);
    return value;
  }

  codeOf(text: string): number {
    this.#values ??= this.#readValues();
    this.#codeByText ??= new Map(this.#values.map((value, index) => [String(value), index + 1]));
    return this.#codeByText.get(text) ?? 0;
  }

  emptyCode(): number {
    this.#emptyCode ??= this.#readEnds(0).findIndex((end, index, ends) => end === (ends[index - 1] ?? 0)) + 1;
    return this.#emptyCode;
  }

  #readValues(): PropertyValue[] {
    const first = this.#before.length;
    const ends = this.#readEnds(Math.max(0, first - 1));
    const fromByte = first === 0 ? 0 : (ends[0] ?? 0);
    const bytes = Buffer.alloc((ends.at(-1) ?? 0) - fromByte);
    readFile(this.#dataDir, this.#row.valuesFile, fromByte, bytes);
    const values = [...this.#before];
    let start = 0;
    for (const end of first === 0 ? ends : ends.subarray(1)) {
      values.push(decodeValue(bytes.toString('utf8', start, end - fromByte)));
      start = end - fromByte;
    }
    return values;
  }

  /** Where values end, from the one at `first` on. */
  #readEnds(first: number): Float64Array {
    const ends = new Float64Array(this.#row.count - first);
    readFile(this.#dataDir, this.#row.endsFile, first * END_BYTES, new Uint8Array(ends.buffer));
    return ends;
  }
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
