import type { ReadDb } from '../../catalogue/open-db.ts';
import type { PendingObject } from '../store/pending.ts';
import { ObjectFault } from './object-fault.ts';
import { readObject } from './read-object.ts';
import type { RowReader } from './row-reader.ts';
import { SourceFault } from './source-fault.ts';
import { servicesOf } from './services.ts';
import { SOURCE_KINDS, type SourceServices } from './source-kinds.ts';
import type { ListedObject, SourceReader } from './source-reader.ts';
import { type SourceInput, type SyncSource, sourcesToSync } from './sources.ts';

/** What a sync of one source would bring, before it is made. All but objects and bytes are estimates. */
export interface PlannedSource {
  name: string;
  objects: number;
  bytes: number;
  rows: number;
  seconds: number;
  diskBytes: number;
  /** Why it cannot be listed; null: it can. */
  failure: string | null;
}

export interface PlanOptions {
  sourceName: string | null;
  isFull: boolean;
  services?: Partial<SourceServices>;
  signal: AbortSignal;
  /** Objects listed so far. */
  onProgress?: (objects: number) => void;
}

const OBJECTS_PER_SECOND = 800; // measured with small objects on two slow cores*
const ROWS_PER_SECOND = 200_000; // measured with gzipped NDJSON there*
const STORED_ROW_BYTES = 45; // where nothing is stored yet*
const SAMPLED_OBJECTS = 3;
const SAMPLED_BYTES = 4 << 20; // a larger object is no sample

/** Lists the sources and compares them with the ledger; opens no more than a few objects and writes nothing. */
export async function planSync(
  db: Pick<ReadDb, 'prepare'>,
  dataDir: string,
  options: PlanOptions,
): Promise<PlannedSource[]> {
  const services = servicesOf(dataDir, Date.now, options.services);
  const planned: PlannedSource[] = [];
  let listed = 0;
  for (const source of sourcesToSync(db, options.sourceName)) {
    planned.push(
      await planSource(db, source, services, {
        ...options,
        onProgress: (objects) => options.onProgress?.(listed + objects),
      }),
    );
    listed += planned.at(-1)?.objects ?? 0;
  }
  return planned;
}

/** The same of a source that is not stored yet; `db` null: nor is there a workspace. */
export async function planUnsaved(
  db: Pick<ReadDb, 'prepare'> | null,
  dataDir: string,
  input: SourceInput,
  options: Omit<PlanOptions, 'sourceName'>,
): Promise<Omit<PlannedSource, 'name'>> {
  const { kind = 'folder', ...draft } = input;
  const source = SOURCE_KINDS[kind].read(SOURCE_KINDS[kind].prepared(draft, dataDir));
  const unsaved = { ...source, sourceId: NO_SOURCE, checkpoint: null };
  const services = servicesOf(dataDir, Date.now, options.services);
  const { name: _name, ...planned } = await planSource(db, unsaved, services, options);
  return planned;
}

const NO_SOURCE = -1; // no ledger knows it

type PlannableSource = Pick<SyncSource, 'sourceId' | 'name' | 'checkpoint' | 'openReader'>;

async function planSource(
  db: Pick<ReadDb, 'prepare'> | null,
  source: PlannableSource,
  services: SourceServices,
  options: Omit<PlanOptions, 'sourceName'>,
): Promise<PlannedSource> {
  const found = { objects: 0, bytes: 0 };
  let toldRows = 0; // of objects whose rows the source counts
  let untoldBytes = 0; // of the others
  let rowsPerByte = db === null ? null : knownRowsPerByte(db, source.sourceId);
  let failure: string | null = null;
  let reader: SourceReader | undefined;
  try {
    reader = await source.openReader(services);
    const samples: ListedObject[] = [];
    const { checkpoint } = source;
    for await (const page of reader.list({ checkpoint, isFull: options.isFull, signal: options.signal })) {
      const changed = db === null ? page.objects : changedObjects(db, source.sourceId, page.objects);
      found.objects += changed.length;
      for (const { sizeBytes, rows } of changed) {
        found.bytes += sizeBytes;
        if (rows === undefined) untoldBytes += sizeBytes;
        else toldRows += rows;
      }
      const untold = changed.filter(({ rows }) => rows === undefined);
      if (samples.length < SAMPLED_OBJECTS)
        samples.push(...untold.slice(0, SAMPLED_OBJECTS - samples.length));
      options.onProgress?.(found.objects);
    }
    rowsPerByte ??= await sampledRowsPerByte(reader, samples, options.signal);
  } catch (error) {
    if (!(error instanceof SourceFault)) throw error;
    failure = error.message;
  } finally {
    reader?.close();
  }
  const rows = toldRows + Math.round(untoldBytes * (rowsPerByte ?? 0));
  return {
    name: source.name,
    ...found,
    rows,
    seconds: Math.ceil(found.objects / OBJECTS_PER_SECOND + rows / ROWS_PER_SECOND),
    diskBytes: Math.round(rows * (db === null ? STORED_ROW_BYTES : storedRowBytes(db))),
    failure,
  };
}

function changedObjects(
  db: Pick<ReadDb, 'prepare'>,
  sourceId: number,
  objects: readonly ListedObject[],
): ListedObject[] {
  const known = db.prepare<[number, string], { version: string; sizeBytes: number; state: string }>(
    `SELECT version, size_bytes AS sizeBytes, state FROM ledger WHERE source_id = ? AND key = ?
     ORDER BY object_id DESC LIMIT 1`,
  );
  return objects.filter(({ key, version, sizeBytes }) => {
    const entry = known.get(sourceId, key);
    return entry?.version !== version || entry.sizeBytes !== sizeBytes || entry.state === 'reading';
  });
}

/** From what was read of the source before; null: nothing was. */
function knownRowsPerByte(db: Pick<ReadDb, 'prepare'>, sourceId: number): number | null {
  const { rows, bytes } = db
    .prepare<[number], { rows: number | null; bytes: number | null }>(
      `SELECT sum(read) AS rows, sum(size_bytes) AS bytes FROM ledger WHERE source_id = ? AND state = 'done'`,
    )
    .get(sourceId) ?? { rows: null, bytes: null };
  return rows === null || bytes === null || bytes === 0 ? null : rows / bytes;
}

function storedRowBytes(db: Pick<ReadDb, 'prepare'>): number {
  const { rows, bytes } = db
    .prepare<[], { rows: number | null; bytes: number | null }>(
      'SELECT sum(rows) AS rows, sum(size_bytes) AS bytes FROM segments WHERE dead_revision IS NULL',
    )
    .get() ?? { rows: null, bytes: null };
  return rows === null || bytes === null || rows < 1000 ? STORED_ROW_BYTES : bytes / rows;
}

async function sampledRowsPerByte(
  reader: SourceReader,
  samples: readonly ListedObject[],
  signal: AbortSignal,
): Promise<number | null> {
  let rows = 0;
  let bytes = 0;
  for (const sample of samples) {
    if (sample.sizeBytes > SAMPLED_BYTES) continue;
    rows += await countRows(reader, sample, signal);
    bytes += sample.sizeBytes;
  }
  return bytes === 0 ? null : rows / bytes;
}

async function countRows(reader: SourceReader, sample: ListedObject, signal: AbortSignal): Promise<number> {
  const { label, format, key, sizeBytes, version } = sample;
  const object: PendingObject = {
    objectId: 0,
    sourceId: 0,
    key,
    sizeBytes,
    version,
    state: 'reading',
    reason: null,
    rowsDone: 0,
    read: 0,
    quarantined: 0,
    refused: 0,
    scrubbed: 0,
  };
  const context = {
    limit: { chunkBytes: 1 << 20, isReached: () => false, grow: () => undefined },
    signal,
    onCommit: () => Promise.resolve(),
    onProgress: () => undefined,
    onReadable: () => Promise.resolve(),
  };
  try {
    const opened = await reader.open(sample, signal);
    try {
      await readObject(context, {
        label,
        opened,
        format,
        object,
        reader: LOOKS_AT_NOTHING,
        kindOf: () => 'text',
      });
    } finally {
      opened.close();
    }
  } catch (error) {
    if (!(error instanceof ObjectFault)) throw error; // the sync will tell
  }
  return object.read;
}

const LOOKS_AT_NOTHING: RowReader = {
  takesBytes: false,
  wants: () => false,
  json: () => undefined,
  row: () => undefined,
  unreadable: () => undefined,
};
