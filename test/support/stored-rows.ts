import { readFileSync } from 'node:fs';
import path from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { openCatalogueReader } from '../../main/catalogue/reader.ts';
import type { CatalogueSnapshot } from '../../main/catalogue/types.ts';
import type { StoredColumn } from '../../main/format/types.ts';

export interface StoredRow {
  environment: string;
  id: string;
  event_type: string;
  ts: string;
  late: number | null;
  [column: string]: unknown;
}

const SET = '\u0000[';
const PLAIN = '\u0000s';

/** Every event of a workspace as plain rows, read through Arrow's own reader, in a fixed order. */
export function storedRows(dataDir: string): StoredRow[] {
  return withSnapshot(dataDir, (snapshot) =>
    snapshot.environments().flatMap((environment) => rowsOfEnvironment(dataDir, snapshot, environment)),
  ).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

export function withSnapshot<T>(dataDir: string, work: (snapshot: CatalogueSnapshot) => T): T {
  const reader = openCatalogueReader(dataDir);
  const snapshot = reader.snapshot();
  try {
    return work(snapshot);
  } finally {
    snapshot.close();
    reader.close();
  }
}

function rowsOfEnvironment(dataDir: string, snapshot: CatalogueSnapshot, environment: string): StoredRow[] {
  const segments = snapshot.segments({ environment, dataset: 'events', fromMs: null, toMs: null });
  const dictionaries = new Map<string, unknown[]>();
  const valuesOf = (column: string): unknown[] => {
    const known = dictionaries.get(column) ?? dictionaryValues(dataDir, snapshot, environment, column);
    dictionaries.set(column, known);
    return known;
  };
  return segments.flatMap((segment) => {
    const table = tableFromIPC(readFileSync(path.join(dataDir, segment.file)));
    const columns = segment.columns.map((stored) => ({ stored, vector: table.getChild(stored.name)! }));
    return Array.from({ length: segment.rows }, (_, row) => {
      const read = new Map(
        columns.map(({ stored, vector }) => [stored.name, decoded(stored, vector.get(row), valuesOf)]),
      );
      return rowOf(environment, segment.day, segment.eventType, read);
    });
  });
}

function rowOf(
  environment: string,
  day: string,
  eventType: string | null,
  read: ReadonlyMap<string, unknown>,
): StoredRow {
  const values = [...read].filter(
    ([name, value]) => value !== null && !['ms', 'hour', 'late', 'event', 'object', 'id'].includes(name),
  );
  return {
    environment,
    id: read.get('id') as string,
    event_type: eventType ?? (read.get('event') as string),
    ts: new Date(Date.parse(day) + (read.get('ms') as number)).toISOString(),
    late: (read.get('late') ?? null) as number | null,
    ...Object.fromEntries(values.sort(([a], [b]) => (a < b ? -1 : 1))),
  };
}

function decoded(stored: StoredColumn, value: unknown, valuesOf: (column: string) => unknown[]): unknown {
  switch (stored.kind) {
    case 'code':
      return value === 0 ? null : valuesOf(stored.dictionary!)[(value as number) - 1];
    case 'boolean':
      return value === 0 ? null : value === 2;
    case 'id16':
      return Buffer.from(value as Uint8Array).toString('hex');
    case 'number':
    case 'raw':
      return value;
  }
}

export function dictionaryValues(
  dataDir: string,
  snapshot: CatalogueSnapshot,
  environment: string,
  column: string,
): unknown[] {
  const dictionary = snapshot.dictionary(environment, column)!;
  const bytes = readFileSync(path.join(dataDir, dictionary.valuesFile));
  const ends = readFileSync(path.join(dataDir, dictionary.endsFile));
  return Array.from({ length: dictionary.count }, (_, index) => {
    const start = index === 0 ? 0 : ends.readDoubleLE((index - 1) * 8);
    const text = bytes.toString('utf8', start, ends.readDoubleLE(index * 8));
    if (text.startsWith(SET)) return JSON.parse(text.slice(SET.length)) as unknown;
    return text.startsWith(PLAIN) ? text.slice(PLAIN.length) : text;
  });
}
