import { crc32 } from 'node:zlib';
import { AppError } from '../../../../shared/errors.ts';
import { type ColumnValues, bytesOf } from '../../../format/elements.ts';
import { blocksOf, readNumbers, readStored } from '../../../format/read-blocks.ts';
import type { StoredColumn } from '../../../format/types.ts';
import { NumberRange } from '../narrow.ts';
import type { Breathe, MergeSource } from './merge-source.ts';

/** What the taken rows of one column of one source hold. */
export interface ColumnFacts {
  column: StoredColumn;
  /** Rows with a value. */
  present: number;
  /** Of codes, booleans and raw integers. */
  max: number;
  /** Of numbers. */
  range: NumberRange;
}

/** The columns of a source by name. Every value is held to its checksum, so that damage is never merged along. */
export async function factsOf(source: MergeSource, breathe: Breathe): Promise<Map<string, ColumnFacts>> {
  const facts = new Map<string, ColumnFacts>();
  for (const column of source.segment.columns)
    facts.set(column.name, await factsOfColumn(source, column, breathe));
  return facts;
}

async function factsOfColumn(
  source: MergeSource,
  column: StoredColumn,
  breathe: Breathe,
): Promise<ColumnFacts> {
  const { read, segment } = source;
  const facts: ColumnFacts = { column, present: 0, max: 0, range: new NumberRange() };
  let checksum = 0;
  for (const { from, to } of blocksOf(segment.rows)) {
    const values = readStored(read, column, from, to);
    checksum = crc32(bytesOf(values), checksum);
    if (column.kind === 'number') facts.range.add(takenOf(source, readNumbers(read, column, from, to), from));
    else if (column.kind !== 'id16') countPresent(source, values, from, facts);
    await breathe();
  }
  facts.present += facts.range.present;
  if (column.validityOffset !== undefined && column.validityBytes !== undefined)
    checksum = crc32(read(column.validityOffset, column.validityBytes), checksum);
  if (column.crc32 !== undefined && column.crc32 !== checksum)
    throw new AppError(
      'corrupt',
      `the stored segment ${segment.file} is damaged: the column "${column.name}" does not match its checksum`,
    );
  return facts;
}

/** Numbers of rows that are not taken count as missing. */
function takenOf({ taken }: MergeSource, numbers: Float64Array, from: number): Float64Array {
  if (taken === null) return numbers;
  for (let i = 0; i < numbers.length; i++) if (taken[from + i] === 0) numbers[i] = NaN;
  return numbers;
}

function countPresent({ taken }: MergeSource, values: ColumnValues, from: number, facts: ColumnFacts): void {
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value === 0 || taken?.[from + i] === 0) continue;
    facts.present++;
    if (value > facts.max) facts.max = value;
  }
}
