/**
 * Saved sets of users. `version` counts every save and removal of the workspace, so that an answer can say which it
 * rests on; of a removed cohort nothing but its place stays.
 */
export const addCohorts = `
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
`;
