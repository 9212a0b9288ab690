/** What left the program, so that a deletion can say which of it may need recall. Days are those of what was asked. */
export const addExports = `
CREATE TABLE exports (
  export_id INTEGER PRIMARY KEY,
  environment TEXT NOT NULL,
  made_at_ms INTEGER NOT NULL,
  name TEXT NOT NULL,
  form TEXT NOT NULL,
  from_day TEXT NOT NULL,
  to_day TEXT NOT NULL
) STRICT;
CREATE INDEX exports_by_day ON exports (environment, from_day, to_day);
`;
