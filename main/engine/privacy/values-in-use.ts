import type { ColumnValues } from '../../format/elements.ts';
import type { StoredColumn } from '../../format/types.ts';
import type { EngineStore } from '../store/engine-store.ts';
import type { EnvironmentState } from '../store/environment-state.ts';
import type { ArrivedSegment } from '../store/replace-segments.ts';
import { CodeSet } from './code-set.ts';
import { loadColumns } from './live-segments.ts';

/** By dictionary: codes. */
export type CodesByDictionary = Map<string, CodeSet>;

/** Adds the values that some rows of a segment use, in the columns that are wanted. */
export function noteValues(
  { dataDir }: EngineStore,
  segment: ArrivedSegment,
  rows: Iterable<number>,
  { values, isWanted }: { values: CodesByDictionary; isWanted: (column: StoredColumn) => boolean },
): void {
  const wanted = [...rows];
  if (wanted.length === 0) return;
  const coded = (column: StoredColumn): boolean => column.kind === 'code' && isWanted(column);
  for (const { column, values: codes } of loadColumns(dataDir, segment, coded)) {
    const used = setOf(values, column.dictionary ?? column.name);
    for (const row of wanted) if ((codes[row] ?? 0) !== 0) used.add(codes[row] ?? 0);
  }
}

export function noteEventType(
  state: EnvironmentState,
  eventType: string | null,
  values: CodesByDictionary,
): void {
  if (eventType !== null)
    setOf(values, 'event_type').add(state.dictionary('event_type').codeOfText(eventType));
}

/** Takes away the values that rows use which stay as they are. */
export function dropShared(
  { dataDir }: EngineStore,
  state: EnvironmentState,
  segment: ArrivedSegment,
  { leaving, values }: { leaving: ReadonlySet<number> | undefined; values: CodesByDictionary },
): void {
  if (leaving?.size === segment.rows) return;
  const isOpen = ({ dictionary }: StoredColumn): boolean =>
    dictionary !== undefined && (values.get(dictionary)?.size ?? 0) > 0;
  if (segment.eventType !== null)
    values.get('event_type')?.delete(state.dictionary('event_type').codeOfText(segment.eventType));
  for (const { column, values: codes } of loadColumns(dataDir, segment, isOpen))
    dropUsed(values.get(column.dictionary ?? ''), codes, leaving);
}

function dropUsed(
  candidates: CodeSet | undefined,
  codes: ColumnValues,
  leaving: ReadonlySet<number> | undefined,
): void {
  if (candidates === undefined) return;
  for (let row = 0; row < codes.length; row++) {
    const code = codes[row] ?? 0;
    if (candidates.has(code) && leaving?.has(row) !== true) candidates.delete(code);
  }
}

function setOf(sets: CodesByDictionary, dictionary: string): CodeSet {
  const known = sets.get(dictionary) ?? new CodeSet();
  sets.set(dictionary, known);
  return known;
}
