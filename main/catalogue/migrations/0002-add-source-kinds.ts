/**
 * Sources beyond folders, a resumable position of their listings, and which objects repeat rows of which other.
 * `sources` is made anew because its list of kinds is a CHECK; `migrate` runs without foreign keys, so nothing cascades.
 */
export const addSourceKinds = `
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
  scrubbed INTEGER NOT NULL DEFAULT 0,
  checkpoint TEXT,
  removed_at_ms INTEGER,
  CHECK (read = kept + duplicate + quarantined)
) STRICT;
INSERT INTO sources_next (source_id, name, kind, environment, dataset, config, freshness_target_ms, created_at_ms,
  last_sync_at_ms, last_failure, files, read, kept, duplicate, quarantined, scrubbed)
SELECT source_id, name, kind, environment, dataset, config, freshness_target_ms, created_at_ms,
  last_sync_at_ms, last_failure, files, read, kept, duplicate, quarantined, scrubbed FROM sources;
DROP TABLE sources;
ALTER TABLE sources_next RENAME TO sources;

-- The rows of refused_id that were refused are held by holder_id: should it lose them, refused_id is read again.
CREATE TABLE refused_copies (
  holder_id INTEGER NOT NULL REFERENCES ledger (object_id) ON DELETE CASCADE,
  refused_id INTEGER NOT NULL REFERENCES ledger (object_id) ON DELETE CASCADE,
  PRIMARY KEY (holder_id, refused_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX refused_copies_by_refused ON refused_copies (refused_id);
CREATE INDEX dimension_rows_by_object ON dimension_rows (object_id);
-- A version that begins with ! is that of an object to be read again.
CREATE INDEX ledger_read_again ON ledger (source_id) WHERE substr(version, 1, 1) = '!';
`;
