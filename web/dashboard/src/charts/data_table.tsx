import type { ReactNode } from 'react';

export interface TableColumn {
  label: string;
  numeric?: boolean;
}

interface Props {
  caption: string;
  columns: TableColumn[];
  rows: { key: string; cells: ReactNode[] }[];
}

/** The same numbers as the chart, for reading, copying and screen readers. */
export function DataTable({ caption, columns, rows }: Props) {
  return (
    // A region that scrolls must be reachable by keyboard.
    <div className="table-scroll" role="region" aria-label={caption} tabIndex={0}>
      <table className="data-table">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.label} scope="col" className={column.numeric ? 'numeric' : undefined}>
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.key}>
              {row.cells.map((cell, index) => (
                <td key={columns[index]?.label} className={columns[index]?.numeric ? 'numeric' : undefined}>
                  {cell}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
