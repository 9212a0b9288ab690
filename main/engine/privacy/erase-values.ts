import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import path from 'node:path';
import type { ByteDictionary } from '../store/byte-dictionary.ts';
import { loadDictionary, type DictionaryPlace } from '../store/dictionary-files.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { CodeSet } from './code-set.ts';
import type { UserNames } from './user-names.ts';

/** A value to be overwritten where it lies. */
export interface Erasure {
  environment: string;
  column: string;
  code: number;
  /** null: no row uses the value any more. */
  replacement: string | null;
}

interface StoredDictionary extends DictionaryPlace {
  environment: string;
  column: string;
}

const SET = '\u0000['; // as main/catalogue/types.ts has it
const NOTHING = 0xff; // no text in UTF-8 holds this byte

/** Values that only the users' rows used, and whatever else names one of them, whether or not a row uses it. */
export function findErasures(
  store: EngineStore,
  environment: string,
  onlyTheirs: ReadonlyMap<string, CodeSet>,
  names: UserNames,
): Erasure[] {
  return dictionariesOf(store, environment).flatMap(({ column, ...place }) => {
    const unused = onlyTheirs.get(column);
    const dictionary = loadDictionary(store.dataDir, place);
    const found: Erasure[] = [];
    for (let code = 1; code <= dictionary.count; code++) {
      const replacement = replacementOf(dictionary, code, unused, names);
      if (replacement !== undefined) found.push({ environment, column, code, replacement });
    }
    return found;
  });
}

/** Undefined: the value stays as it is. */
export function replacementOf(
  dictionary: ByteDictionary,
  code: number,
  unused: CodeSet | undefined,
  names: UserNames,
): string | null | undefined {
  if (unused?.has(code) === true) return null;
  const text = dictionary.textOf(code);
  return names.isNamedIn(text) ? replacedValue(text, names) : undefined;
}

/** A set of texts stays in order. */
function replacedValue(stored: string, names: UserNames): string {
  if (!stored.startsWith(SET)) return names.replacedIn(stored);
  const texts = JSON.parse(stored.slice(SET.length)) as string[];
  return `${SET}${JSON.stringify(texts.map((text) => names.replacedIn(text)).sort())}`;
}

export function noteErasures({ db }: EngineStore, erasures: readonly Erasure[]): void {
  const insert = db.prepare<[Erasure]>(
    `INSERT INTO erasures (environment, column_name, code, replacement)
     VALUES (@environment, @column, @code, @replacement)
     ON CONFLICT DO UPDATE SET replacement = excluded.replacement`,
  );
  for (const erasure of erasures) insert.run(erasure);
}

/**
 * Overwrites the noted values in their files, then lets readers know. The notes stay until both are done, so that a kill
 * at any point leaves work that the next call finishes. Nothing may be pending. Returns how many values there were.
 */
export function eraseValues(store: EngineStore): number {
  const noted = store.db
    .prepare<[], Erasure>(
      `SELECT environment, column_name AS "column", code, replacement FROM erasures
       ORDER BY environment, column_name, code`,
    )
    .all();
  if (noted.length === 0) return 0;
  const byDictionary = Map.groupBy(noted, ({ environment, column }) => JSON.stringify([environment, column]));
  for (const erasures of byDictionary.values()) {
    store.step('before-erasing-values');
    overwrite(store, erasures);
  }
  store.forgetEnvironments();
  store.step('before-erased-transaction');
  store.revision = store.db.transaction(() => {
    const revision = store.writer.nextRevision();
    store.db
      .prepare<[number]>(
        `UPDATE dictionaries SET erased_revision = ?
         WHERE (environment, column_name) IN (SELECT environment, column_name FROM erasures)`,
      )
      .run(revision);
    store.db.prepare('DELETE FROM erasures').run();
    return revision;
  })();
  store.onRevision(store.revision);
  return noted.length;
}

function overwrite(store: EngineStore, erasures: readonly Erasure[]): void {
  const { environment = '', column = '' } = erasures[0] ?? {};
  const place = dictionariesOf(store, environment).find((one) => one.column === column);
  if (place === undefined) return;
  const { ends } = loadDictionary(store.dataDir, place);
  const fd = openSync(path.join(store.dataDir, place.valuesFile), 'r+');
  try {
    for (const { code, replacement } of erasures) {
      const start = code === 1 ? 0 : (ends[code - 2] ?? 0);
      const bytes = bytesFor(replacement, (ends[code - 1] ?? 0) - start);
      writeSync(fd, bytes, 0, bytes.length, start);
    }
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

/** The file keeps its layout: what is shorter than its place is filled up, and nothing may be longer. */
export function bytesFor(replacement: string | null, lengthBytes: number): Uint8Array {
  const bytes = new Uint8Array(lengthBytes).fill(replacement === null ? NOTHING : 0x20);
  if (replacement !== null) bytes.set(Buffer.from(replacement).subarray(0, lengthBytes));
  return bytes;
}

const dictionariesOf = ({ db }: EngineStore, environment: string): StoredDictionary[] =>
  db
    .prepare<[string], StoredDictionary>(
      `SELECT environment, column_name AS "column", count, values_bytes AS valuesBytes, values_file AS valuesFile,
         ends_file AS endsFile FROM dictionaries WHERE environment = ? ORDER BY column_name`,
    )
    .all(environment);
