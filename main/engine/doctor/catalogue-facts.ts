import type { ReadDb } from '../../catalogue/open-db.ts';
import { SEGMENT_COLUMNS, type StoredSegment, segmentRowOf } from '../../catalogue/segment-rows.ts';
import type { SegmentRow } from '../../format/types.ts';
import { daysToMerge } from '../store/merge/days-to-merge.ts';
import { MERGE_LIMITS } from '../store/merge/plan-merge.ts';

export interface DictionaryFacts {
  environment: string;
  column: string;
  count: number;
  valuesBytes: number;
  valuesFile: string;
  endsFile: string;
}

export interface SourceFacts {
  name: string;
  read: number;
  kept: number;
  duplicate: number;
  quarantined: number;
  /** Of users who asked to be forgotten. */
  refused: number;
  /** The same, added up over its entries in the ledger. */
  ledgerRead: number;
  ledgerKept: number;
  ledgerDuplicate: number;
  ledgerQuarantined: number;
  ledgerRefused: number;
  /** Rows by reason of quarantine, added up. */
  reasonRows: number;
  lastFailure: string | null;
}

interface SweepFacts {
  environment: string;
  atMs: number | null;
  /** Rows that arrived since. */
  unsweptRows: number;
}

interface MergeFacts {
  environment: string;
  atMs: number | null;
  /** Days that fell apart into small segments since. */
  waitingDays: number;
}

/** What the catalogue says at one revision. */
export interface CatalogueFacts {
  shards: number;
  segments: SegmentRow[];
  /** Files of segments that no question reads any more. */
  deadFiles: string[];
  dictionaries: DictionaryFacts[];
  sources: SourceFacts[];
  /** Files whose newest version was not read whole. */
  faultyFiles: { source: string; key: string; state: string; reason: string | null }[];
  keptEvents: number;
  sweeps: SweepFacts[];
  merges: MergeFacts[];
}

/** One short read transaction, so that a host that goes on writing is neither held up nor seen half-way. */
export function readFacts(db: ReadDb): CatalogueFacts {
  db.prepare('BEGIN').run();
  try {
    return {
      shards: db.prepare<[], { shards: number }>('SELECT shards FROM workspace').get()?.shards ?? 1,
      segments: liveSegments(db),
      deadFiles: db
        .prepare<[], { file: string }>('SELECT file FROM segments WHERE dead_revision IS NOT NULL')
        .all()
        .map(({ file }) => file),
      dictionaries: db.prepare<[], DictionaryFacts>(SELECT_DICTIONARIES).all(),
      sources: db.prepare<[], SourceFacts>(selectSources(knowsDeletion(db))).all(),
      faultyFiles: db.prepare<[], CatalogueFacts['faultyFiles'][number]>(SELECT_FAULTY_FILES).all(),
      keptEvents: db.prepare<[], { kept: number }>(selectKeptEvents(knowsDeletion(db))).get()?.kept ?? 0,
      sweeps: db.prepare<[], SweepFacts>(SELECT_SWEEPS).all(),
      merges: readMerges(db),
    };
  } finally {
    db.prepare('COMMIT').run();
  }
}

const liveSegments = (db: ReadDb): SegmentRow[] =>
  db
    .prepare<[], StoredSegment>(
      `SELECT ${SEGMENT_COLUMNS} FROM segments WHERE dead_revision IS NULL ORDER BY segment_id`,
    )
    .all()
    .map(segmentRowOf);

/** A catalogue of before merges were recorded has no table of them. */
function readMerges(db: ReadDb): MergeFacts[] {
  const isKept = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'merges'").get() !== undefined;
  if (!isKept) return [];
  return db
    .prepare<[], Omit<MergeFacts, 'waitingDays'>>(SELECT_MERGES)
    .all()
    .map((merge) => ({
      ...merge,
      waitingDays: daysToMerge(db, merge.environment, MERGE_LIMITS).length,
    }));
}

const SELECT_DICTIONARIES = `SELECT environment, column_name AS "column", count, values_bytes AS valuesBytes,
  values_file AS valuesFile, ends_file AS endsFile FROM dictionaries ORDER BY environment, column_name`;

/** A catalogue of before deletion counts no refused rows, and nothing was purged. */
const knowsDeletion = (db: ReadDb): boolean =>
  db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'reduced_days'").get() !== undefined;

const selectSources = (
  hasRefused: boolean,
): string => `SELECT name, sources.read, sources.kept, sources.duplicate, sources.quarantined,
  ${hasRefused ? 'sources.refused' : '0'} AS refused, ${hasRefused ? 'coalesce(sum(ledger.refused), 0)' : '0'} AS ledgerRefused,
  coalesce(sum(ledger.read), 0) AS ledgerRead, coalesce(sum(ledger.kept), 0) AS ledgerKept,
  coalesce(sum(ledger.duplicate), 0) AS ledgerDuplicate, coalesce(sum(ledger.quarantined), 0) AS ledgerQuarantined,
  (SELECT coalesce(sum(rows), 0) FROM quarantine_counts WHERE source_id = sources.source_id) AS reasonRows,
  last_failure AS lastFailure
  FROM sources LEFT JOIN ledger USING (source_id) GROUP BY sources.source_id ORDER BY name`;

const SELECT_FAULTY_FILES = `SELECT sources.name AS source, key, state, reason FROM ledger JOIN sources USING (source_id)
  WHERE state <> 'done' AND object_id = (
    SELECT max(object_id) FROM ledger AS later WHERE later.source_id = ledger.source_id AND later.key = ledger.key
  ) ORDER BY sources.name, key`;

/** Less what a purge has taken away altogether. */
const selectKeptEvents = (canPurge: boolean): string =>
  `SELECT coalesce(sum(kept), 0) - ${canPurge ? '(SELECT coalesce(sum(removed), 0) FROM reduced_days)' : '0'} AS kept
   FROM sources WHERE dataset = 'events'`;

const SELECT_SWEEPS = `SELECT segments.environment, at_ms AS atMs,
  sum(CASE WHEN arrival_revision > coalesce(swept_revision, 0) THEN rows ELSE 0 END) AS unsweptRows
  FROM segments LEFT JOIN sweeps USING (environment)
  WHERE dead_revision IS NULL AND dataset = 'events' GROUP BY segments.environment ORDER BY segments.environment`;

const SELECT_MERGES = `SELECT DISTINCT segments.environment, at_ms AS atMs
  FROM segments LEFT JOIN merges USING (environment)
  WHERE dead_revision IS NULL AND dataset = 'events' ORDER BY segments.environment`;
