/**
 * Deletion requests with their receipts, who is refused at the door, and what is kept for how long. `sources` and
 * `ledger` are made anew because rows refused by deletion take part in the sum that their CHECK holds.
 */
export const addPrivacy = `
CREATE TABLE sources_next (
  source_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL CHECK (kind IN ('folder', 'import', 's3', 'clickhouse', 'postgres')),
  environment TEXT,
  dataset TEXT NOT NULL,
  config TEXT NOT NULL,
  freshness_target_ms INTEGER,
  created_at_ms INTEGER NOT NULL,
  last_sync_at_ms INTEGER,
  last_failure TEXT,
  files INTEGER NOT NULL DEFAULT 0,
  read INTEGER NOT NULL DEFAULT 0,
  kept INTEGER NOT NULL DEFAULT 0,
  duplicate INTEGER NOT NULL DEFAULT 0,
  quarantined INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  scrubbed INTEGER NOT NULL DEFAULT 0,
  checkpoint TEXT,
  removed_at_ms INTEGER,
  CHECK (read = kept + duplicate + quarantined + refused)
) STRICT;
INSERT INTO sources_next (source_id, name, kind, environment, dataset, config, freshness_target_ms, created_at_ms,
  last_sync_at_ms, last_failure, files, read, kept, duplicate, quarantined, scrubbed, checkpoint, removed_at_ms)
SELECT source_id, name, kind, environment, dataset, config, freshness_target_ms, created_at_ms,
  last_sync_at_ms, last_failure, files, read, kept, duplicate, quarantined, scrubbed, checkpoint, removed_at_ms
FROM sources;
DROP TABLE sources;
ALTER TABLE sources_next RENAME TO sources;

CREATE TABLE ledger_next (
  object_id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  version TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('reading', 'done', 'failed')),
  reason TEXT,
  rows_done INTEGER NOT NULL,
  read INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  duplicate INTEGER NOT NULL,
  quarantined INTEGER NOT NULL,
  refused INTEGER NOT NULL DEFAULT 0,
  scrubbed INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  CHECK (read = kept + duplicate + quarantined + refused)
) STRICT;
INSERT INTO ledger_next (object_id, source_id, key, size_bytes, version, state, reason, rows_done, read, kept, duplicate,
  quarantined, scrubbed, revision)
SELECT object_id, source_id, key, size_bytes, version, state, reason, rows_done, read, kept, duplicate,
  quarantined, scrubbed, revision FROM ledger;
DROP TABLE ledger;
ALTER TABLE ledger_next RENAME TO ledger;
CREATE INDEX ledger_by_key ON ledger (source_id, key, object_id);
CREATE INDEX ledger_read_again ON ledger (source_id) WHERE substr(version, 1, 1) = '!';

-- Values of a dictionary are overwritten where they lie when a user is forgotten; erased_revision says when last.
ALTER TABLE dictionaries ADD COLUMN erased_revision INTEGER NOT NULL DEFAULT 0;

-- user_hash: hex of the keyed hash. id_length: UTF-16 units of the id, so that only words of that length are hashed.
CREATE TABLE refused_users (
  user_hash TEXT PRIMARY KEY,
  id_length INTEGER NOT NULL,
  since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Tells a wrong key: a user who asked to be forgotten would no longer be known by it.
CREATE TABLE deletion_key (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  proof TEXT NOT NULL
) STRICT;

-- pending: the id is still needed, and here · applied: gone from everything in use, readers may hold old files · done:
-- nowhere any more. receipt: JSON without anything personal.
CREATE TABLE deletions (
  deletion_id INTEGER PRIMARY KEY,
  request_id TEXT NOT NULL UNIQUE,
  origin TEXT NOT NULL CHECK (origin IN ('feed', 'manual')),
  user_id TEXT,
  user_hash TEXT NOT NULL,
  requested_at_ms INTEGER NOT NULL,
  accepted_at_ms INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('pending', 'applied', 'done')),
  applied_at_ms INTEGER,
  applied_revision INTEGER,
  done_at_ms INTEGER,
  receipt TEXT,
  CHECK ((user_id IS NULL) = (state <> 'pending'))
) STRICT;
CREATE INDEX deletions_open ON deletions (state) WHERE state <> 'done';

-- Values that no row uses any more and that are still to be overwritten. replacement NULL: nothing readable stays.
CREATE TABLE erasures (
  environment TEXT NOT NULL,
  column_name TEXT NOT NULL,
  code INTEGER NOT NULL,
  replacement TEXT,
  PRIMARY KEY (environment, column_name, code)
) STRICT, WITHOUT ROWID;

-- How long rows of a source are kept whole, and then as aggregates. purges 0: nothing goes until its owner switches it on.
CREATE TABLE retention (
  source_id INTEGER PRIMARY KEY REFERENCES sources (source_id) ON DELETE CASCADE,
  hot_days INTEGER NOT NULL CHECK (hot_days > 0),
  aggregate_days INTEGER NOT NULL CHECK (aggregate_days >= hot_days),
  purges INTEGER NOT NULL CHECK (purges IN (0, 1))
) STRICT;

-- UTC days of which a source keeps aggregates instead of rows, and how many rows of its days are gone altogether.
CREATE TABLE reduced_days (
  environment TEXT NOT NULL,
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  day TEXT NOT NULL,
  reduced INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  PRIMARY KEY (environment, source_id, day)
) STRICT, WITHOUT ROWID;

-- What rows of an event type ought to be. schema: JSON of names with their types.
CREATE TABLE expectations (
  environment TEXT NOT NULL,
  event_type TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('avro', 'json-schema')),
  schema TEXT NOT NULL CHECK (json_valid(schema)),
  imported_at_ms INTEGER NOT NULL,
  PRIMARY KEY (environment, event_type)
) STRICT, WITHOUT ROWID;

CREATE TABLE expectation_counts (
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  environment TEXT NOT NULL,
  event_type TEXT NOT NULL,
  field TEXT NOT NULL,
  problem TEXT NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (source_id, environment, event_type, field, problem)
) STRICT, WITHOUT ROWID;
`;
