import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type SegmentInput, encodeSegment } from '../../format/encode-segment.ts';
import type { SegmentRow } from '../../format/types.ts';
import type { BuiltSegment } from './build-segments.ts';
import { allDone, makeFolder } from './durable-files.ts';
import type { EngineStore } from './engine-store.ts';
import { fileNameOf } from './folder-names.ts';

interface WrittenSegment {
  row: SegmentRow;
  /** Kept when the file is on the disk. */
  durable: Promise<void>;
}

const FILES_AT_ONCE = 8; // while the disk is busy with these, the next one is encoded

/**
 * Encodes segments and writes them under `tmp/`; `renameSegments` gives them their places. All are on the disk when
 * the promise is kept, and none is being written any more when it is broken.
 */
export async function writeSegments(
  store: EngineStore,
  segments: Iterable<BuiltSegment>,
  revision: number,
): Promise<SegmentRow[]> {
  const rows: SegmentRow[] = [];
  const writing: Promise<void>[] = [];
  try {
    for (const built of segments) {
      const { row, durable } = writeSegment(store, built, revision);
      rows.push(row);
      writing.push(durable);
      await nextTurn();
      if (writing.length >= FILES_AT_ONCE) await writing.shift();
    }
    await Promise.all(writing);
    return rows;
  } catch (error) {
    await Promise.allSettled(writing);
    throw error;
  }
}

function writeSegment(store: EngineStore, built: BuiltSegment, revision: number): WrittenSegment {
  const input: SegmentInput = { ...built.input, revision };
  const { bytes, columns, crc32 } = encodeSegment(input);
  const segmentId = store.nextSegmentId++;
  const file = segmentPath(input, built.eventCode, segmentId);
  const durable = store.files.write(beginUnfinished(store, segmentId), bytes);
  durable.catch(() => undefined); // whoever awaits it hears of a failure; until then it is not unhandled
  const { environment, dataset, day, eventType, rows } = input;
  const { eventRows, minTsMs, maxTsMs, shardStarts } = built;
  const row: SegmentRow = {
    segmentId,
    environment,
    dataset,
    day,
    eventType,
    eventRows,
    file,
    rows,
    minTsMs,
    maxTsMs,
    sizeBytes: bytes.length,
    crc32,
    shardStarts,
    columns,
    createdRevision: revision,
  };
  return { row, durable };
}

/** Where a new segment is written before it has its place. */
export function beginUnfinished(store: EngineStore, segmentId: number): string {
  store.step('before-segment-write');
  mkdirSync(path.join(store.dataDir, 'tmp'), { recursive: true });
  return unfinishedPath(store, segmentId);
}

const unfinishedPath = (store: EngineStore, segmentId: number): string =>
  path.join(store.dataDir, 'tmp', `${segmentId}.arrow`);

/** The place of a segment, relative to the data folder. `eventCode` 0: shared by several types. */
export function segmentPath(
  { environment, dataset, day }: Pick<SegmentRow, 'environment' | 'dataset' | 'day'>,
  eventCode: number,
  segmentId: number,
): string {
  const file = `${eventCode}-${segmentId}.arrow`;
  return path.posix.join('segments', fileNameOf(environment), fileNameOf(dataset), day, file);
}

/** Moves finished files to their places and makes their names durable. */
export async function renameSegments(store: EngineStore, segments: readonly SegmentRow[]): Promise<void> {
  const made = new Set<string>();
  const changed = new Set<string>();
  for (const { segmentId, file } of segments) {
    const target = path.join(store.dataDir, file);
    const folder = path.dirname(target);
    if (!made.has(folder)) for (const parent of makeFolder(folder)) changed.add(parent);
    made.add(folder);
    changed.add(folder);
    store.step('before-rename');
    store.files.rename(unfinishedPath(store, segmentId), target);
  }
  store.step('before-folder-sync');
  await allDone([...changed].map((folder) => store.files.syncFolder(folder)));
}
