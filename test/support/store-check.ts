import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import SqliteDatabase from 'better-sqlite3';
import { tableFromIPC } from 'apache-arrow';
import { shardOf } from '../../main/engine/store/sort-rows.ts';
import type { SegmentRow } from '../../main/format/types.ts';
import { plainRows } from './plain-rows.ts';
import { dictionaryValues, withSnapshot } from './stored-rows.ts';

/** All that a workspace holds, without what may differ between two ways to the same end: codes, ids, revisions. */
export function contentOf(dataDir: string): unknown {
  return withCatalogue(dataDir, (all) => ({
    rows: plainRows(dataDir),
    sources: all(
      'SELECT name, files, read, kept, duplicate, quarantined, scrubbed FROM sources ORDER BY name',
    ),
    state: all('SELECT source_id, environment, newest_ts_ms, watermark_ms FROM source_state ORDER BY 1, 2'),
    types: all('SELECT * FROM source_event_types ORDER BY 1, 2, 3'),
    ledger: all(
      'SELECT key, state, reason, read, kept, duplicate, quarantined FROM ledger ORDER BY key, object_id',
    ),
    quarantine: all('SELECT position, reason, field, row_copy FROM quarantine ORDER BY row_copy, position'),
    quarantineCounts: all('SELECT * FROM quarantine_counts ORDER BY 1, 2, 3'),
    scrubs: all('SELECT * FROM scrub_counts ORDER BY 1, 2, 3'),
    dimensions: all('SELECT environment, dataset, key, row FROM dimension_rows ORDER BY 1, 2, 3'),
  }));
}

/**
 * The same without what depends on the order in which objects were read: which of two objects was the first with an id,
 * and how late rows were that have left since.
 */
export function syncedContentOf(dataDir: string): unknown {
  return withCatalogue(dataDir, (all) => ({
    rows: plainRows(dataDir),
    sources: all(
      'SELECT name, files, read, kept, duplicate, quarantined, scrubbed FROM sources ORDER BY name',
    ),
    types: all('SELECT * FROM source_event_types WHERE rows > 0 ORDER BY 1, 2, 3'),
    ledger: all('SELECT key, state, reason, size_bytes, version, read, quarantined FROM ledger ORDER BY key'),
    quarantine: all('SELECT position, reason, field, row_copy FROM quarantine ORDER BY row_copy, position'),
    quarantineCounts: all('SELECT * FROM quarantine_counts ORDER BY 1, 2, 3'),
    dimensions: all('SELECT environment, dataset, key, row FROM dimension_rows ORDER BY 1, 2, 3'),
  }));
}

/** What a folder holds beyond its catalogue, or lacks; empty if all is well. Assumes that no writer is open. */
export function faultsOf(dataDir: string): string[] {
  const files = new Set([...filesBelow(dataDir, 'segments'), ...filesBelow(dataDir, 'dictionaries')]);
  const faults = filesBelow(dataDir, 'tmp').map((file) => `unfinished ${file}`);
  withCatalogue(dataDir, (all) => {
    for (const { file, crc } of all('SELECT file, crc32 AS crc FROM segments') as {
      file: string;
      crc: number;
    }[]) {
      if (!files.delete(file)) faults.push(`missing ${file}`);
      else if (crc32(readFileSync(path.join(dataDir, file))) !== crc) faults.push(`damaged ${file}`);
    }
    for (const [file, sizeBytes] of all(
      `SELECT values_file AS file, values_bytes AS sizeBytes FROM dictionaries
       UNION ALL SELECT ends_file, count * 8 FROM dictionaries`,
    ).map((row) => Object.values(row as object) as [string, number])) {
      files.delete(file);
      if (statSync(path.join(dataDir, file)).size !== sizeBytes) faults.push(`wrong size ${file}`);
    }
    return [];
  });
  return [...faults, ...[...files].map((file) => `orphan ${file}`)];
}

/** Where a live segment is not what its catalogue row says, or its rows are not by shard, user and time. */
export function disorderOf(dataDir: string): string[] {
  return withSnapshot(dataDir, (snapshot) =>
    snapshot
      .environments()
      .flatMap((environment) =>
        snapshot.segments({ environment, dataset: 'events', fromMs: null, toMs: null }).map((segment) => ({
          segment,
          eventTypes: dictionaryValues(dataDir, snapshot, environment, 'event_type'),
        })),
      )
      .flatMap(({ segment, eventTypes }) => disorderOfSegment(dataDir, segment, eventTypes)),
  );
}

function disorderOfSegment(dataDir: string, segment: SegmentRow, eventTypes: unknown[]): string[] {
  const table = tableFromIPC(readFileSync(path.join(dataDir, segment.file)));
  const column = (name: string): number[] => [...(table.getChild(name) ?? [])].map(Number);
  const [ms, hour, user, event] = [column('ms'), column('hour'), column('user'), column('event')];
  const faults: string[] = [];
  const check = (isRight: boolean, what: string): void => {
    if (!isRight) faults.push(`${segment.file}: ${what}`);
  };
  const { shardStarts, rows } = segment;
  const dayMs = Date.parse(segment.day);
  check(table.numRows === rows && shardStarts.at(-1) === rows && shardStarts[0] === 0, 'row count');
  check(
    segment.minTsMs === dayMs + ms.reduce((a, b) => Math.min(a, b)) &&
      segment.maxTsMs === dayMs + ms.reduce((a, b) => Math.max(a, b)),
    'time span',
  );
  check(
    ms.every((value, row) => hour[row] === Math.floor(value / 3_600_000)),
    'hours',
  );
  for (let shard = 0; shard + 1 < shardStarts.length; shard++) {
    for (let row = shardStarts[shard]!; row < shardStarts[shard + 1]!; row++) {
      check(shardOf(user[row]!, shardStarts.length - 1) === shard, `row ${row} is in shard ${shard}`);
      const isFirst = row === shardStarts[shard];
      const follows =
        isFirst || user[row]! > user[row - 1]! || (user[row] === user[row - 1] && ms[row]! >= ms[row - 1]!);
      check(follows, `row ${row} is out of order`);
    }
  }
  const counted = new Map<string, number>();
  for (let row = 0; row < rows; row++) {
    const type = segment.eventType ?? String(eventTypes[event[row]! - 1]);
    counted.set(type, (counted.get(type) ?? 0) + 1);
  }
  const sorted = (counts: [string, number][]) => JSON.stringify(counts.sort());
  check(sorted([...counted]) === sorted(Object.entries(segment.eventRows)), 'rows by event type');
  return faults;
}

function withCatalogue<T>(dataDir: string, work: (all: (sql: string) => unknown[]) => T): T {
  const db = new SqliteDatabase(path.join(dataDir, 'catalogue.sqlite'), { readonly: true });
  try {
    return work((sql) => db.prepare(sql).all());
  } finally {
    db.close();
  }
}

const filesBelow = (dataDir: string, folder: string): string[] =>
  statSync(path.join(dataDir, folder), { throwIfNoEntry: false }) === undefined
    ? []
    : readdirSync(path.join(dataDir, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => path.relative(dataDir, path.join(entry.parentPath, entry.name)));
