import { setImmediate as nextTurn } from 'node:timers/promises';
import { EVENT_COLUMNS } from '../../../shared/domain/events.ts';
import { CONTROL_FEEDS, DIMENSIONS, type DimensionDataset } from '../../../shared/domain/dimensions.ts';
import type { LedgerEntry } from '../store/catalogue-writer.ts';
import { HIDDEN_KEY } from '../privacy/refusal-list.ts';
import { commitPending } from '../store/commit.ts';
import type { EngineStore } from '../store/engine-store.ts';
import { openObject, takePlace } from '../store/ledger.ts';
import type { PendingObject } from '../store/pending.ts';
import type { BatchLimit } from './batch-limit.ts';
import { countingBytes } from './count-bytes.ts';
import { createDimensionReader } from './dimension-reader.ts';
import { createEventReader } from './event-reader.ts';
import { ObjectFault, ObjectGone } from './object-fault.ts';
import { type Waiting, openedAhead } from './open-ahead.ts';
import { readObject } from './read-object.ts';
import type { RowReader } from './row-reader.ts';
import type { FieldKind } from './row-text.ts';
import type { ListedObject, OpenedObject, SourceReader } from './source-reader.ts';
import type { Source } from './source-row.ts';
import type { SyncProgress } from './sync-progress.ts';
import { type OtherWork, eachWhileWaiting, whileWaiting } from './while-waiting.ts';

export interface ObjectToRead extends ListedObject {
  /** What the ledger knows of it, where a stopped read may go on. */
  entry?: LedgerEntry | undefined;
  /** Versions that it takes the place of. */
  earlier?: readonly number[];
}

export interface ReadContext {
  store: EngineStore;
  progress: SyncProgress;
  limit: BatchLimit;
  signal: AbortSignal;
  /** What else may be done while the source is waited for. */
  other?: OtherWork | undefined;
}

const TURN_MS = 20;

/** What became of the objects of one source so far. */
export interface ReadOutcome {
  objects: number;
  /** Objects that may be readable next time. */
  passing: number;
}

/**
 * Reads objects of one source in order; `onObject` is told after each, while it waits for its commit. A damaged one is
 * noted in the ledger with its reason, and the rest goes on.
 */
export async function readObjects(
  context: ReadContext,
  source: Source,
  reader: SourceReader,
  objects: AsyncIterable<ObjectToRead>,
  onObject: (outcome: ReadOutcome) => void = () => undefined,
): Promise<ReadOutcome> {
  const { store, progress, limit, signal } = context;
  const rows =
    source.dataset === 'events' ? createEventReader(store, source) : createDimensionReader(store, source);
  const kindOf = fieldKinds(source);
  const outcome: ReadOutcome = { objects: 0, passing: 0 };
  const ahead = {
    most: reader.openAhead.objects,
    wholeBytes: reader.openAhead.wholeBytes,
    open: (object: ObjectToRead, openSignal: AbortSignal) => reader.open(object, openSignal),
    signal,
  };
  const mine = progress.of(source.sourceId);
  let turnMs = performance.now();
  for await (const waiting of eachWhileWaiting(context.other, openedAhead(objects, ahead))) {
    signal.throwIfAborted();
    await readOne(context, { source, rows, kindOf, waiting }, outcome);
    outcome.objects++;
    onObject(outcome);
    if (limit.isReached(store)) await commitAll(context);
    progress.filesDone++;
    mine.filesDone++;
    progress.emitRunning();
    if (performance.now() - turnMs < TURN_MS) continue;
    await nextTurn(); // small files are read without waiting, and a cancel has to get in
    turnMs = performance.now();
  }
  return outcome;
}

interface OneObject {
  source: Source;
  rows: RowReader;
  kindOf: (name: string) => FieldKind;
  waiting: Waiting<ObjectToRead>;
}

async function readOne(context: ReadContext, one: OneObject, outcome: ReadOutcome): Promise<void> {
  const { store, progress, limit, signal } = context;
  const { object: listed, opened: open } = one.waiting;
  const fault = (error: unknown): ObjectFault => {
    if (!(error instanceof ObjectFault)) throw error;
    progress.addFault(error.message, progress.of(one.source.sourceId));
    if (error.retryable) outcome.passing++;
    return error;
  };
  let opened: OpenedObject;
  try {
    opened = await whileWaiting(context.other, open());
  } catch (error) {
    if (error instanceof ObjectGone) progress.addNote(error.message);
    else noteUnopened(store, one.source, listed, fault(error));
    return;
  }
  const { key, label, format, entry, earlier = [] } = listed;
  const { sizeBytes, version } = opened;
  const object = openObject(store, one.source.sourceId, { key, sizeBytes, version }, entry);
  const mine = progress.of(one.source.sourceId);
  let isReplacing = false; // what leaves and what comes instead go in one commit, if they fit one
  const counted = countingBytes(opened, (bytes) => (mine.bytesDone += bytes));
  let seen = object.rowsDone;
  const onProgress = (): void => {
    mine.rowsSeen += object.rowsDone - seen;
    seen = object.rowsDone;
    progress.emitRunning();
  };
  try {
    await readObject(
      {
        limit: { ...limit, isReached: () => limit.isReached(store) },
        signal,
        async onCommit() {
          await commitAll(context);
          isReplacing = false;
        },
        onProgress,
        async onReadable() {
          await replaceEarlier(context, object, earlier);
          isReplacing = earlier.some((old) => old !== object.objectId);
        },
        other: context.other && unless(() => isReplacing, context.other),
        onTime: (kind, ms) => (mine.took[kind] += ms),
      },
      { label, opened: counted, format, object, reader: one.rows, kindOf: one.kindOf },
    );
    checkRows(listed, object);
    object.state = 'done';
    if (sizeBytes === 0) {
      object.reason = 'the file is empty';
      progress.addNote(`${label} is empty`);
    }
  } catch (error) {
    const { retryable, message } = fault(opened.isMadeAnew === true ? passing(error) : error);
    object.state = retryable ? 'reading' : 'failed';
    object.reason = reasonToKeep(store, object, message);
  } finally {
    counted.close();
    mine.rowsSeen += object.rowsDone - seen;
  }
  progress.counts.files++;
}

const unless = (isHeld: () => boolean, other: OtherWork): OtherWork => ({
  ...other,
  isExpected: () => !isHeld() && other.isExpected(),
  isDue: () => !isHeld() && other.isDue(),
});

/** Bytes that break off at the end of a row look like fewer rows. */
function checkRows({ label, rows = 0 }: ObjectToRead, { rowsDone }: PendingObject): void {
  if (rowsDone >= rows) return;
  throw new ObjectFault('not-readable', `${label} ended after ${rowsDone} of ${rows} rows`, {
    retryable: true,
  });
}

const passing = (error: unknown): unknown =>
  error instanceof ObjectFault && !error.retryable
    ? new ObjectFault(error.code, error.message, { cause: error, retryable: true })
    : error;

/**
 * Old rows leave and new ones come in one commit: a batch that is half full makes room first, so that most objects fit
 * what is left of it. A larger one comes in several.
 */
async function replaceEarlier(
  context: ReadContext,
  object: PendingObject,
  earlier: readonly number[],
): Promise<void> {
  if (earlier.every((old) => old === object.objectId)) return;
  if (context.limit.isHalfReached(context.store)) await commitAll(context);
  takePlace(context.store, object, earlier);
}

/** An object of which nothing could be had is known as unread, unless an earlier version of it is. */
function noteUnopened(
  store: EngineStore,
  { sourceId }: Source,
  listed: ObjectToRead,
  fault: ObjectFault,
): void {
  if (listed.entry !== undefined) return;
  const object = openObject(store, sourceId, listed, undefined);
  object.state = fault.retryable ? 'reading' : 'failed';
  object.reason = reasonToKeep(store, object, fault.message);
}

/** Messages hold the key of the object, which may name a user who asked to be forgotten. */
const reasonToKeep = ({ refusals }: EngineStore, { key }: PendingObject, message: string): string =>
  key.startsWith(HIDDEN_KEY) || refusals.isNamedIn(message) ? 'it cannot be read' : message;

/** Commits what is pending, if anything is. */
export async function commitAll({ store, progress }: Pick<ReadContext, 'store' | 'progress'>): Promise<void> {
  if (store.facts.objects.size === 0) return;
  progress.addCommitted(await commitPending(store));
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
