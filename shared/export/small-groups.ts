import type { ExportRow, ExportTable } from './export-table.ts';

/** Fewer people than this do not leave as a group of their own: DATA §7, a default of ours. */
export const PRIVACY_MINIMUM_PEOPLE = 10;

export interface MaskedTable extends ExportTable {
  rows: readonly MaskedRow[];
}
export interface MaskedRow extends ExportRow {
  /** Its numbers are left out: they are in the totals only. */
  isMasked: boolean;
  /** Of the notes that are pinned to it; default: none. */
  noteNumbers?: readonly number[];
}

export interface Masking {
  tables: MaskedTable[];
  /** Rows that the rule touched. */
  masked: number;
}

/** Leaves out the numbers of every row behind which there is somebody, but fewer than the minimum. */
export function maskSmallGroups(
  tables: readonly ExportTable[],
  peopleByPlace: ReadonlyMap<string, number>,
  minimum = PRIVACY_MINIMUM_PEOPLE,
): Masking {
  const maskedTables = tables.map((table) => ({
    ...table,
    rows: table.rows.map((row): MaskedRow => {
      const isMasked = isSmall(row, peopleByPlace, minimum);
      return { ...row, isMasked, numbers: isMasked ? row.numbers.map(() => null) : row.numbers };
    }),
  }));
  return {
    tables: maskedTables,
    masked: maskedTables.flatMap(({ rows }) => rows).filter(({ isMasked }) => isMasked).length,
  };
}

/** Where nobody can say how many people there are, the units stand for them: there are never more people than units. */
function isSmall({ n, place }: ExportRow, people: ReadonlyMap<string, number>, minimum: number): boolean {
  const known = place === null ? undefined : people.get(place);
  const count = known === undefined || known === 0 ? n : n === null ? known : Math.min(known, n);
  return count !== null && count > 0 && count < minimum;
}

export const maskText = (minimum = PRIVACY_MINIMUM_PEOPLE): string => `fewer than ${minimum}`;
