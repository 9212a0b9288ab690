import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { AppError } from '../../shared/errors.ts';
import { ALARM_SCORE } from '../engine/detect/score.ts';
import { fieldsOf } from '../engine/sync/split-csv.ts';
import type { JudgedSeries } from './judged-series.ts';

const ADDED_COLUMNS = ['score', 'expected_low', 'expected_high', 'anomaly'] as const;
const ROWS_PER_PART = 10_000; // one string of a million rows would be copied whole at every write

/** The rows as they came, with the added columns; columns of an earlier run by the same names are left out. */
export function* csvParts({ file, judged }: JudgedSeries): Generator<string> {
  const { columns, records, lineEnd } = file;
  const kept = columns.flatMap((name, at) => (isAdded(name) ? [] : [at]));
  const asItCame = kept.length === columns.length;
  const line = (text: string, added: readonly string[]): string => `${text},${added.join(',')}${lineEnd}`;
  yield line(csvText(kept.map((at) => columns[at] ?? '')), ADDED_COLUMNS);
  for (let from = 0; from < records.length; from += ROWS_PER_PART) {
    let part = '';
    for (let row = from; row < Math.min(records.length, from + ROWS_PER_PART); row += 1) {
      const record = records[row] ?? '';
      const fields = asItCame && hasFields(record, columns.length) ? null : fieldsOf(record);
      part += line(fields === null ? record : csvText(kept.map((at) => fields[at] ?? '')), [
        String(judged.score[row]),
        numberText(judged.expectedLow[row]),
        numberText(judged.expectedHigh[row]),
        String(judged.isAlarm[row] === 1),
      ]);
    }
    yield part;
  }
}

const isAdded = (name: string): boolean => (ADDED_COLUMNS as readonly string[]).includes(name);

/** Whether a record has all its fields, so that it may stay as it came. */
function hasFields(record: string, count: number): boolean {
  let commas = 0;
  for (let at = record.indexOf(','); at !== -1; at = record.indexOf(',', at + 1)) commas += 1;
  return record.includes('"') ? fieldsOf(record).length === count : commas === count - 1;
}

const NEEDS_QUOTES = /[",\r\n]/;
const csvText = (fields: readonly string[]): string =>
  fields.map((field) => (NEEDS_QUOTES.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(',');

const numberText = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '' : String(value);

/** One JSON object, in parts. */
export function* jsonParts({ file, judged }: JudgedSeries): Generator<string> {
  const numbers = (values: Float64Array) => (row: number) => {
    const value = values[row] as number;
    return Number.isNaN(value) ? 'null' : String(value);
  };
  const lists: [name: string, textOf: (row: number) => string][] = [
    ['timestamp', (row) => JSON.stringify(file.timestamps[row])],
    ['value', numbers(file.values)],
    ['score', numbers(judged.score)],
    ['expected_low', numbers(judged.expectedLow)],
    ['expected_high', numbers(judged.expectedHigh)],
    ['anomaly', (row) => String(judged.isAlarm[row] === 1)],
  ];
  yield `{"ok":true,"threshold":${ALARM_SCORE},"result":{`;
  for (const [index, [name, textOf]] of lists.entries()) {
    yield `${index === 0 ? '' : ','}"${name}":[`;
    yield* listParts(file.records.length, textOf);
    yield ']';
  }
  yield '}}\n';
}

function* listParts(rows: number, textOf: (row: number) => string): Generator<string> {
  for (let from = 0; from < rows; from += ROWS_PER_PART) {
    const texts: string[] = [];
    for (let row = from; row < Math.min(rows, from + ROWS_PER_PART); row += 1) texts.push(textOf(row));
    yield `${from === 0 ? '' : ','}${texts.join(',')}`;
  }
}

/** The file is there whole or as it was before. */
export function replaceFile(file: string, parts: Iterable<string>): void {
  const unfinished = `${file}.unfinished`;
  try {
    const handle = openSync(unfinished, 'w');
    try {
      for (const part of parts) writeSync(handle, part);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(unfinished, file);
  } catch (cause) {
    rmSync(unfinished, { force: true });
    if ((cause as NodeJS.ErrnoException).code === 'ENOSPC')
      throw new AppError('disk-full', `no room left for ${file}`, { cause });
    throw new AppError('not-writable', `${file} cannot be written`, { cause });
  }
}

export function summaryText({ file, judged }: JudgedSeries, out: string): string {
  const alarms = judged.isAlarm.reduce((sum, isAlarm) => sum + isAlarm, 0);
  const count = (n: number, one: string, many: string): string =>
    `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
  return `${count(alarms, 'anomaly', 'anomalies')} in ${count(file.records.length, 'row', 'rows')} (score ${ALARM_SCORE} or more), written to ${out}\n`;
}
