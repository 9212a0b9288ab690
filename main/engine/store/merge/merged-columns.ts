import type { ElementType } from '../../../format/types.ts';
import type { EnvironmentState } from '../environment-state.ts';
import { CODED_COLUMNS, SEGMENT_NAME } from '../event-columns.ts';
import { codeElement } from '../narrow.ts';
import { type ColumnFacts, factsOf } from './column-facts.ts';
import {
  type MergedColumn,
  type Sources,
  factsNamed,
  maxOf,
  numberColumn,
  storedPart,
} from './column-parts.ts';
import { propertyColumns } from './merged-properties.ts';
import type { Breathe, MergeSource } from './merge-source.ts';
import { type MergedFile, rowsOf } from './plan-merge.ts';

const ALWAYS_THERE: ReadonlySet<string> = new Set(['user', 'session']);

export interface MergeInput {
  sources: readonly MergeSource[];
  environment: EnvironmentState;
  breathe: Breathe;
}

/**
 * The columns that the taken rows of the sources make together, as one commit would have laid them out: what no row
 * has is absent, and elements are as narrow as can be.
 */
export async function mergedColumns(
  file: MergedFile,
  { sources, environment, breathe }: MergeInput,
): Promise<MergedColumn[]> {
  const facts: ReadonlyMap<string, ColumnFacts>[] = [];
  for (const source of sources) facts.push(await factsOf(source, breathe));
  const all: Sources = { all: sources, facts, rows: rowsOf(file), environment, breathe };
  return [
    rawColumn(all, 'ms', 'int32'),
    rawColumn(all, 'hour', 'uint8'),
    ...numberColumn(all, 'late', ['late']),
    ...(file.eventType === null ? [eventColumn(all)] : []),
    ...CODED_COLUMNS.flatMap((column) => codeColumn(all, SEGMENT_NAME[column], column)),
    rawColumn(all, 'object', codeElement(maxOf(all, 'object'))),
    idColumn(all),
    ...(await propertyColumns(all)),
  ];
}

function rawColumn(sources: Sources, name: string, element: ElementType): MergedColumn {
  return { shape: { name, kind: 'raw', element, missing: 0 }, part: storedPart(sources, name) };
}

function idColumn(sources: Sources): MergedColumn {
  return {
    shape: { name: 'id', kind: 'id16', element: 'id16', missing: 0 },
    part: storedPart(sources, 'id'),
  };
}

/** A file of one event type has no event column: all its rows are of that type. */
function eventColumn(sources: Sources): MergedColumn {
  const eventTypes = sources.environment.dictionary('event_type');
  const constants = sources.all.map(({ segment }) =>
    segment.eventType === null ? 0 : eventTypes.codeOfText(segment.eventType),
  );
  const stored = storedPart(sources, 'event');
  const element = codeElement(Math.max(maxOf(sources, 'event'), ...constants));
  return {
    shape: { name: 'event', kind: 'code', element, missing: 0, dictionary: 'event_type' },
    part(source, from, to) {
      const constant = constants[source] ?? 0;
      return constant === 0 ? stored(source, from, to) : new Int32Array(to - from).fill(constant);
    },
  };
}

function codeColumn(sources: Sources, name: string, dictionary: string): MergedColumn[] {
  if (!ALWAYS_THERE.has(name) && factsNamed(sources, name).length === 0) return [];
  const element = codeElement(maxOf(sources, name));
  return [
    { shape: { name, kind: 'code', element, missing: 0, dictionary }, part: storedPart(sources, name) },
  ];
}
