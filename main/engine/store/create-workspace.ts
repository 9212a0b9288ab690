import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { cataloguePath, guarded, openReadDb, openWriteDb, storageError } from '../../catalogue/open-db.ts';
import type { WorkspaceRow } from '../../catalogue/types.ts';
import { AppError } from '../../../shared/errors.ts';
import { filesUnder } from './recover.ts';
import { takeWriterLock } from './writer-lock.ts';

export interface NewWorkspace {
  name: string;
  /** IANA zone in which days begin. */
  zone: string;
  weekStart?: 'monday' | 'sunday';
  /** The instant that counts as now, for workspaces that stand still; null: the clock. */
  asOfMs?: number | null;
  now?: () => number;
  newId?: () => string;
}

const SHARDS = 16; // ENGINE §1: fixed per workspace

/** What a workspace is of which nobody knows anything. */
export const NEW_WORKSPACE: Omit<WorkspaceRow, 'workspaceId'> = {
  name: 'Workspace',
  zone: 'UTC',
  weekStart: 'monday',
  asOfMs: null,
  shards: SHARDS,
};

/** Whether a folder holds a workspace. A half-made one (killed while being created) does not count. */
export function hasWorkspace(dataDir: string): boolean {
  if (!existsSync(cataloguePath(dataDir))) return false;
  const db = openReadDb(dataDir);
  try {
    const hasTable = db
      .prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'workspace'")
      .get();
    return hasTable !== undefined && db.prepare('SELECT 1 FROM workspace').get() !== undefined;
  } catch (error) {
    throw storageError(dataDir, error);
  } finally {
    db.close();
  }
}

/** Makes an empty workspace in a folder that holds none; creates the folder if need be. */
export function createWorkspace(dataDir: string, options: NewWorkspace): void {
  const zone = checkedZone(options.zone);
  guarded(dataDir, () => mkdirSync(dataDir, { recursive: true, mode: 0o700 }));
  const lock = takeWriterLock(dataDir);
  try {
    refuseLostCatalogue(dataDir);
    const db = openWriteDb(dataDir);
    try {
      const { changes } = db
        .prepare(
          `INSERT INTO workspace (singleton, workspace_id, name, zone, week_start, as_of_ms, shards, created_at_ms,
             revision, next_segment_id, next_object_id)
           VALUES (1, @id, @name, @zone, @weekStart, @asOfMs, @shards, @nowMs, 0, 1, 1) ON CONFLICT DO NOTHING`,
        )
        .run({
          id: (options.newId ?? randomUUID)(),
          name: options.name,
          zone,
          weekStart: options.weekStart ?? 'monday',
          asOfMs: options.asOfMs ?? null,
          shards: SHARDS,
          nowMs: (options.now ?? Date.now)(),
        });
      if (changes === 0) throw new AppError('conflict', `${dataDir} already holds a workspace`);
    } finally {
      db.close();
    }
  } finally {
    lock.release();
  }
}

/** Opening the new workspace would delete the segments of the old one: none of them is in its catalogue. */
function refuseLostCatalogue(dataDir: string): void {
  if (hasWorkspace(dataDir) || filesUnder(dataDir, 'segments').length === 0) return;
  throw new AppError(
    'corrupt',
    `${dataDir} holds stored events, but ${cataloguePath(dataDir)} is missing or empty; ` +
      'run "tidemark doctor --rebuild", restore it from a backup, or choose another folder',
  );
}

export function checkedZone(zone: string): string {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch (error) {
    throw new AppError(
      'bad-input',
      `unknown time zone "${zone}"; expected an IANA name such as Europe/Oslo`,
      {
        cause: error,
      },
    );
  }
}
