import { type MaskedRow, type MaskedTable, maskText } from '../../../shared/export/small-groups.ts';

const SIGNIFICANT = 6;

/** Masked tables as lines of one letter width: columns padded, numbers at the right. */
export function tableLines(tables: readonly MaskedTable[], mostRows: number): string[] {
  return tables.flatMap((table) => {
    const rows = table.rows
      .slice(0, mostRows)
      .map((row) => [
        ...row.keys.map((key) => key ?? ''),
        ...row.numbers.map((number, index) =>
          row.isMasked ? (index === 0 ? maskText() : '') : number === null ? '–' : shown(number),
        ),
        [row.note, noteWords(row)].filter(Boolean).join(', '),
      ]);
    const head = [...table.keyColumns, ...table.numberColumns, ''];
    const widths = head.map((name, column) =>
      Math.max(name.length, ...rows.map((row) => row[column]?.length ?? 0)),
    );
    const isNumber = (column: number) =>
      column >= table.keyColumns.length && column < table.keyColumns.length + table.numberColumns.length;
    const line = (cells: readonly string[]) =>
      cells
        .map((text, column) =>
          isNumber(column) ? text.padStart(widths[column] ?? 0) : text.padEnd(widths[column] ?? 0),
        )
        .join('  ')
        .trimEnd();
    const left = table.rows.length - rows.length;
    return [
      '',
      table.title,
      line(head),
      ...rows.map(line),
      ...(left > 0 ? [`… ${left} more rows: copy as CSV`] : []),
    ];
  });
}

const shown = (number: number): string =>
  Number.isInteger(number) ? String(number) : String(Number(number.toPrecision(SIGNIFICANT)));

const noteWords = ({ noteNumbers = [] }: MaskedRow): string =>
  noteNumbers.length === 0 ? '' : `note ${noteNumbers.join(', ')}`;
