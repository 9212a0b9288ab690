import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type SegmentInput, encodeSegment } from '../../format/encode-segment.ts';
import type { SegmentRow } from '../../format/types.ts';
import type { BuiltSegment } from './build-segments.ts';
import { makeFolder } from './durable-files.ts';
import type { EngineStore } from './engine-store.ts';
import { fileNameOf } from './folder-names.ts';

/** Encodes a segment and writes it under `tmp/`; `renameSegments` gives it its place. */
export function writeSegment(store: EngineStore, built: BuiltSegment, revision: number): SegmentRow {
  const input: SegmentInput = { ...built.input, revision };
  const { bytes, columns, crc32 } = encodeSegment(input);
  const segmentId = store.nextSegmentId++;
  const file = path.posix.join(
    'segments',
    fileNameOf(input.environment),
    fileNameOf(input.dataset),
    input.day,
    `${built.eventCode}-${segmentId}.arrow`,
  );
  store.step('before-segment-write');
  mkdirSync(path.join(store.dataDir, 'tmp'), { recursive: true });
  store.files.write(unfinishedPath(store, segmentId), bytes);
  const { environment, dataset, day, eventType, rows } = input;
  const { eventRows, minTsMs, maxTsMs, shardStarts } = built;
  return {
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
}

const unfinishedPath = (store: EngineStore, segmentId: number): string =>
  path.join(store.dataDir, 'tmp', `${segmentId}.arrow`);

/** Moves finished files to their places and makes their names durable. */
export function renameSegments(store: EngineStore, segments: readonly SegmentRow[]): void {
  const folders = new Set<string>();
  for (const { segmentId, file } of segments) {
    const target = path.join(store.dataDir, file);
    const folder = path.dirname(target);
    if (!folders.has(folder)) makeFolder(store.files, folder);
    folders.add(folder);
    store.step('before-rename');
    store.files.rename(unfinishedPath(store, segmentId), target);
  }
  store.step('before-folder-sync');
  for (const folder of folders) store.files.syncFolder(folder);
}
