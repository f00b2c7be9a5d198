// A table of figures: scrolls sideways by itself on a narrow screen, reachable by keyboard there.
import { useId, type ReactElement, type ReactNode } from 'react';

export interface TableColumn {
  readonly header: string;
  /** Figures stand to the right. */
  readonly numeric?: boolean;
}

export interface TableData {
  readonly columns: readonly TableColumn[];
  /** One cell for each column; the first names the row. */
  readonly rows: readonly (readonly ReactNode[])[];
}

interface DataTableProps extends TableData {
  readonly caption: string;
  /** The caption is read aloud, and not shown: a heading above says the same. */
  readonly hidesCaption?: boolean;
}

export function DataTable({
  caption,
  hidesCaption = false,
  columns,
  rows,
}: DataTableProps): ReactElement {
  const id = useId();
  return (
    <div className="table-scroll" role="region" aria-labelledby={id} tabIndex={0}>
      <table>
        <caption id={id} className={hidesCaption ? 'visually-hidden' : undefined}>
          {caption}
        </caption>
        <thead>
          <tr>
            {columns.map(({ header, numeric }) => (
              <th key={header} scope="col" className={numeric ? 'numeric' : undefined}>
                {header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((cells, row) => (
            <tr key={row}>
              {cells.map((cell, column) => {
                const className = columns[column]?.numeric ? 'numeric' : undefined;
                return column === 0 ? (
                  <th key={column} scope="row" className={className}>
                    {cell}
                  </th>
                ) : (
                  <td key={column} className={className}>
                    {cell}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
