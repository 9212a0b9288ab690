import { statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import { AppError } from '../../../shared/errors.ts';
import { type ReadBytes, type SegmentDescription, describeSegment } from '../../format/describe-segment.ts';
import type { SegmentRow, StoredColumn } from '../../format/types.ts';
import type { ByteDictionary } from '../store/byte-dictionary.ts';
import { createSegmentReader } from '../store/segment-reader.ts';
import { type SegmentSurvey, surveySegment } from '../store/survey-segment.ts';

/** What the catalogue says beside the segment's own row. */
export interface SegmentSurroundings {
  shards: number;
  /** Committed values of a dictionary of the segment's environment. */
  valuesIn: (environment: string, dictionary: string) => number;
  /** Undefined where the dictionary cannot be read. */
  eventTypesOf: (environment: string) => ByteDictionary | undefined;
}

/** What is wrong with one segment file; null where it is as the catalogue says. Reads the whole file. */
export async function segmentFault(
  dataDir: string,
  segment: SegmentRow,
  surroundings: SegmentSurroundings,
): Promise<string | null> {
  const sizeBytes = statSync(path.join(dataDir, segment.file), { throwIfNoEntry: false })?.size;
  if (sizeBytes === undefined) return 'is missing';
  if (sizeBytes !== segment.sizeBytes) return `has ${sizeBytes} bytes, not ${segment.sizeBytes}`;
  const read = createSegmentReader(dataDir, segment.file, sizeBytes);
  try {
    if ((await checksumOf(read, sizeBytes)) !== segment.crc32) return 'does not match its checksum';
    const described = describeSegment(sizeBytes, read);
    return descriptionFault(described, segment) ?? (await contentFault(read, segment, surroundings));
  } catch (error) {
    if (error instanceof AppError && error.cause !== undefined) return `cannot be read (${reasonOf(error)})`;
    return `is no readable segment (${error instanceof Error ? error.message : String(error)})`;
  }
}

const reasonOf = ({ cause, message }: AppError): string =>
  cause instanceof Error && 'code' in cause ? String(cause.code) : message;

const BLOCK_BYTES = 1 << 22;

async function checksumOf(read: ReadBytes, sizeBytes: number): Promise<number> {
  let checksum = 0;
  for (let at = 0; at < sizeBytes; at += BLOCK_BYTES) {
    checksum = crc32(read(at, Math.min(BLOCK_BYTES, sizeBytes - at)), checksum);
    await nextTurn();
  }
  return checksum;
}

/** The file's own words against the catalogue's: what it is a part of, rows, columns and where they lie. */
function descriptionFault(described: SegmentDescription, segment: SegmentRow): string | null {
  if (described.rows !== segment.rows) return `holds ${described.rows} rows, not ${segment.rows}`;
  for (const key of ['environment', 'dataset', 'day', 'eventType'] as const) {
    if (described[key] !== segment[key])
      return `says ${key} "${described[key] ?? ''}", not "${segment[key] ?? ''}"`;
  }
  const isSame =
    described.columns.length === segment.columns.length &&
    described.columns.every((column, index) => isSameColumn(column, segment.columns[index]));
  return isSame ? null : 'has its columns elsewhere than the catalogue says';
}

/** A checksum that only one of the two keeps is no difference. */
const isSameColumn = (a: StoredColumn, b: StoredColumn | undefined): boolean =>
  b !== undefined &&
  (['name', 'kind', 'element', 'offset', 'lengthBytes', 'validityOffset', 'dictionary'] as const).every(
    (key) => a[key] === b[key],
  ) &&
  (a.crc32 ?? b.crc32) === (b.crc32 ?? a.crc32);

/** The values against the catalogue's words: checksums, order, shards, span, counts, codes. */
async function contentFault(
  read: ReadBytes,
  segment: SegmentRow,
  surroundings: SegmentSurroundings,
): Promise<string | null> {
  const survey = await surveySegment({ read, ...segment }, surroundings.shards);
  const damaged = segment.columns.find(
    ({ crc32: kept }, index) => kept !== undefined && kept !== survey.checksums[index],
  );
  if (damaged !== undefined) return `has a column "${damaged.name}" that does not match its checksum`;
  if (survey.faults.length > 0) return `is out of order: ${survey.faults.join('; ')}`;
  if (!survey.shardStarts.every((start, shard) => start === segment.shardStarts[shard]))
    return 'has its shards elsewhere than the catalogue says';
  if (survey.minTsMs !== segment.minTsMs || survey.maxTsMs !== segment.maxTsMs)
    return 'spans another time than the catalogue says';
  return unknownCode(survey, segment, surroundings) ?? countFault(survey, segment, surroundings);
}

function unknownCode(
  { maxCodes }: SegmentSurvey,
  { environment }: SegmentRow,
  { valuesIn }: SegmentSurroundings,
): string | null {
  for (const [dictionary, code] of maxCodes) {
    const values = valuesIn(environment, dictionary);
    if (code > values) return `holds code ${code} of "${dictionary}", which has ${values} values`;
  }
  return null;
}

function countFault(
  { rowsByEvent }: SegmentSurvey,
  { environment, eventType, eventRows }: SegmentRow,
  { eventTypesOf }: SegmentSurroundings,
): string | null {
  const names = eventTypesOf(environment);
  if (names === undefined) return null;
  const counted = new Map([...rowsByEvent].map(([code, rows]) => [eventType ?? names.textOf(code), rows]));
  const isSame =
    counted.size === Object.keys(eventRows).length &&
    Object.entries(eventRows).every(([type, rows]) => counted.get(type) === rows);
  return isSame ? null : 'holds other event types than the catalogue says';
}
