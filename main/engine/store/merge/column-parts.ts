import type { ColumnShape } from '../../../format/arrow-schema.ts';
import type { ColumnValues } from '../../../format/elements.ts';
import { readNumbers, readStored } from '../../../format/read-blocks.ts';
import type { EnvironmentState } from '../environment-state.ts';
import { NumberRange } from '../narrow.ts';
import type { ColumnFacts } from './column-facts.ts';
import { type Breathe, type MergeSource, columnOf } from './merge-source.ts';

/** A column of a merged file. */
export interface MergedColumn {
  shape: ColumnShape;
  /** Rows [from, to) of a source (by its place in the list): numbers with NaN for missing, the rest as integers. */
  part: (source: number, from: number, to: number) => ColumnValues;
}

/** Everything that goes into one merged file. */
export interface Sources {
  all: readonly MergeSource[];
  /** By source, then column name. */
  facts: readonly ReadonlyMap<string, ColumnFacts>[];
  /** Rows of the merged file. */
  rows: number;
  environment: EnvironmentState;
  breathe: Breathe;
}

/** Of a column, in the sources where a taken row has a value. */
export const factsNamed = ({ facts }: Sources, name: string): ColumnFacts[] =>
  facts.flatMap((bySource) => bySource.get(name) ?? []).filter(({ present }) => present > 0);

export const maxOf = (sources: Sources, name: string): number =>
  Math.max(0, ...factsNamed(sources, name).map(({ max }) => max));

/** The values of a column as they are stored; zeros where a source has no such column. */
export function storedPart({ all }: Sources, name: string): MergedColumn['part'] {
  const columns = all.map(({ segment }) => columnOf(segment, name));
  return (source, from, to) => {
    const column = columns[source];
    const read = all[source]?.read;
    return column === undefined || read === undefined
      ? new Uint8Array(to - from)
      : readStored(read, column, from, to);
  };
}

/** A column of numbers, taken from the first of `names` that a source has as numbers; none where no row has one. */
export function numberColumn(
  { all, facts, rows }: Sources,
  name: string,
  names: readonly string[],
): MergedColumn[] {
  const chosen = facts.map((bySource) =>
    names.map((one) => bySource.get(one)).find((one) => one?.column.kind === 'number'),
  );
  const range = new NumberRange();
  for (const one of chosen) if (one !== undefined) range.include(one.range);
  if (range.present === 0) return [];
  const { element, present } = range;
  return [
    {
      shape: { name, kind: 'number', element, missing: rows - present },
      part(source, from, to) {
        const column = chosen[source]?.column;
        const read = all[source]?.read;
        return column === undefined || read === undefined
          ? new Float64Array(to - from).fill(NaN)
          : readNumbers(read, column, from, to);
      },
    },
  ];
}
