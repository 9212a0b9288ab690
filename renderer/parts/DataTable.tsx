import './data-table.css';

export interface DataColumn<Row> {
  key: string;
  label: string;
  /** Numbers stand right. */
  isNumber?: boolean;
  /** The name of its row. */
  isHead?: boolean;
  text: (row: Row) => string;
}

interface DataTableProps<Row> {
  caption: string;
  columns: readonly DataColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  total?: Row;
}

/** The twin of a chart: the same numbers, unrounded counts, in reading order. */
export function DataTable<Row>({ caption, columns, rows, rowKey, total }: DataTableProps<Row>) {
  const cells = (row: Row) =>
    columns.map(({ key, isNumber = false, isHead = false, text }) =>
      isHead ? (
        <th key={key} scope="row" data-key={key}>
          {text(row)}
        </th>
      ) : (
        <td key={key} data-key={key} data-number={isNumber}>
          {text(row)}
        </td>
      ),
    );
  return (
    <div className="data-table" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption className="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map(({ key, label, isNumber = false }) => (
              <th key={key} scope="col" data-number={isNumber}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>{cells(row)}</tr>
          ))}
        </tbody>
        {total !== undefined && (
          <tfoot>
            <tr>{cells(total)}</tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}
