import { statSync } from 'node:fs';
import path from 'node:path';
import { AppError } from '../../../../shared/errors.ts';
import {
  type ReadBytes,
  type SegmentDescription,
  describeSegment,
} from '../../../format/describe-segment.ts';
import { filesUnder } from '../../store/recover.ts';
import { segmentPath } from '../../store/segment-files.ts';
import { createSegmentReader } from '../../store/segment-reader.ts';

/** A segment file that could be read, as far as it speaks of itself. */
export interface FoundSegment extends SegmentDescription {
  segmentId: number;
  /** Relative to the data folder. */
  file: string;
  sizeBytes: number;
  read: ReadBytes;
}

/** A file that is no whole segment; it is set aside. */
export interface UnfitFile {
  file: string;
  reason: string;
}

const FILE_NAME = /\/\d+-(\d+)\.arrow$/;
const DAY = /^\d{4}-\d\d-\d\d$/;

/** Every file below `segments/`, by what its footer says. */
export function findSegments(dataDir: string): { segments: FoundSegment[]; unfit: UnfitFile[] } {
  const segments = new Map<number, FoundSegment>();
  const unfit: UnfitFile[] = [];
  for (const file of filesUnder(dataDir, 'segments').sort()) {
    try {
      const found = openFound(dataDir, file);
      const twin = segments.get(found.segmentId);
      if (twin !== undefined) throw new AppError('corrupt', `it has the number of ${twin.file}`);
      segments.set(found.segmentId, found);
    } catch (error) {
      unfit.push({ file, reason: reasonOf(error) });
    }
  }
  return { segments: [...segments.values()].sort((a, b) => a.segmentId - b.segmentId), unfit };
}

function openFound(dataDir: string, file: string): FoundSegment {
  const segmentId = Number(FILE_NAME.exec(file)?.[1] ?? NaN);
  if (Number.isNaN(segmentId)) throw new AppError('corrupt', 'it is not named like a segment');
  const sizeBytes = statSync(path.join(dataDir, file)).size;
  const read = createSegmentReader(dataDir, file, sizeBytes);
  const described = describeSegment(sizeBytes, read);
  if (described.rows === 0 || described.dataset !== 'events' || !DAY.test(described.day))
    throw new AppError('corrupt', 'it does not say what it holds');
  if (path.posix.dirname(segmentPath(described, 0, 0)) !== path.posix.dirname(file))
    throw new AppError('corrupt', 'it lies elsewhere than it says');
  return { ...described, segmentId, file, sizeBytes, read };
}

/** What Arrow's own decoder throws on noise is damage, too. */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
