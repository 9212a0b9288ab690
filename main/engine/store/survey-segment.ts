import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { ReadBytes } from '../../format/describe-segment.ts';
import { type ColumnValues, bytesOf } from '../../format/elements.ts';
import { blocksOf, readNumbers, readStored } from '../../format/read-blocks.ts';
import type { StoredColumn } from '../../format/types.ts';
import { increment } from './batch-facts.ts';
import { OrderCheck } from './order-check.ts';

/** What the values of a segment file are, as far as the catalogue speaks of them. */
export interface SegmentSurvey {
  minTsMs: number;
  maxTsMs: number;
  shardStarts: Int32Array;
  /** By event code; 0 stands for the one event type of a file that has no event column. */
  rowsByEvent: Map<number, number>;
  /** By property, then event code as above: the rows that have it. */
  rowsByProperty: Map<string, Map<number, number>>;
  rowsByObject: Map<number, number>;
  /** Largest code by dictionary. */
  maxCodes: Map<string, number>;
  /** Of the columns, in their order. */
  checksums: number[];
  /** Where rows are not in order or hours not those of their times. */
  faults: string[];
}

export interface SegmentToSurvey {
  read: ReadBytes;
  day: string;
  rows: number;
  columns: readonly StoredColumn[];
}

/** Reads every value of a segment once, block by block. */
export async function surveySegment(segment: SegmentToSurvey, shards: number): Promise<SegmentSurvey> {
  const order = new OrderCheck(shards);
  const checksums: number[] = [];
  const counts = {
    rowsByEvent: new Map<number, number>(),
    rowsByProperty: new Map<string, Map<number, number>>(),
    rowsByObject: new Map<number, number>(),
    maxCodes: new Map<string, number>(),
  };
  const event = columnNamed(segment, 'event');
  if (event === undefined) counts.rowsByEvent.set(0, segment.rows);
  for (const { from, to } of blocksOf(segment.rows)) {
    const [user, ms, hour] = ['user', 'ms', 'hour'].map((name) => blockNamed(segment, name, from, to));
    if (user === undefined || ms === undefined || hour === undefined) break;
    order.add(user, ms, hour);
    await nextTurn();
  }
  for (const column of segment.columns) {
    checksums.push(await surveyColumn(segment, column, event, counts));
  }
  const dayMs = Date.parse(segment.day);
  return {
    minTsMs: dayMs + order.minMs,
    maxTsMs: dayMs + order.maxMs,
    shardStarts: order.shardStarts(),
    ...counts,
    checksums,
    faults: order.rows === segment.rows ? order.faults : ['it has no columns "user", "ms" and "hour"'],
  };
}

const columnNamed = ({ columns }: SegmentToSurvey, name: string): StoredColumn | undefined =>
  columns.find((column) => column.name === name);

function blockNamed(
  segment: SegmentToSurvey,
  name: string,
  from: number,
  to: number,
): ColumnValues | undefined {
  const column = columnNamed(segment, name);
  return column === undefined ? undefined : readStored(segment.read, column, from, to);
}

type Counts = Pick<SegmentSurvey, 'rowsByEvent' | 'rowsByProperty' | 'rowsByObject' | 'maxCodes'>;

/** Counts what a column says and returns its checksum. */
async function surveyColumn(
  { read, rows }: SegmentToSurvey,
  column: StoredColumn,
  event: StoredColumn | undefined,
  counts: Counts,
): Promise<number> {
  const property = column.name.startsWith('p.') ? column.name.slice(2) : null;
  let checksum = 0;
  for (const { from, to } of blocksOf(rows)) {
    const values = readStored(read, column, from, to);
    checksum = crc32(bytesOf(values), checksum);
    if (column.kind === 'code') countCodes(column.dictionary ?? column.name, values, counts.maxCodes);
    if (column.name === 'event') countValues(values, counts.rowsByEvent);
    if (column.name === 'object') countValues(values, counts.rowsByObject);
    if (property !== null) {
      const events = event === undefined ? null : readStored(read, event, from, to);
      const present = column.kind === 'number' ? readNumbers(read, column, from, to) : values;
      const byEvent = counts.rowsByProperty.get(property) ?? new Map<number, number>();
      countPresent(present, column.kind === 'number', events, byEvent);
      counts.rowsByProperty.set(property, byEvent);
    }
    await nextTurn();
  }
  const { validityOffset, validityBytes } = column;
  if (validityOffset === undefined || validityBytes === undefined) return checksum;
  return crc32(read(validityOffset, validityBytes), checksum);
}

function countCodes(dictionary: string, codes: ColumnValues, maxCodes: Map<string, number>): void {
  let max = maxCodes.get(dictionary) ?? 0;
  for (const code of codes) if (code > max) max = code;
  maxCodes.set(dictionary, max);
}

function countValues(values: ColumnValues, counts: Map<number, number>): void {
  for (let start = 0; start < values.length;) {
    const value = values[start] ?? 0;
    let end = start + 1;
    while (end < values.length && values[end] === value) end++;
    increment(counts, value, end - start);
    start = end;
  }
}

/** Numbers are missing as NaN, codes and booleans as 0. */
function countPresent(
  values: ColumnValues,
  areNumbers: boolean,
  events: ColumnValues | null,
  byEvent: Map<number, number>,
): void {
  for (let row = 0; row < values.length; row++) {
    const value = values[row] ?? 0;
    if (areNumbers ? !Number.isNaN(value) : value !== 0) increment(byEvent, events?.[row] ?? 0);
  }
}
