import type { WorkspaceRow } from '../../catalogue/types.ts';
import { type WriteDb, guarded, openWriteDb } from '../../catalogue/open-db.ts';
import { AppError } from '../../../shared/errors.ts';
import { NOBODY_REFUSED, type RefusalList } from '../privacy/refusal-list.ts';
import { type CatalogueWriter, createCatalogueWriter } from './catalogue-writer.ts';
import { type DurableFiles, diskFiles } from './durable-files.ts';
import { EnvironmentState } from './environment-state.ts';
import { PendingFacts } from './pending.ts';
import { recover } from './recover.ts';
import { secretsOfProcess } from '../secrets/make-secret.ts';
import type { SecretReader } from '../secrets/secret-store.ts';
import { keepWorkspaceFile } from './workspace-file.ts';
import { type WriterLock, takeWriterLock } from './writer-lock.ts';

export interface StoreOptions {
  /** Milliseconds since 1970. */
  now?: () => number;
  files?: DurableFiles;
  /** Called with the name of every step of a commit before it runs; tests stop the process there. */
  onStep?: (step: string) => void;
  /** Called after each commit that readers can see. */
  onRevision?: (revision: number) => void;
  /** Default: by the variables and the passphrase of this process. */
  secrets?: SecretReader | undefined;
}

/** Opens a workspace for writing: takes the writer's lock, puts right what a killed writer left, reads nothing else. */
export function openStore(dataDir: string, options: StoreOptions = {}): EngineStore {
  const lock = takeWriterLock(dataDir);
  try {
    const db = openWriteDb(dataDir);
    try {
      return new EngineStore(dataDir, db, lock, options);
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    lock.release();
    throw error;
  }
}

/**
 * Contract: the one writer of a data folder. Rows are added to `environment(name).batch` and `facts`, and become
 * visible, durable and counted together by `commitPending`; until then a crash loses them and nothing else.
 * Whoever opens it closes it.
 */
export class EngineStore {
  readonly dataDir: string;
  readonly db: WriteDb;
  readonly writer: CatalogueWriter;
  readonly workspace: WorkspaceRow;
  readonly now: () => number;
  readonly files: DurableFiles;
  readonly step: (name: string) => void;
  readonly onRevision: (revision: number) => void;
  /** Where the key of deletions lies. */
  readonly secrets: SecretReader;
  facts = new PendingFacts();
  revision: number;
  nextSegmentId: number;
  nextObjectId: number;
  /** Users whose rows are refused at the door; loaded before anything is read. */
  refusals: RefusalList = NOBODY_REFUSED;
  /** True while a sync, an import or a merge runs; there is one at a time. */
  busy = false;
  readonly #lock: WriterLock;
  readonly #environments = new Map<string, EnvironmentState>();

  constructor(dataDir: string, db: WriteDb, lock: WriterLock, options: StoreOptions) {
    this.dataDir = dataDir;
    this.db = db;
    this.#lock = lock;
    this.now = options.now ?? Date.now;
    this.files = options.files ?? diskFiles;
    this.step = options.onStep ?? (() => undefined);
    this.onRevision = options.onRevision ?? (() => undefined);
    this.secrets = options.secrets ?? secretsOfProcess(dataDir);
    this.writer = createCatalogueWriter(db);
    const { revision, nextSegmentId, nextObjectId, ...workspace } = readWorkspace(db, dataDir);
    this.workspace = workspace;
    this.revision = revision;
    this.nextSegmentId = nextSegmentId;
    this.nextObjectId = nextObjectId;
    guarded(dataDir, () => {
      recover(dataDir, db, this.now());
      keepWorkspaceFile(dataDir, workspace);
    });
  }

  environment(name: string): EnvironmentState {
    const known = this.#environments.get(name);
    if (known !== undefined) return known;
    const created = new EnvironmentState(name, this.dataDir, this.db);
    this.#environments.set(name, created);
    return created;
  }

  openEnvironments(): EnvironmentState[] {
    return [...this.#environments.values()];
  }

  /** What is held of dictionaries is read anew: their files were overwritten. Nothing may be pending. */
  forgetEnvironments(): void {
    this.#environments.clear();
  }

  /** Rows and bytes that wait for the next commit. */
  pendingSize(): { rows: number; sizeBytes: number } {
    let rows = this.facts.quarantine.length + this.facts.dimensions.length;
    let { sizeBytes } = this.facts;
    for (const { batch } of this.#environments.values()) {
      rows += batch.rows;
      sizeBytes += batch.sizeBytes;
    }
    return { rows, sizeBytes };
  }

  /** Forgets everything that is not committed, in memory and on disk. */
  abandonPending(): void {
    this.#environments.clear();
    this.facts = new PendingFacts();
    const { revision, nextSegmentId, nextObjectId } = readWorkspace(this.db, this.dataDir);
    this.revision = revision;
    this.nextSegmentId = nextSegmentId;
    this.nextObjectId = nextObjectId;
    recover(this.dataDir, this.db, this.now());
  }

  /** The same after a failure, which matters more than one while tidying up; the next start tidies up again. */
  abandonQuietly(): void {
    try {
      this.abandonPending();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
    }
  }

  close(): void {
    this.db.close();
    this.#lock.release();
  }
}

type StoredWorkspace = WorkspaceRow & { revision: number; nextSegmentId: number; nextObjectId: number };

function readWorkspace(db: WriteDb, dataDir: string): StoredWorkspace {
  const row = db
    .prepare<[], StoredWorkspace>(
      `SELECT workspace_id AS workspaceId, name, zone, week_start AS weekStart, as_of_ms AS asOfMs, shards, revision,
         next_segment_id AS nextSegmentId, next_object_id AS nextObjectId FROM workspace`,
    )
    .get();
  if (row === undefined) throw new AppError('not-found', `there is no workspace in ${dataDir} yet`);
  return row;
}
