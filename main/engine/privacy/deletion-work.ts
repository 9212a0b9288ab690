import type { EngineStore } from '../store/engine-store.ts';
import { DEAD_GRACE_MS } from '../store/recover.ts';
import { type DeletionOptions, runDeletions } from './apply-deletions.ts';

const FINISH_MS = DEAD_GRACE_MS + 60_000; // a minute behind the last file that a reader may hold

export interface DeletionSurroundings extends Pick<DeletionOptions, 'onCohort'> {
  /** The annotations, where they are open already. */
  notes?: () => DeletionOptions['notes'];
  /** Undefined: the folder holds no workspace yet. */
  store: () => EngineStore | undefined;
  /** Runs work while no sync or merge does. */
  exclusively: <T>(work: () => Promise<T>) => Promise<T>;
  onChange: (openRequests: number) => void;
  /** What could not be done; it is tried again. */
  onFault: (message: string) => void;
}

/**
 * Contract: takes up requests that a kill left, applies new ones as soon as the store is free, and ends them once no
 * reader needs the old files. Whoever makes it closes it before the store.
 */
export interface DeletionWork {
  apply: () => Promise<void>;
  close: () => Promise<void>;
}

export function createDeletionWork(surroundings: DeletionSurroundings): DeletionWork {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let work: Promise<void> = Promise.resolve();

  async function run(isUnasked: boolean): Promise<void> {
    const { store: storeOf, exclusively, onCohort, notes } = surroundings;
    const store = storeOf();
    if (store === undefined || !hasDeletionWork(store, isUnasked)) return;
    await exclusively(() => runDeletions(store, { onCohort, notes: notes?.(), isUnasked }));
    tell(store);
  }

  function tell(store: EngineStore): void {
    const open = openRequests(store);
    surroundings.onChange(open);
    clearTimeout(timer);
    if (open > 0 && !stop.signal.aborted) timer = setTimeout(quietly, FINISH_MS).unref();
  }

  function quietly(): void {
    inTurn(true).catch((error: unknown) => {
      if (!stop.signal.aborted) surroundings.onFault(error instanceof Error ? error.message : String(error));
    });
  }

  function inTurn(isUnasked: boolean): Promise<void> {
    const next = work.then(() => run(isUnasked));
    work = next.catch(() => undefined);
    return next;
  }

  quietly();
  return {
    apply: () => inTurn(false),
    async close() {
      stop.abort();
      clearTimeout(timer);
      await work;
    },
  };
}

function hasDeletionWork({ db, workspace }: EngineStore, isUnasked: boolean): boolean {
  const isWaiting = isUnasked && workspace.asOfMs !== null;
  const waiting = `SELECT 1 FROM deletions WHERE state = 'pending' UNION ALL SELECT 1 FROM dimension_rows
    WHERE dataset = 'deletion_requests' AND json_extract(row, '$.user_id') IS NOT NULL`;
  const begun = `SELECT 1 FROM deletions WHERE state = 'applied' UNION ALL SELECT 1 FROM erasures`;
  return db.prepare(`${begun}${isWaiting ? '' : ` UNION ALL ${waiting}`} LIMIT 1`).get() !== undefined;
}

const openRequests = ({ db }: EngineStore): number =>
  db.prepare<[], { open: number }>(`SELECT count(*) AS open FROM deletions WHERE state <> 'done'`).get()
    ?.open ?? 0;
