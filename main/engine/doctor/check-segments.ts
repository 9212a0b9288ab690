import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { tableFromIPC } from 'apache-arrow';
import { locateColumns } from '../../format/locate-columns.ts';
import { FORMAT_VERSION, SEGMENT_KEYS } from '../../format/metadata.ts';
import type { SegmentRow } from '../../format/types.ts';

/** What is wrong with one segment file; null where it is as the catalogue says. Reads the whole file. */
export async function segmentFault(dataDir: string, segment: SegmentRow): Promise<string | null> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(path.join(dataDir, segment.file)));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code === 'ENOENT' ? 'is missing' : `cannot be read (${String(code)})`;
  }
  if (bytes.length !== segment.sizeBytes) return `has ${bytes.length} bytes, not ${segment.sizeBytes}`;
  if (crc32(bytes) !== segment.crc32) return 'does not match its checksum';
  try {
    return contentFault(bytes, segment);
  } catch (error) {
    return `is no readable Arrow file (${error instanceof Error ? error.message : String(error)})`;
  }
}

/** The file's own words against the catalogue's: rows, columns and where they lie, what it is a part of. */
function contentFault(bytes: Uint8Array, segment: SegmentRow): string | null {
  const { numRows, schema } = tableFromIPC(bytes);
  if (numRows !== segment.rows) return `holds ${numRows} rows, not ${segment.rows}`;
  const said = {
    [SEGMENT_KEYS.formatVersion]: String(FORMAT_VERSION),
    [SEGMENT_KEYS.environment]: segment.environment,
    [SEGMENT_KEYS.dataset]: segment.dataset,
    [SEGMENT_KEYS.day]: segment.day,
    ...(segment.eventType === null ? {} : { [SEGMENT_KEYS.eventType]: segment.eventType }),
  };
  for (const [key, expected] of Object.entries(said)) {
    const found = schema.metadata.get(key);
    if (found !== expected) return `says ${key} "${found ?? ''}", not "${expected}"`;
  }
  const isSame = JSON.stringify(locateColumns(bytes)) === JSON.stringify(segment.columns);
  return isSame ? null : 'has its columns elsewhere than the catalogue says';
}
