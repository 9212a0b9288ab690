/** More rows than anybody reads at once take longer to lay out than to count; the table holds them all. */
const DRAWN_ROWS = 40;

/** The first rows, in their order, and of the others those that are chosen. */
export function firstRows<Row>(rows: readonly Row[], isChosen: (row: Row) => boolean): readonly Row[] {
  if (rows.length <= DRAWN_ROWS) return rows;
  return rows.filter((row, index) => index < DRAWN_ROWS || isChosen(row));
}
