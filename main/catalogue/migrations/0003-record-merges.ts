/** How far small segments have been merged: those created since are looked at next. */
export const recordMerges = `
CREATE TABLE merges (
  environment TEXT PRIMARY KEY,
  merged_revision INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  days INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
`;
