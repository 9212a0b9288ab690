/** notes.sqlite: the log of annotation operations, what waits to be sent, and what lies where in the sources. */
export const createNotes = `
-- clock: the last reading of the hybrid logical clock; author: a name, never an address.
CREATE TABLE device (
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  device TEXT NOT NULL,
  author TEXT NOT NULL,
  clock TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;

-- Append-only. arrival: the order in which this device learned of it. fields: JSON. digest: of the content, because two
-- operations of one id are two operations until a deletion request has emptied both.
CREATE TABLE operations (
  arrival INTEGER PRIMARY KEY,
  environment TEXT NOT NULL,
  op_id TEXT NOT NULL,
  digest TEXT NOT NULL,
  annotation_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  fields TEXT NOT NULL,
  hlc TEXT NOT NULL,
  device TEXT NOT NULL,
  author TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('local', 'import', 'remote')),
  received_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX operations_by_id ON operations (environment, op_id, digest);
CREATE INDEX operations_by_annotation ON operations (environment, annotation_id, arrival);
CREATE INDEX operations_unsent ON operations (environment, annotation_id) WHERE origin <> 'remote';

CREATE TRIGGER operations_keep_text BEFORE UPDATE OF fields ON operations
WHEN json_extract(NEW.fields, '$.redacted') IS NOT 1
BEGIN
  SELECT RAISE(ABORT, 'an operation never changes; a deletion request may empty it');
END;
CREATE TRIGGER operations_keep_rows BEFORE DELETE ON operations
WHEN json_extract(OLD.fields, '$.redacted') IS NOT 1
BEGIN
  SELECT RAISE(ABORT, 'the log of operations only grows');
END;

-- What redact operations name: emptied here, and on arrival.
CREATE TABLE emptied (
  environment TEXT NOT NULL,
  annotation_id TEXT NOT NULL,
  op_id TEXT NOT NULL,
  PRIMARY KEY (environment, annotation_id, op_id)
) STRICT, WITHOUT ROWID;

-- A source that takes operations. config: JSON of its kind. last_failure: JSON of code and message.
CREATE TABLE remotes (
  remote_id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  environment TEXT NOT NULL,
  kind TEXT NOT NULL,
  config TEXT NOT NULL,
  next_sequence INTEGER NOT NULL DEFAULT 1,
  cursor TEXT,
  listed_whole_at_ms INTEGER,
  pulled_at_ms INTEGER,
  pushed_at_ms INTEGER,
  failures INTEGER NOT NULL DEFAULT 0,
  next_attempt_at_ms INTEGER,
  last_failure TEXT,
  created_at_ms INTEGER NOT NULL
) STRICT;

-- refusal: JSON of code and message; NULL while it waits its turn.
CREATE TABLE outbox (
  remote_id INTEGER NOT NULL REFERENCES remotes (remote_id) ON DELETE CASCADE,
  sequence INTEGER NOT NULL,
  arrival INTEGER NOT NULL REFERENCES operations (arrival) ON DELETE CASCADE,
  refusal TEXT,
  queued_at_ms INTEGER NOT NULL,
  PRIMARY KEY (remote_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX outbox_by_arrival ON outbox (arrival, remote_id);

-- Every object of a source that was read, so that none is read twice. version: what tells that it changed.
-- digest: of the operation, as in the log; '' where it is none or was emptied. holds_payload: 0 where the source's own
-- copy was empty already.
CREATE TABLE remote_objects (
  remote_id INTEGER NOT NULL REFERENCES remotes (remote_id) ON DELETE CASCADE,
  key TEXT NOT NULL,
  version TEXT NOT NULL,
  size_bytes INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('read', 'quarantined', 'failed')),
  op_id TEXT,
  digest TEXT NOT NULL,
  holds_payload INTEGER NOT NULL CHECK (holds_payload IN (0, 1)),
  PRIMARY KEY (remote_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX remote_objects_by_op ON remote_objects (op_id, remote_id) WHERE op_id IS NOT NULL;
CREATE INDEX remote_objects_failed ON remote_objects (remote_id, key) WHERE state = 'failed';

-- What arrived and cannot be folded. content NULL: too large to keep a copy, or emptied by a deletion request.
CREATE TABLE quarantine (
  quarantine_id INTEGER PRIMARY KEY,
  remote_id INTEGER REFERENCES remotes (remote_id) ON DELETE SET NULL,
  environment TEXT NOT NULL,
  origin TEXT NOT NULL CHECK (origin IN ('import', 'remote')),
  place TEXT NOT NULL,
  version TEXT NOT NULL,
  reason TEXT NOT NULL,
  field TEXT,
  content BLOB,
  size_bytes INTEGER NOT NULL,
  found_at_ms INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX quarantine_by_place ON quarantine (environment, place, version);
`;
