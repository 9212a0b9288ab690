import { setImmediate as nextTurn } from 'node:timers/promises';
import { storageError } from '../../../catalogue/open-db.ts';
import type { SegmentReplacement, SegmentShape } from '../../../format/arrow-schema.ts';
import type { EngineStore } from '../engine-store.ts';
import { type ArrivedSegment, replaceSegments } from '../replace-segments.ts';
import { type FinishedFile, SegmentFileWriter } from '../segment-file-writer.ts';
import { beginUnfinished, segmentPath } from '../segment-files.ts';
import type { MergedColumn } from './column-parts.ts';
import { mergeOrder } from './merge-order.ts';
import { type Breathe, openSource } from './merge-source.ts';
import { mergedColumns } from './merged-columns.ts';
import { MergedSpan } from './merged-span.ts';
import { type MergedFile, type MergePlan, rowsOf } from './plan-merge.ts';
import { type MergedRows, writeMerged } from './write-merged.ts';

export interface DayToMerge {
  environment: string;
  day: string;
  /** In order of arrival. */
  consumed: readonly ArrivedSegment[];
  plan: MergePlan;
}

/**
 * Writes the segments of a day anew as its plan says and puts them in the place of the old ones, in one commit. Memory
 * grows with the day by three bytes per row. A damaged segment, or the signal, stops it before anything is committed.
 */
export async function mergeDay(store: EngineStore, day: DayToMerge, signal: AbortSignal): Promise<void> {
  const breathe: Breathe = () => nextTurn(undefined, { signal });
  try {
    const fresh: ArrivedSegment[] = [];
    for (const file of day.plan.files) {
      const isLast = file === day.plan.files.at(-1);
      const replacement = isLast ? { replaces: idsOf(day.consumed), writtenWith: idsOf(fresh) } : undefined;
      fresh.push(await mergeInto(store, day, { file, replacement }, breathe));
    }
    await replaceSegments(store, {
      dead: day.consumed,
      fresh,
      record: () => undefined,
      step: 'before-merge-transaction',
      changesAnswers: false,
    });
  } catch (error) {
    store.abandonQuietly();
    throw storageError(store.dataDir, error);
  }
}

const idsOf = (segments: readonly ArrivedSegment[]): number[] => segments.map(({ segmentId }) => segmentId);

interface FileOfDay {
  file: MergedFile;
  /** In the last file: once that has its place, all the others have theirs. */
  replacement: SegmentReplacement | undefined;
}

async function mergeInto(
  store: EngineStore,
  day: DayToMerge,
  { file, replacement }: FileOfDay,
  breathe: Breathe,
): Promise<ArrivedSegment> {
  const environment = store.environment(day.environment);
  const eventTypes = environment.dictionary('event_type');
  const codes = new Set([...file.eventRows.keys()].map((type) => eventTypes.codeOfText(type)));
  const consumed = day.consumed.filter(({ eventRows }) =>
    Object.keys(eventRows).some((type) => file.eventRows.has(type)),
  );
  const sources = consumed.map((segment) => openSource(store.dataDir, segment, codes));
  const columns = await mergedColumns(file, { sources, environment, breathe });
  const picks = await mergeOrder(sources, store.workspace.shards, breathe);
  const segmentId = store.nextSegmentId++;
  const shape: SegmentShape = {
    environment: day.environment,
    dataset: 'events',
    day: day.day,
    eventType: file.eventType,
    revision: store.revision + 1,
    rows: rowsOf(file),
    columns: columns.map((column) => column.shape),
    ...(replacement === undefined ? {} : { replacement }),
  };
  const span = new MergedSpan(day.day, store.workspace.shards);
  const merged = { picks, sources: sources.length, rows: shape.rows, breathe };
  const written = await writeFile(store, { segmentId, shape, columns, merged, span });
  const eventCode = file.eventType === null ? 0 : eventTypes.codeOfText(file.eventType);
  return {
    segmentId,
    environment: day.environment,
    dataset: shape.dataset,
    day: day.day,
    eventType: file.eventType,
    eventRows: Object.fromEntries(file.eventRows),
    file: segmentPath(shape, eventCode, segmentId),
    rows: shape.rows,
    ...span.facts(),
    ...written,
    createdRevision: shape.revision,
    arrivalRevision: Math.max(...consumed.map(({ arrivalRevision }) => arrivalRevision)),
  };
}

interface FileToWrite {
  segmentId: number;
  shape: SegmentShape;
  columns: readonly MergedColumn[];
  merged: MergedRows;
  /** Filled. */
  span: MergedSpan;
}

async function writeFile(
  store: EngineStore,
  { segmentId, shape, columns, merged, span }: FileToWrite,
): Promise<FinishedFile> {
  const open = store.files.create(beginUnfinished(store, segmentId));
  try {
    const writer = new SegmentFileWriter(open, shape);
    await writeMerged(writer, columns, merged, (column, values) => span.add(column, values));
    return await writer.finish();
  } finally {
    open.abandon();
  }
}
