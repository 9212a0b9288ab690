import { type MaskedTable, maskText } from './small-groups.ts';

/** RFC 4180 with a header of remarks: each begins with "# ", tables are parted by an empty line. The numbers of notes stand
 *  in a last column where there are any. */
export function toCsv(remarks: readonly string[], tables: readonly MaskedTable[]): string {
  const head = remarks.map((remark) => cell(`# ${remark.replaceAll(/[\r\n]+/g, ' ')}`));
  const bodies = tables.map((table) => {
    const hasNotes = table.rows.some(({ noteNumbers }) => noteNumbers !== undefined);
    return [
      ...(tables.length > 1 ? [cell(`# ${table.title}`)] : []),
      [...table.keyColumns, ...table.numberColumns, 'note', ...(hasNotes ? ['notes'] : [])]
        .map(cell)
        .join(','),
      ...table.rows.map((row) =>
        [
          ...row.keys.map((key) => cell(harmless(key ?? ''))),
          ...row.numbers.map((number, index) => {
            if (row.isMasked) return index === 0 ? cell(maskText()) : '';
            return number === null ? '' : String(number);
          }),
          cell(row.note),
          ...(hasNotes ? [(row.noteNumbers ?? []).join(' ')] : []),
        ].join(','),
      ),
    ].join('\r\n');
  });
  return `${[head.join('\r\n'), ...bodies].filter(Boolean).join('\r\n\r\n')}\r\n`;
}

const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Text from the data that a spreadsheet would run as a formula is marked as text. */
const harmless = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text);
