import { createReadStream } from 'node:fs';
import { AppError } from '../../shared/errors.ts';
import { parseDate, DAY_MS } from '../../shared/time/calendar-date.ts';
import { parseInstant } from '../engine/sync/parse-instant.ts';
import { createRecordSplitter, fieldsOf } from '../engine/sync/split-csv.ts';

/** A file of `timestamp,value` rows as it stands, and what it means. */
export interface SeriesFile {
  columns: string[];
  /** The records without their line ends, in the order of the file. */
  records: string[];
  timestamps: string[];
  tsMs: Float64Array;
  /** NaN is missing. */
  values: Float64Array;
  lineEnd: '\n' | '\r\n';
}

const MISSING = new Set(['', 'na', 'n/a', 'nan', 'null', 'none', 'inf', '-inf', 'infinity', '-infinity']);
const EPOCH_SECONDS = /^\d{1,11}$/; // as milliseconds they would lie before 1973
const DATE_AND_TIME = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}([.,]\d+)?)?$/;

/** Columns are found by name, in any order, beside any others; blank lines are none. */
export async function readSeriesCsv(file: string): Promise<SeriesFile> {
  const { records, lineEnd } = await readRecords(file);
  const header = records.shift();
  if (header === undefined)
    throw new AppError('bad-input', `${file} is empty; expected columns timestamp,value`);
  const columns = fieldsOf(header.replace(/^\uFEFF/, '')).map((name) => name.trim());
  const timestampAt = columnOf(file, columns, 'timestamp');
  const valueAt = columnOf(file, columns, 'value');
  const timestamps: string[] = [];
  const tsMs = new Float64Array(records.length);
  const values = new Float64Array(records.length);
  for (const [index, record] of records.entries()) {
    const fields = fieldsOf(record);
    const timestamp = (fields[timestampAt] ?? '').trim();
    timestamps.push(timestamp);
    tsMs[index] = instantOf(timestamp);
    values[index] = numberOf((fields[valueAt] ?? '').trim());
    if (Number.isNaN(tsMs[index]))
      throw new AppError(
        'bad-input',
        `${file}, row ${index + 1}: the timestamp is not an instant such as 2026-11-19 12:00:00`,
      );
    if (values[index] === Infinity)
      throw new AppError('bad-input', `${file}, row ${index + 1}: the value is not a number`);
  }
  return { columns, records, timestamps, tsMs, values, lineEnd };
}

async function readRecords(file: string): Promise<{ records: string[]; lineEnd: '\n' | '\r\n' }> {
  const decoder = new TextDecoder();
  const records: string[] = [];
  let tooLong = 0;
  let first: Buffer | undefined;
  const splitter = createRecordSplitter({
    onRow: (bytes, start, end) => records.push(decoder.decode(bytes.subarray(start, end))),
    onTooLong: () => (tooLong += 1),
  });
  try {
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
      first ??= chunk as Buffer;
      splitter.push(chunk as Buffer);
    }
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT')
      throw new AppError('not-found', `${file} does not exist`, { cause });
    throw new AppError('not-readable', `${file} cannot be read`, { cause });
  }
  splitter.finish();
  if (tooLong > 0)
    throw new AppError('bad-input', `${file} has a row of more than 8 MiB; is a quote not closed?`);
  return { records, lineEnd: /^[^\n]*\r\n/.test(first?.toString('latin1') ?? '') ? '\r\n' : '\n' };
}

function columnOf(file: string, columns: readonly string[], name: string): number {
  const at = columns.findIndex((column) => column.toLowerCase() === name);
  if (at !== -1) return at;
  throw new AppError(
    'bad-input',
    `${file} has no column "${name}" in its first line; expected timestamp,value`,
  );
}

/** A time without zone is UTC; digits alone are seconds since 1970, or milliseconds where they are too many. */
function instantOf(text: string): number {
  if (EPOCH_SECONDS.test(text)) return Number(text) * 1000;
  const dayIndex = parseDate(text);
  if (dayIndex !== null) return dayIndex * DAY_MS;
  const bytes = Buffer.from(DATE_AND_TIME.test(text) ? `${text}Z` : text);
  return parseInstant(bytes, 0, bytes.length);
}

/** NaN where the value is missing, Infinity where it is no number. */
function numberOf(text: string): number {
  if (MISSING.has(text.toLowerCase())) return NaN;
  const value = Number(text);
  return Number.isFinite(value) ? value : Infinity;
}
