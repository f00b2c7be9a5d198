// What is wrong with a data file: line, column name, expectation and kind of what came. Never a cell's value.

export interface DataProblem {
  /** 1-based line in the file on which the record begins; 1 is the header. */
  readonly line: number;
  /** The column's name, or null where the whole record or file is meant. */
  readonly column: string | null;
  readonly message: string;
}

/** How many problems are kept with their place; the rest are only counted. */
const KEPT = 20;

/** Collects problems while a file is read, so that one run names all of them. */
export class DataProblems {
  private readonly kept: DataProblem[] = [];
  private readonly counts = new Map<string, number>();
  private count = 0;

  add(line: number, column: string | null, message: string): void {
    this.count++;
    if (column !== null) this.counts.set(column, (this.counts.get(column) ?? 0) + 1);
    if (this.kept.length < KEPT) this.kept.push({ line, column, message });
  }

  get any(): boolean {
    return this.count > 0;
  }

  toError(file: string, rows: number): DataError {
    return new DataError(file, rows, this.kept, this.count, new Map(this.counts));
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
