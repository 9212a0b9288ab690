-- user_version 9
CREATE TABLE alert_firings (
  firing_id INTEGER PRIMARY KEY,
  environment TEXT NOT NULL,
  item_id TEXT NOT NULL,
  key TEXT NOT NULL,
  voice TEXT NOT NULL CHECK (voice IN ('rule', 'detector')),
  family TEXT NOT NULL,
  title TEXT NOT NULL,
  side TEXT CHECK (side IN ('below', 'above')),
  group_id INTEGER REFERENCES alert_firings (firing_id),
  since_ms INTEGER NOT NULL,
  condition_met_ms INTEGER NOT NULL,
  detected_at_ms INTEGER NOT NULL,
  is_told INTEGER NOT NULL DEFAULT 0 CHECK (is_told IN (0, 1)),
  acknowledged_at_ms INTEGER,
  resolved_at_ms INTEGER,
  reported_at_ms INTEGER,
  label TEXT CHECK (label IN ('true', 'expected', 'false')),
  label_note TEXT,
  evidence TEXT NOT NULL CHECK (json_valid(evidence)),
  UNIQUE (environment, item_id, key, since_ms)
) STRICT;
CREATE TABLE alert_outbox (
  message_id TEXT PRIMARY KEY,
  firing_id INTEGER NOT NULL REFERENCES alert_firings (firing_id),
  channel TEXT NOT NULL,
  definition TEXT NOT NULL CHECK (json_valid(definition)),
  body TEXT NOT NULL CHECK (json_valid(body)),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'sending', 'sent', 'unknown', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0,
  next_attempt_at_ms INTEGER,
  sent_at_ms INTEGER,
  error TEXT,
  created_at_ms INTEGER NOT NULL,
  UNIQUE (firing_id, channel)
) STRICT, WITHOUT ROWID;
CREATE TABLE alert_rules (
  environment TEXT NOT NULL,
  rule_id TEXT NOT NULL,
  definition TEXT CHECK (definition IS NULL OR json_valid(definition)),
  created_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL,
  PRIMARY KEY (environment, rule_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE alert_settings (
  environment TEXT PRIMARY KEY,
  settings TEXT CHECK (settings IS NULL OR json_valid(settings)),
  checked_at_ms INTEGER,
  took_ms REAL
) STRICT, WITHOUT ROWID;
CREATE TABLE alert_states (
  environment TEXT NOT NULL,
  item_id TEXT NOT NULL,
  key TEXT NOT NULL,
  state TEXT NOT NULL CHECK (json_valid(state)),
  judged_to_ms INTEGER,
  held TEXT CHECK (held IS NULL OR json_valid(held)),
  skipped TEXT CHECK (skipped IS NULL OR json_valid(skipped)),
  caution REAL,
  PRIMARY KEY (environment, item_id, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE cohorts (
  environment TEXT NOT NULL,
  cohort_id TEXT NOT NULL,
  name TEXT,
  definition TEXT CHECK (definition IS NULL OR json_valid(definition)),
  created_at_ms INTEGER NOT NULL,
  changed_at_ms INTEGER NOT NULL,
  version INTEGER NOT NULL UNIQUE,
  PRIMARY KEY (environment, cohort_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE deletion_key (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  proof TEXT NOT NULL
) STRICT;
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
CREATE TABLE dictionaries (
  environment TEXT NOT NULL,
  column_name TEXT NOT NULL,
  count INTEGER NOT NULL,
  values_bytes INTEGER NOT NULL,
  values_file TEXT NOT NULL UNIQUE,
  ends_file TEXT NOT NULL UNIQUE, erased_revision INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (environment, column_name)
) STRICT, WITHOUT ROWID;
CREATE TABLE dimension_rows (
  environment TEXT NOT NULL,
  dataset TEXT NOT NULL,
  key TEXT NOT NULL,
  row TEXT NOT NULL,
  object_id INTEGER NOT NULL REFERENCES ledger (object_id),
  revision INTEGER NOT NULL,
  PRIMARY KEY (environment, dataset, key)
) STRICT, WITHOUT ROWID;
CREATE TABLE engine_facts (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE erasures (
  environment TEXT NOT NULL,
  column_name TEXT NOT NULL,
  code INTEGER NOT NULL,
  replacement TEXT,
  PRIMARY KEY (environment, column_name, code)
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
CREATE TABLE expectations (
  environment TEXT NOT NULL,
  event_type TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('avro', 'json-schema')),
  schema TEXT NOT NULL CHECK (json_valid(schema)),
  imported_at_ms INTEGER NOT NULL,
  PRIMARY KEY (environment, event_type)
) STRICT, WITHOUT ROWID;
CREATE TABLE exports (
  export_id INTEGER PRIMARY KEY,
  environment TEXT NOT NULL,
  made_at_ms INTEGER NOT NULL,
  name TEXT NOT NULL,
  form TEXT NOT NULL,
  from_day TEXT NOT NULL,
  to_day TEXT NOT NULL
) STRICT;
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
CREATE TABLE jobs (
  job_id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  payload TEXT NOT NULL,
  message TEXT,
  created_at_ms INTEGER NOT NULL,
  ended_at_ms INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE "ledger" (
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
CREATE TABLE merges (
  environment TEXT PRIMARY KEY,
  merged_revision INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  days INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE properties (
  environment TEXT NOT NULL,
  event_type TEXT NOT NULL,
  property TEXT NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (environment, event_type, property)
) STRICT, WITHOUT ROWID;
CREATE TABLE quarantine (
  quarantine_id INTEGER PRIMARY KEY,
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  object_id INTEGER NOT NULL REFERENCES ledger (object_id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  environment TEXT,
  reason TEXT NOT NULL,
  field TEXT,
  row_copy TEXT,
  revision INTEGER NOT NULL
) STRICT;
CREATE TABLE quarantine_counts (
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  reason TEXT NOT NULL,
  field TEXT NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (source_id, reason, field)
) STRICT, WITHOUT ROWID;
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
CREATE TABLE reduced_days (
  environment TEXT NOT NULL,
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  day TEXT NOT NULL,
  reduced INTEGER NOT NULL,
  removed INTEGER NOT NULL,
  PRIMARY KEY (environment, source_id, day)
) STRICT, WITHOUT ROWID;
CREATE TABLE refused_copies (
  holder_id INTEGER NOT NULL REFERENCES ledger (object_id) ON DELETE CASCADE,
  refused_id INTEGER NOT NULL REFERENCES ledger (object_id) ON DELETE CASCADE,
  PRIMARY KEY (holder_id, refused_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE refused_users (
  user_hash TEXT PRIMARY KEY,
  id_length INTEGER NOT NULL,
  since_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE retention (
  source_id INTEGER PRIMARY KEY REFERENCES sources (source_id) ON DELETE CASCADE,
  hot_days INTEGER NOT NULL CHECK (hot_days > 0),
  aggregate_days INTEGER NOT NULL CHECK (aggregate_days >= hot_days),
  purges INTEGER NOT NULL CHECK (purges IN (0, 1))
) STRICT;
CREATE TABLE rpc_ops (
  op TEXT PRIMARY KEY,
  method TEXT NOT NULL,
  result TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE scrub_counts (
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  column_name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('email', 'phone', 'ip', 'card', 'token')),
  count INTEGER NOT NULL,
  PRIMARY KEY (source_id, column_name, kind)
) STRICT, WITHOUT ROWID;
CREATE TABLE segments (
  segment_id INTEGER PRIMARY KEY,
  environment TEXT NOT NULL,
  dataset TEXT NOT NULL,
  day TEXT NOT NULL,
  event_type TEXT,
  event_rows TEXT NOT NULL,
  file TEXT NOT NULL UNIQUE,
  rows INTEGER NOT NULL CHECK (rows > 0),
  min_ts_ms INTEGER NOT NULL,
  max_ts_ms INTEGER NOT NULL,
  size_bytes INTEGER NOT NULL,
  crc32 INTEGER NOT NULL,
  shard_starts BLOB NOT NULL,
  columns TEXT NOT NULL,
  arrival_revision INTEGER NOT NULL,
  created_revision INTEGER NOT NULL,
  dead_revision INTEGER,
  dead_at_ms INTEGER
) STRICT;
CREATE TABLE source_event_types (
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  environment TEXT NOT NULL,
  event_type TEXT NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (source_id, environment, event_type)
) STRICT, WITHOUT ROWID;
CREATE TABLE source_jobs (
  source_id INTEGER PRIMARY KEY REFERENCES sources (source_id) ON DELETE CASCADE,
  settings TEXT NOT NULL DEFAULT '{}',
  paused_at_ms INTEGER,
  next_at_ms INTEGER,
  failures INTEGER NOT NULL DEFAULT 0,
  waiting_for TEXT,
  reconciled_at_ms INTEGER
) STRICT;
CREATE TABLE source_state (
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  environment TEXT NOT NULL,
  newest_ts_ms INTEGER,
  watermark_ms INTEGER,
  lateness TEXT NOT NULL,
  PRIMARY KEY (source_id, environment)
) STRICT, WITHOUT ROWID;
CREATE TABLE source_usage (
  source_id INTEGER NOT NULL REFERENCES sources (source_id) ON DELETE CASCADE,
  month TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  PRIMARY KEY (source_id, month)
) STRICT, WITHOUT ROWID;
CREATE TABLE "sources" (
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
CREATE TABLE sweeps (
  environment TEXT PRIMARY KEY,
  swept_revision INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  removed INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE workspace (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  workspace_id TEXT NOT NULL,
  name TEXT NOT NULL,
  zone TEXT NOT NULL,
  week_start TEXT NOT NULL CHECK (week_start IN ('monday', 'sunday')),
  as_of_ms INTEGER,
  shards INTEGER NOT NULL CHECK (shards > 0),
  created_at_ms INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  next_segment_id INTEGER NOT NULL,
  next_object_id INTEGER NOT NULL
) STRICT;
CREATE INDEX alert_firings_by_time ON alert_firings (environment, condition_met_ms);
CREATE INDEX alert_outbox_by_time ON alert_outbox (state, next_attempt_at_ms);
CREATE INDEX deletions_open ON deletions (state) WHERE state <> 'done';
CREATE INDEX dimension_rows_by_object ON dimension_rows (object_id);
CREATE INDEX exports_by_day ON exports (environment, from_day, to_day);
CREATE INDEX gaps_by_source ON gaps (source_id, environment, from_ms);
CREATE INDEX job_runs_by_source ON job_runs (source_id, job_id);
CREATE INDEX job_runs_by_start ON job_runs (started_at_ms);
CREATE INDEX ledger_by_key ON ledger (source_id, key, object_id);
CREATE INDEX ledger_read_again ON ledger (source_id) WHERE substr(version, 1, 1) = '!';
CREATE INDEX quarantine_by_object ON quarantine (object_id, position);
CREATE INDEX reconciled_days_differing ON reconciled_days (source_id, day) WHERE state = 'differs';
CREATE INDEX refused_copies_by_refused ON refused_copies (refused_id);
CREATE INDEX segments_dead ON segments (dead_at_ms) WHERE dead_revision IS NOT NULL;
CREATE INDEX segments_live ON segments (environment, dataset, day, segment_id) WHERE dead_revision IS NULL;
