import type { Database } from 'better-sqlite3';
import { AppError } from '../../shared/errors.ts';
import { createCatalogue } from './migrations/0001-create-catalogue.ts';
import { addSourceKinds } from './migrations/0002-add-source-kinds.ts';
import { recordMerges } from './migrations/0003-record-merges.ts';
import { addCohorts } from './migrations/0004-add-cohorts.ts';
import { addJobsAndFreshness } from './migrations/0005-add-jobs-and-freshness.ts';
import { addPrivacy } from './migrations/0006-add-privacy.ts';
import { addAlerts } from './migrations/0007-add-alerts.ts';
import { moveExpiry } from './migrations/0008-move-expiry.ts';
import { addExports } from './migrations/0009-add-exports.ts';

/** In order; never edited once shipped. The database's `user_version` counts those that have run. */
export const MIGRATIONS: readonly string[] = [
  createCatalogue,
  addSourceKinds,
  recordMerges,
  addCohorts,
  addJobsAndFreshness,
  addPrivacy,
  addAlerts,
  moveExpiry,
  addExports,
];

export const versionOf = (db: Database): number => Number(db.pragma('user_version', { simple: true }));

/**
 * Brings an empty or older catalogue to the newest schema, each step in its own transaction. Foreign keys must be off:
 * a step may make a table anew, and dropping the old one would delete what refers to it.
 */
export function migrate(db: Database): void {
  const version = versionOf(db);
  refuseNewer(version);
  MIGRATIONS.slice(version).forEach((statements, index) => {
    db.transaction(() => {
      db.exec(statements);
      db.pragma(`user_version = ${version + index + 1}`);
    })();
  });
}

export function refuseNewer(version: number): void {
  if (version > MIGRATIONS.length) {
    throw new AppError(
      'protocol-mismatch',
      `this workspace was written by a newer version (catalogue ${version}, known up to ${MIGRATIONS.length})`,
    );
  }
}
