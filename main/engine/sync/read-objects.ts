import { setImmediate as nextTurn } from 'node:timers/promises';
import { EVENT_COLUMNS } from '../../../shared/domain/events.ts';
import { CONTROL_FEEDS, DIMENSIONS, type DimensionDataset } from '../../../shared/domain/dimensions.ts';
import type { LedgerEntry } from '../store/catalogue-writer.ts';
import { commitPending } from '../store/commit.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { type ObjectVersion, openObject } from '../store/ledger.ts';
import type { BatchLimit } from './batch-limit.ts';
import { createDimensionReader } from './dimension-reader.ts';
import { createEventReader } from './event-reader.ts';
import { ObjectFault } from './object-fault.ts';
import type { ObjectFormat } from './object-format.ts';
import { readObject } from './read-object.ts';
import type { FieldKind } from './row-text.ts';
import type { Source } from './source-row.ts';
import type { SyncProgress } from './sync-progress.ts';

export interface ObjectToRead extends ObjectVersion {
  file: string;
  format: ObjectFormat;
  /** What the ledger knows of it, where a stopped read may go on. */
  entry?: LedgerEntry | undefined;
}

export interface ReadContext {
  store: EngineStore;
  progress: SyncProgress;
  limit: BatchLimit;
  signal: AbortSignal;
}

const TURN_MS = 20;

/** Reads objects of one source in order. A damaged one is noted in the ledger with its reason, and the rest goes on. */
export async function readObjects(
  context: ReadContext,
  source: Source,
  objects: readonly ObjectToRead[],
): Promise<void> {
  const { store, progress, limit, signal } = context;
  const reader =
    source.dataset === 'events' ? createEventReader(store, source) : createDimensionReader(store, source);
  const kindOf = fieldKinds(source);
  let turnMs = performance.now();
  for (const { file, format, entry, ...version } of objects) {
    signal.throwIfAborted();
    const object = openObject(store, source.sourceId, version, entry);
    try {
      const onCommit = () => commitAll(context);
      await readObject(
        { store, limit, signal, onCommit, onProgress: () => progress.emitRunning() },
        { file, format, object, reader, kindOf },
      );
      object.state = 'done';
      if (version.sizeBytes === 0) {
        object.reason = 'the file is empty';
        progress.addNote(`${file} is empty`);
      }
    } catch (error) {
      if (!(error instanceof ObjectFault)) throw error;
      object.state = isPassing(error) ? 'reading' : 'failed';
      object.reason = error.message;
      progress.addFault(error.message);
    }
    progress.filesDone++;
    progress.counts.files++;
    progress.emitRunning();
    if (performance.now() - turnMs < TURN_MS) continue;
    await nextTurn(); // small files are read without waiting, and a cancel has to get in
    turnMs = performance.now();
  }
}

/** Lies with the disk or with permissions: the same version of the file may be readable next time. */
const isPassing = ({ code }: ObjectFault): boolean => code === 'not-readable' || code === 'not-found';

/** Commits what is pending, if anything is. */
export async function commitAll({ store, progress }: Pick<ReadContext, 'store' | 'progress'>): Promise<void> {
  if (store.facts.objects.size === 0) return;
  const { counts } = await commitPending(store);
  progress.addCommitted(counts);
  progress.emitRunning();
}

/** In CSV, columns of the product keep their text and everything else is told by its look. */
function fieldKinds({ dataset, rules }: Source): (name: string) => FieldKind {
  const columns: readonly string[] =
    dataset === 'events'
      ? Object.keys(EVENT_COLUMNS)
      : textColumnsOf({ ...DIMENSIONS, ...CONTROL_FEEDS }[dataset]);
  const mapped = Object.entries(rules.map.columns)
    .filter(([target]) => columns.includes(target))
    .map(([, field]) => field);
  const texts = new Set([...columns, ...mapped, 'properties']);
  return (name) => (texts.has(name) ? 'text' : 'any');
}

const NUMBER_COLUMNS: ReadonlySet<string> = new Set(['amount']);

const textColumnsOf = ({ columns }: DimensionDataset): string[] =>
  columns.filter((name) => !NUMBER_COLUMNS.has(name));
