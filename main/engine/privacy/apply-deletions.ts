import { storageError } from '../../catalogue/open-db.ts';
import { AppError } from '../../../shared/errors.ts';
import type { DeletionReceipt } from '../../../shared/rpc/contract/privacy.ts';
import type { NotesStore } from '../annotations/notes-store.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { replaceSegments } from '../store/replace-segments.ts';
import { writeSegments } from '../store/segment-files.ts';
import { type PendingDeletion, acceptFeed, pendingDeletions } from './deletion-requests.ts';
import { deleteAside, eraseTextFiles } from './erase-files.ts';
import { type ErasedNotes, eraseNotes } from './erase-notes.ts';
import {
  type CountByUser,
  eraseCohorts,
  eraseDimensions,
  eraseProperties,
  eraseQuarantine,
} from './erase-rows.ts';
import {
  eraseAlertSettings,
  eraseSources,
  eraseWorkspaceFile,
  eraseWorkspaceName,
} from './erase-settings.ts';
import { eraseTexts } from './erase-texts.ts';
import { type Erasure, eraseValues, findErasures, noteErasures } from './erase-values.ts';
import { type UserRows, findUserRows } from './find-user-rows.ts';
import { exportsOf } from './export-list.ts';
import { finishDeletions } from './finish-deletions.ts';
import { liveSegments } from './live-segments.ts';
import { loadRefusals } from './load-refusals.ts';
import { nowOf } from './now-of.ts';
import { recountLateness } from './recount-lateness.ts';
import { type Removal, remainders } from './remove-rows.ts';
import { type ForgottenUser, createUserNames } from './user-names.ts';

export interface DeletionOptions {
  /** The annotations, where they are open already. */
  notes?: NotesStore | undefined;
  /** How long readers may need the files of before; default: as long as any keeps a snapshot. */
  graceMs?: number | undefined;
  onCohort?: ((environment: string, cohortId: string) => void) | undefined;
  /** Nobody asked just now: in a workspace that stands still, as the sample does, requests then go on waiting. */
  isUnasked?: boolean | undefined;
}

/** Applies what was asked for, as the store's only work. */
export async function runDeletions(store: EngineStore, options: DeletionOptions = {}): Promise<number> {
  if (store.busy)
    throw new AppError('conflict', 'a sync or merge is running; deletions are applied behind it');
  store.busy = true;
  try {
    return await applyDeletions(store, options);
  } finally {
    store.busy = false;
  }
}

/**
 * Forgets everybody who asked for it, all of them in one pass over the store (DATA §7): annotations, then one
 * transaction with everything in the catalogue and the segments without their rows, then the values in the
 * dictionaries. A kill between any two steps leaves a request that the next call takes up again; one that is done
 * changes nothing. Nothing may be pending. Returns how many requests were applied.
 */
export async function applyDeletions(store: EngineStore, options: DeletionOptions = {}): Promise<number> {
  try {
    eraseValues(store);
    await acceptFeed(store);
    const isWaiting = options.isUnasked === true && store.workspace.asOfMs !== null;
    const deletions = isWaiting ? [] : pendingDeletions(store);
    if (deletions.length > 0) {
      await loadRefusals(store, usersOf(deletions).values());
      await forget(store, deletions, options);
      eraseValues(store);
    }
    finishDeletions(store, options.graceMs);
    return deletions.length;
  } catch (error) {
    store.abandonQuietly();
    throw storageError(store.dataDir, error);
  }
}

/** Everything that is found before the transaction and written in it. */
interface Findings {
  byEnvironment: Map<string, UserRows>;
  erasures: Erasure[];
  writeLateness: (() => void)[];
  notes: Map<string, ErasedNotes>;
  asideFiles: number;
}

async function forget(
  store: EngineStore,
  deletions: readonly PendingDeletion[],
  { notes, onCohort }: DeletionOptions,
): Promise<void> {
  const users = usersOf(deletions);
  const names = createUserNames([...users.values()]);
  store.step('before-deletion-notes');
  const findings: Findings = {
    byEnvironment: new Map(),
    erasures: [],
    writeLateness: [],
    notes: eraseNotes(store, deletions, notes),
    asideFiles: deleteAside(store.dataDir),
  };
  eraseTextFiles(store.dataDir, names);
  await find(store, [...users.values()], findings);

  const affected = [...findings.byEnvironment.values()].flatMap((found) => found.affected);
  const removals: Removal[] = [];
  const written = await writeSegments(store, remainders(store, affected, removals), store.revision + 1);
  const remaining = removals.flatMap(({ segment, isWhole }) => (isWhole ? [] : [segment]));
  const changedCohorts: { environment: string; cohortId: string }[] = [];
  await replaceSegments(store, {
    dead: affected.map(({ segment }) => segment),
    fresh: written.map((row, index) => ({ ...row, arrivalRevision: remaining[index]?.arrivalRevision ?? 0 })),
    step: 'before-deletion-transaction',
    changesAnswers: true,
    record(revision) {
      for (const removal of removals) countRemoval(store, removal);
      dropEmptyCounts(store);
      for (const write of findings.writeLateness) write();
      refuseFromNowOn(store, users.values());
      const quarantined = eraseQuarantine(store, names);
      const dimensionRows = eraseDimensions(store, users, names);
      const cohorts = eraseCohorts(store, users, names);
      changedCohorts.push(...cohorts.changed);
      eraseProperties(store, names);
      const texts =
        eraseSources(store, names) +
        eraseAlertSettings(store, names) +
        eraseWorkspaceName(store, names) +
        eraseTexts(store, names);
      noteErasures(store, findings.erasures);
      store.step('inside-transaction');
      const rewrittenBytes = written.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const counts = { quarantined, dimensionRows, cohorts: cohorts.counts };
      writeReceipts(store, { deletions, findings, counts, texts, rewrittenBytes, revision });
    },
  });
  eraseWorkspaceFile(store);
  for (const { environment, cohortId } of changedCohorts) onCohort?.(environment, cohortId);
}

function refuseFromNowOn(store: EngineStore, users: Iterable<ForgottenUser>): void {
  const insert = store.db.prepare<[{ hash: string; idLength: number; nowMs: number }]>(
    `INSERT INTO refused_users (user_hash, id_length, since_ms) VALUES (@hash, @idLength, @nowMs)
     ON CONFLICT DO NOTHING`,
  );
  for (const { userId, hash } of users) insert.run({ hash, idLength: userId.length, nowMs: nowOf(store) });
}

const usersOf = (deletions: readonly PendingDeletion[]): Map<string, ForgottenUser> =>
  new Map(deletions.map(({ userId, userHash }) => [userId, { userId, hash: userHash }]));

async function find(store: EngineStore, users: readonly ForgottenUser[], findings: Findings): Promise<void> {
  const names = createUserNames(users);
  const segments = Map.groupBy(liveSegments(store), ({ environment }) => environment);
  for (const environment of environmentsOf(store)) {
    const ofEnvironment = segments.get(environment) ?? [];
    const state = store.environment(environment);
    const found = await findUserRows(store, state, ofEnvironment, { users, names });
    findings.byEnvironment.set(environment, found);
    findings.erasures.push(...findErasures(store, environment, found.onlyTheirs, names));
    const leaving = new Map(found.affected.map(({ segment, rows }) => [segment.segmentId, rows]));
    findings.writeLateness.push(recountLateness(store, environment, { segments: ofEnvironment, leaving }));
  }
}

const environmentsOf = ({ db }: EngineStore): string[] =>
  db
    .prepare<[], { environment: string }>(
      'SELECT DISTINCT environment FROM dictionaries ORDER BY environment',
    )
    .all()
    .map(({ environment }) => environment);

function countRemoval({ writer, db }: EngineStore, { segment, removed, properties }: Removal): void {
  for (const [objectId, rows] of removed.byObject) writer.moveToRefused(objectId, rows);
  for (const [eventType, byObject] of removed.byType) {
    for (const [objectId, rows] of byObject)
      writer.takeFromEventType(objectId, segment.environment, eventType, rows);
  }
  const take = db.prepare<[number, string, string, string]>(
    'UPDATE properties SET rows = rows - ? WHERE environment = ? AND event_type = ? AND property = ?',
  );
  for (const [eventType, byProperty] of properties) {
    for (const [property, rows] of byProperty) take.run(rows, segment.environment, eventType, property);
  }
}

function dropEmptyCounts({ db }: EngineStore): void {
  db.prepare('DELETE FROM source_event_types WHERE rows <= 0').run();
  db.prepare('DELETE FROM properties WHERE rows <= 0').run();
}

interface Outcome {
  deletions: readonly PendingDeletion[];
  findings: Findings;
  counts: { quarantined: CountByUser; dimensionRows: CountByUser; cohorts: CountByUser };
  texts: number;
  rewrittenBytes: number;
  revision: number;
}

/** From here on the ids are not needed, and not kept. */
function writeReceipts(store: EngineStore, outcome: Outcome): void {
  const nowMs = nowOf(store);
  const update = store.db.prepare<[Record<string, unknown>]>(
    `UPDATE deletions SET state = 'applied', user_id = NULL, applied_at_ms = @nowMs, applied_revision = @revision,
       receipt = @receipt WHERE deletion_id = @deletionId`,
  );
  for (const deletion of outcome.deletions) {
    const receipt = receiptOf(deletion, outcome, { store, nowMs });
    update.run({
      deletionId: deletion.deletionId,
      nowMs,
      revision: outcome.revision,
      receipt: JSON.stringify(receipt),
    });
  }
}

function receiptOf(
  { userId, requestId, requestedAtMs }: PendingDeletion,
  { deletions, findings, counts, texts, rewrittenBytes }: Outcome,
  { store, nowMs }: { store: EngineStore; nowMs: number },
): DeletionReceipt {
  const found = [...findings.byEnvironment.values()];
  const sum = (amount: (rows: UserRows) => number): number =>
    found.reduce((total, rows) => total + amount(rows), 0);
  const notes = findings.notes.get(requestId);
  return {
    rows: sum(({ rowsByUser }) => rowsByUser.get(userId) ?? 0),
    segments: sum(({ segmentsByUser }) => segmentsByUser.get(userId) ?? 0),
    rewrittenBytes,
    appliedTogether: deletions.length,
    values: findings.erasures.length,
    quarantined: counts.quarantined.get(userId) ?? 0,
    dimensionRows: counts.dimensionRows.get(userId) ?? 0,
    cohorts: counts.cohorts.get(userId) ?? 0,
    annotations: notes?.annotations ?? 0,
    texts,
    asideFiles: findings.asideFiles,
    sourceObjects: sum(({ objectsByUser }) => objectsByUser.get(userId)?.size ?? 0),
    remoteObjects: notes?.remoteObjects ?? 0,
    exports: exportsOf(store, spansOf(findings, userId)),
    timeUsedMs: Math.max(0, nowMs - requestedAtMs),
  };
}

const spansOf = ({ byEnvironment }: Findings, userId: string) =>
  [...byEnvironment].flatMap(([environment, { daysByUser }]) => {
    const days = daysByUser.get(userId);
    return days === undefined ? [] : [{ environment, days }];
  });
