// What is wrong with a data file: line, column name, expectation and kind of what came. Never a cell's value.

export interface DataProblem {
  /** 1-based line of the file on which the record begins, 1 is the header; of a Parquet file the record's number. */
  readonly line: number;
  /** The column's name, or null where the whole record or file is meant. */
  readonly column: string | null;
  readonly message: string;
}

/** How many problems of a column are kept with their place; the rest are only counted. */
const KEPT = 20;

/** Collects problems while a file is read, so that one run names all of them. */
export class DataProblems {
  private readonly kept = new Map<string | null, DataProblem[]>();
  private readonly counts = new Map<string | null, number>();

  add(line: number, column: string | null, message: string): void {
    const count = this.counts.get(column) ?? 0;
    this.counts.set(column, count + 1);
    if (count === 0) this.kept.set(column, []);
    if (count < KEPT) this.kept.get(column)?.push({ line, column, message });
  }

  get any(): boolean {
    return this.counts.size > 0;
  }

  countOf(column: string | null): number {
    return this.counts.get(column) ?? 0;
  }

  /** Without the problems of these columns: what is left is what stands against the file. */
  without(columns: ReadonlySet<string>): DataProblems {
    const rest = new DataProblems();
    for (const [column, count] of this.counts) {
      if (column !== null && columns.has(column)) continue;
      rest.counts.set(column, count);
      rest.kept.set(column, this.kept.get(column) ?? []);
    }
    return rest;
  }

  toError(file: string, rows: number): DataError {
    const total = [...this.counts.values()].reduce((sum, count) => sum + count, 0);
    const first = [...this.kept.values()]
      .flat()
      .toSorted((a, b) => a.line - b.line)
      .slice(0, KEPT);
    const byColumn = new Map<string, number>();
    for (const [column, count] of this.counts) if (column !== null) byColumn.set(column, count);
    return new DataError(file, rows, first, total, byColumn);
  }
}

export class DataError extends Error {
  override readonly name = 'DataError';

  constructor(
    readonly file: string,
    /** Data rows read before it was given up. */
    readonly rows: number,
    /** The first problems, in file order. */
    readonly problems: readonly DataProblem[],
    readonly total: number,
    readonly countByColumn: ReadonlyMap<string, number>,
  ) {
    super(describe(file, problems, total));
  }
}

function describe(file: string, problems: readonly DataProblem[], total: number): string {
  const lines = problems.map(({ line, column, message }) => {
    const where = column === null ? '' : `column "${column}": `;
    return `${file}:${line}: ${where}${message}`;
  });
  const rest = total - problems.length;
  return (rest === 0 ? lines : [...lines, `${file}: and ${rest} more of ${total} problems`]).join(
    '\n',
  );
}
