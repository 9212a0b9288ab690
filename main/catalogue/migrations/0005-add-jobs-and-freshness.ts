/** When sources are read and what became of it, where something is missing, and where source and store differ. */
export const addJobsAndFreshness = `
-- settings: JSON of what differs from the defaults. waiting_for: why the source is not read before next_at_ms.
CREATE TABLE source_jobs (
  source_id INTEGER PRIMARY KEY REFERENCES sources (source_id) ON DELETE CASCADE,
  settings TEXT NOT NULL DEFAULT '{}',
  paused_at_ms INTEGER,
  next_at_ms INTEGER,
  failures INTEGER NOT NULL DEFAULT 0,
  waiting_for TEXT,
  reconciled_at_ms INTEGER
) STRICT;

-- One row per run of a source. batch: the first job of those that ran together. steps: JSON of what each step counted
-- and took.
CREATE TABLE job_runs (
  job_id INTEGER PRIMARY KEY,
  batch INTEGER NOT NULL,
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  reason TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled', 'interrupted', 'over-budget')),
  files INTEGER NOT NULL DEFAULT 0,
  bytes INTEGER NOT NULL DEFAULT 0,
  read INTEGER NOT NULL DEFAULT 0,
  kept INTEGER NOT NULL DEFAULT 0,
  duplicate INTEGER NOT NULL DEFAULT 0,
  quarantined INTEGER NOT NULL DEFAULT 0,
  refused INTEGER NOT NULL DEFAULT 0,
  scrubbed INTEGER NOT NULL DEFAULT 0,
  steps TEXT NOT NULL DEFAULT '[]',
  message TEXT,
  started_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER,
  CHECK (read = kept + duplicate + quarantined + refused)
) STRICT;
CREATE INDEX job_runs_by_source ON job_runs (source_id, job_id);
CREATE INDEX job_runs_by_start ON job_runs (started_at_ms);

-- What a source cost in a month (UTC), for its cap.
CREATE TABLE source_usage (
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  month TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (source_id, month)
) STRICT, WITHOUT ROWID;

-- Single facts of the engine, each under its name; value: JSON.
CREATE TABLE engine_facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- event_types: JSON list, NULL: all of the source. asked: how often its span was requested again.
CREATE TABLE gaps (
  gap_id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  environment TEXT NOT NULL,
  event_types TEXT,
  from_ms INTEGER NOT NULL,
  to_ms INTEGER NOT NULL,
  expected REAL NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('open', 'requested', 'missing', 'replayed')),
  found_at_ms INTEGER NOT NULL,
  asked INTEGER NOT NULL DEFAULT 0,
  ask_at_ms INTEGER,
  outcome TEXT,
  replayed_at_ms INTEGER,
  recovered INTEGER NOT NULL DEFAULT 0,
  CHECK (from_ms < to_ms)
) STRICT;
CREATE INDEX gaps_by_source ON gaps (source_id, environment, from_ms);

-- event_type '': all of them together, where the source is compared by its listing.
CREATE TABLE reconciled_days (
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  day TEXT NOT NULL,
  event_type TEXT NOT NULL,
  at_source INTEGER NOT NULL,
  at_home INTEGER NOT NULL,
  ratio REAL NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('matches', 'differs', 'frozen')),
  checked_at_ms INTEGER NOT NULL,
  pulled_at_ms INTEGER,
  PRIMARY KEY (source_id, day, event_type)
) STRICT, WITHOUT ROWID;
CREATE INDEX reconciled_days_differing ON reconciled_days (source_id, day) WHERE state = 'differs';
`;
