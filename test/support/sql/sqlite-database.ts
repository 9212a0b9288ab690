import Sqlite from 'better-sqlite3';
import { type Calendar, bucketAt, startOfDate } from '../oracle/zone.ts';
import type { SqlDatabase, SqlRow } from './database.ts';
import { GENERATED } from './dataset.ts';
import type { Interval } from './question.ts';
import { SQLITE } from './sqlite.ts';

/** An SQLite in memory, with the functions that its dialect needs. */
export function openSqlite(): SqlDatabase {
  const db = new Sqlite(':memory:');
  const pure = { deterministic: true };
  db.function('bucket_start', pure, bucketStart);
  db.function('date_start', pure, startOfDate);
  db.function('fold', pure, (text: string | null) => text?.toLowerCase() ?? null);
  db.function('regexp', pure, (pattern: string, text: string | null) =>
    text === null ? null : Number(new RegExp(pattern, 'u').test(text)),
  );
  return {
    dialect: SQLITE,
    dataset: GENERATED,
    select: (sql) => Promise.resolve(db.prepare<[], SqlRow>(sql).all()),
    execute: (sql) => Promise.resolve(void db.exec(sql)),
    close: () => void db.close(),
  };
}

const bucketStart = (
  ms: number,
  interval: Interval,
  zone: string,
  weekStart: Calendar['weekStart'],
): number => bucketAt(ms, interval, { zone, weekStart }).startMs;
