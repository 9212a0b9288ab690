import { randomUUID } from 'node:crypto';
import { type NotesWriteDb, guardedNotes, openNotesWriteDb } from '../../catalogue/notes/open-notes-db.ts';
import { storageError } from '../../catalogue/open-db.ts';
import type { SecretReader } from '../secrets/secret-store.ts';
import { type HybridClock, createClock } from '../../../shared/annotations/clock.ts';
import { type FoldedLog, createFoldedLog } from '../../../shared/annotations/fold-log.ts';
import type { Operation } from '../../../shared/annotations/operation.ts';
import { type LogRows, createLogRows } from './log-rows.ts';

export interface NotesChange {
  environment: string;
  annotationIds: string[];
}

export interface NotesOptions {
  /** The time that notes are dated by, ms; a workspace that stands still has its own. */
  now?: () => number;
  /** The time that waiting is measured by, ms. */
  wallMs?: () => number;
  /** 0 ≤ x < 1; spreads repeated attempts. */
  random?: () => number;
  newId?: () => string;
  /** Whether a deletion request has removed a person; asked for every id-like word that arrives. */
  isRefusedUser?: (userId: string) => boolean;
  /** What sources of notes are opened with; default: the server host's store of the folder. */
  secrets?: SecretReader;
  /** After each commit that changes what annotations look like. */
  onChanged?: (change: NotesChange) => void;
}

/** Opens the annotations of a data folder. The caller holds the folder's writer lock and closes what it opened. */
export function openNotes(dataDir: string, options: NotesOptions = {}): NotesStore {
  return guardedNotes(dataDir, () => new NotesStore(dataDir, openNotesWriteDb(dataDir), options));
}

interface DeviceRow {
  device: string;
  author: string;
  clock: string | null;
}

/**
 * Contract: the one writer of notes.sqlite. What is committed there is durable; the folds are kept in step with it and
 * can be made anew from it at any time.
 */
export class NotesStore {
  readonly dataDir: string;
  readonly db: NotesWriteDb;
  readonly log: LogRows;
  readonly device: string;
  readonly clock: HybridClock;
  readonly wallMs: () => number;
  readonly random: () => number;
  readonly newId: () => string;
  readonly secrets: SecretReader | null;
  readonly isRefusedUser: ((userId: string) => boolean) | null;
  /** Of all copies in quarantine; may be too high by what a failed transaction took back. */
  quarantinedBytes: number;
  /** Raised whenever a list of annotations may look different. */
  revision = 0;
  readonly #onChanged: (change: NotesChange) => void;
  readonly #folds = new Map<string, FoldedLog>();

  constructor(dataDir: string, db: NotesWriteDb, options: NotesOptions = {}) {
    this.dataDir = dataDir;
    this.db = db;
    this.wallMs = options.wallMs ?? Date.now;
    this.random = options.random ?? Math.random;
    this.newId = options.newId ?? randomUUID;
    this.secrets = options.secrets ?? null;
    this.isRefusedUser = options.isRefusedUser ?? null;
    this.#onChanged = options.onChanged ?? (() => undefined);
    this.log = createLogRows(db);
    this.quarantinedBytes = readQuarantinedBytes(db);
    const { device, clock } = this.#deviceRow() ?? this.#registerDevice();
    this.device = device;
    this.clock = createClock({ device, now: options.now ?? this.wallMs, last: clock });
  }

  /** Who writes here: a name, or nothing. */
  get author(): string {
    return this.#deviceRow()?.author ?? '';
  }

  set author(name: string) {
    this.db.prepare<[string]>('UPDATE device SET author = ?').run(name);
    this.revision++;
  }

  /** The fold of an environment, read from the log when it is first wanted. */
  folded(environment: string): FoldedLog {
    const known = this.#folds.get(environment);
    if (known !== undefined) return known;
    const fold = createFoldedLog();
    for (const { operation } of this.log.all(environment)) fold.add([operation]);
    this.#folds.set(environment, fold);
    return fold;
  }

  /** One transaction. Folds that were read inside of one that failed hold what never was. */
  transact(work: () => void): void {
    try {
      this.db.transaction(work).immediate();
    } catch (error) {
      this.#folds.clear();
      throw storageError(this.dataDir, error);
    }
  }

  /** Part of the transaction that gives out or follows readings, so that a restart never goes back behind them. */
  keepClock(): void {
    this.db.prepare<[string | null]>('UPDATE device SET clock = ?').run(this.clock.last());
  }

  /** After a commit: brings the fold in step and tells who listens. Threads in `emptied` are read again. */
  committed(environment: string, operations: readonly Operation[], emptied: ReadonlySet<string>): void {
    const fold = this.#folds.get(environment);
    fold?.add(operations.filter(({ annotation_id }) => !emptied.has(annotation_id)));
    for (const id of emptied) fold?.replace(id, this.log.thread(environment, id));
    this.changed(environment, [...operations.map(({ annotation_id }) => annotation_id), ...emptied]);
  }

  /** Tells who listens that annotations look different: by what they hold, or by how far they have travelled. */
  changed(environment: string, annotationIds: Iterable<string>): void {
    const ids = [...new Set(annotationIds)];
    this.revision++;
    if (ids.length > 0) this.#onChanged({ environment, annotationIds: ids });
  }

  close(): void {
    this.db.close();
  }

  #deviceRow(): DeviceRow | undefined {
    return this.db.prepare<[], DeviceRow>('SELECT device, author, clock FROM device').get();
  }

  #registerDevice(): DeviceRow {
    const device = `dev_${this.newId().replaceAll('-', '').slice(0, 12)}`;
    this.db
      .prepare<[string, number]>(
        `INSERT INTO device (singleton, device, author, created_at_ms) VALUES (1, ?, '', ?)`,
      )
      .run(device, this.wallMs());
    return { device, author: '', clock: null };
  }
}

function readQuarantinedBytes(db: NotesWriteDb): number {
  const row = db
    .prepare<[], { bytes: number }>('SELECT coalesce(sum(length(content)), 0) AS bytes FROM quarantine')
    .get();
  return row?.bytes ?? 0;
}
