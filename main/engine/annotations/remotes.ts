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

/** Another name, other credentials, or another place. What was refused waits for another attempt; a place that is another
 *  one gets everything that was written here: what it holds already comes once. */
export function updateRemote(
  notes: NotesStore,
  remoteId: number,
  { name, config }: Pick<NewRemote, 'name' | 'config'>,
): void {
  const known = remoteById(notes, remoteId);
  if (config.kind !== known.config.kind)
    throw new AppError('bad-input', 'a source of notes keeps its kind; add another one', { path: 'kind' });
  const stored = portable(notes.dataDir, config);
  const { kind: _, ...rest } = stored;
  const update = () => {
    if (listRemotes(notes).some((other) => other.name === name && other.remoteId !== remoteId))
      throw new AppError('conflict', `there is already a source of notes named "${name}"`);
    notes.db
      .prepare<[Record<string, unknown>]>(
        `UPDATE remotes SET name = @name, config = @config, failures = 0, next_attempt_at_ms = NULL, last_failure = NULL
         WHERE remote_id = @remoteId`,
      )
      .run({ remoteId, name, config: JSON.stringify(rest) });
    if (placeKey(stored) === placeKey(known.config)) retryRefused(notes, remoteId);
    else startOver(notes, known);
  };
  notes.db.transaction(update).immediate();
}

/** Nothing is known any more of what lies there. */
function startOver(notes: NotesStore, { remoteId, environment }: Remote): void {
  for (const sql of [
    'DELETE FROM remote_objects WHERE remote_id = ?',
    'DELETE FROM outbox WHERE remote_id = ?',
    `UPDATE remotes SET cursor = NULL, listed_whole_at_ms = NULL, pulled_at_ms = NULL, pushed_at_ms = NULL
     WHERE remote_id = ?`,
  ])
    notes.db.prepare<[number]>(sql).run(remoteId);
  enqueueAll(notes, environment, remoteId);
}

/** Equal where notes lie in one place, whoever writes them there. */
function placeKey(config: RemoteConfig): string {
  switch (config.kind) {
    case 'folder':
      return JSON.stringify([config.path]);
    case 's3':
      return JSON.stringify([config.endpoint, config.bucket, config.prefix]);
    case 'postgres':
      return JSON.stringify([config.host, config.port, config.database, config.tableSchema, config.table]);
    case 'clickhouse':
      return JSON.stringify([config.host, config.port, config.database, config.table]);
  }
}

/** How many operations have not reached a source, and how many it refused. */
export function waitingFor(notes: NotesStore, remoteId: number): { waiting: number; refused: number } {
  return (
    notes.db
      .prepare<[number], { waiting: number; refused: number }>(
        `SELECT count(*) FILTER (WHERE refusal IS NULL) AS waiting, count(refusal) AS refused
         FROM outbox WHERE remote_id = ?`,
      )
      .get(remoteId) ?? { waiting: 0, refused: 0 }
  );
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
