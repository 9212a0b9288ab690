import { crc32 } from 'node:zlib';
import { AppError } from '../../../../shared/errors.ts';
import type { SegmentRow } from '../../../format/types.ts';
import type { ByteDictionary } from '../../store/byte-dictionary.ts';
import { type SegmentSurvey, surveySegment } from '../../store/survey-segment.ts';
import type { FoundSegment } from './read-segments.ts';

/** A segment with everything that the catalogue keeps of it. */
export interface RecoveredSegment {
  row: SegmentRow;
  /** By property, then event type: the rows that have it. */
  rowsByProperty: Map<string, Map<string, number>>;
  rowsByObject: Map<number, number>;
}

export interface Surroundings {
  shards: number;
  valuesIn: (environment: string, dictionary: string) => number;
  eventTypesOf: (environment: string) => ByteDictionary;
}

/** Reads all values of a segment; throws where they are not what a segment must hold. */
export async function recoverSegment(
  found: FoundSegment,
  { shards, valuesIn, eventTypesOf }: Surroundings,
): Promise<RecoveredSegment> {
  const survey = await surveySegment(found, shards);
  refuseUnsound(found, survey, valuesIn);
  const nameOf = (code: number): string => found.eventType ?? eventTypesOf(found.environment).textOf(code);
  const named = (rowsByCode: ReadonlyMap<number, number>): Map<string, number> =>
    new Map([...rowsByCode].map(([code, rows]) => [nameOf(code), rows]));
  const { environment, dataset, day, eventType, rows, file, sizeBytes, segmentId, revision } = found;
  const row: SegmentRow = {
    segmentId,
    environment,
    dataset,
    day,
    eventType,
    eventRows: Object.fromEntries(named(survey.rowsByEvent)),
    file,
    rows,
    minTsMs: survey.minTsMs,
    maxTsMs: survey.maxTsMs,
    sizeBytes,
    crc32: checksumOf(found),
    shardStarts: survey.shardStarts,
    columns: found.columns.map((column, index) => ({ ...column, crc32: survey.checksums[index] ?? 0 })),
    createdRevision: revision,
  };
  return {
    row,
    rowsByProperty: new Map([...survey.rowsByProperty].map(([name, byCode]) => [name, named(byCode)])),
    rowsByObject: survey.rowsByObject,
  };
}

function refuseUnsound(
  { environment, eventType, columns }: FoundSegment,
  { checksums, faults, maxCodes, rowsByEvent }: SegmentSurvey,
  valuesIn: Surroundings['valuesIn'],
): void {
  const damaged = columns.find(
    (column, index) => column.crc32 !== undefined && column.crc32 !== checksums[index],
  );
  if (damaged !== undefined)
    throw new AppError('corrupt', `its column "${damaged.name}" does not match its checksum`);
  const [fault] = faults;
  if (fault !== undefined) throw new AppError('corrupt', `it is out of order: ${fault}`);
  if (eventType === null && rowsByEvent.has(0))
    throw new AppError('corrupt', 'rows of it have no event type');
  for (const [dictionary, code] of maxCodes) {
    const values = valuesIn(environment, dictionary);
    if (code > values)
      throw new AppError('corrupt', `it needs value ${code} of "${dictionary}", of which ${values} are left`);
  }
}

const BLOCK_BYTES = 1 << 22;

function checksumOf({ sizeBytes, read }: FoundSegment): number {
  let checksum = 0;
  for (let at = 0; at < sizeBytes; at += BLOCK_BYTES)
    checksum = crc32(read(at, Math.min(BLOCK_BYTES, sizeBytes - at)), checksum);
  return checksum;
}
