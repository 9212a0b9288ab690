/**
 * Rules and settings of what is watched, what the detectors remember, what fired, and messages on their way. A firing is
 * named by what fired and the bucket it began with, so that it is raised once; a message by its group and channel, so
 * that it is made once. Of a removed rule the definition goes and its firings stay.
 */
export const addAlerts = `
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
CREATE INDEX alert_firings_by_time ON alert_firings (environment, condition_met_ms);
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
CREATE INDEX alert_outbox_by_time ON alert_outbox (state, next_attempt_at_ms);
`;
