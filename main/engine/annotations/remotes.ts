import path from 'node:path';
import { NewRemote, type NewRemoteInput, RemoteConfig } from '../../../shared/annotations/remote.ts';
import { AppError } from '../../../shared/errors.ts';
import { checked } from '../sync/checked-config.ts';
import type { NotesStore } from './notes-store.ts';
import { enqueueAll } from './outbox.ts';

export interface Remote extends NewRemote {
  remoteId: number;
  cursor: string | null;
  /** When everything in it was last listed, not only what is new. */
  listedWholeAtMs: number | null;
  pulledAtMs: number | null;
  pushedAtMs: number | null;
  failures: number;
  nextAttemptAtMs: number | null;
  lastFailure: { code: string; message: string } | null;
}

/** Registers a source of an environment; what was written here so far waits to be sent there. */
export function addRemote(notes: NotesStore, input: NewRemoteInput): number {
  const remote = checked(NewRemote, input, 'remote');
  const { kind, ...config } = portable(notes.dataDir, remote.config);
  return notes.db
    .transaction(() => {
      const row = notes.db
        .prepare<[Record<string, unknown>], { remoteId: number }>(
          `INSERT INTO remotes (name, environment, kind, config, created_at_ms)
           VALUES (@name, @environment, @kind, @config, @nowMs)
           ON CONFLICT DO NOTHING RETURNING remote_id AS remoteId`,
        )
        .get({
          name: remote.name,
          environment: remote.environment,
          kind,
          config: JSON.stringify(config),
          nowMs: notes.wallMs(),
        });
      if (row === undefined)
        throw new AppError('conflict', `there is already a source of notes named "${remote.name}"`);
      enqueueAll(notes, remote.environment, row.remoteId);
      return row.remoteId;
    })
    .immediate();
}

/** Forgets a source; what waited for it waits no more, and what came from it stays. */
export function removeRemote(notes: NotesStore, remoteId: number): void {
  notes.db.prepare<[number]>('DELETE FROM remotes WHERE remote_id = ?').run(remoteId);
}

/** What the source refused waits for another attempt. */
export function retryRefused(notes: NotesStore, remoteId: number): void {
  notes.db.prepare<[number]>('UPDATE outbox SET refusal = NULL WHERE remote_id = ?').run(remoteId);
}

interface Row {
  remoteId: number;
  name: string;
  environment: string;
  kind: string;
  config: string;
  cursor: string | null;
  listedWholeAtMs: number | null;
  pulledAtMs: number | null;
  pushedAtMs: number | null;
  failures: number;
  nextAttemptAtMs: number | null;
  lastFailure: string | null;
}

export const listRemotes = (notes: NotesStore): Remote[] =>
  notes.db
    .prepare<[], Row>(
      `SELECT remote_id AS remoteId, name, environment, kind, config, cursor, listed_whole_at_ms AS listedWholeAtMs,
         pulled_at_ms AS pulledAtMs, pushed_at_ms AS pushedAtMs, failures, next_attempt_at_ms AS nextAttemptAtMs,
         last_failure AS lastFailure
       FROM remotes ORDER BY remote_id`,
    )
    .all()
    .map(remoteOf);

export function remoteById(notes: NotesStore, remoteId: number): Remote {
  const remote = listRemotes(notes).find((one) => one.remoteId === remoteId);
  if (remote === undefined)
    throw new AppError('not-found', `there is no source of notes with the id ${remoteId}`);
  return remote;
}

function remoteOf({ kind, config, lastFailure, ...row }: Row): Remote {
  return {
    ...row,
    config: RemoteConfig.parse({ kind, ...(JSON.parse(config) as object) }),
    lastFailure: lastFailure === null ? null : (JSON.parse(lastFailure) as Remote['lastFailure']),
  };
}

/** A folder inside the data folder moves with it. */
function portable(dataDir: string, config: RemoteConfig): RemoteConfig {
  if (config.kind !== 'folder') return config;
  const absolute = path.resolve(dataDir, config.path);
  const relative = path.relative(dataDir, absolute);
  const isInside = relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
  return { ...config, path: isInside ? relative.split(path.sep).join('/') : absolute };
}
