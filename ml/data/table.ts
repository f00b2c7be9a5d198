// A file of rows, whatever its format: who reads one tells its names and then every record, in file order.

export interface TableFile {
  readonly path: string;
  /** Of a CSV file. */
  readonly delimiter: string;
}

/** What a reader of files hands its records to. Cells are texts as a CSV file would have them; an empty text is a missing value. */
export interface TableSink {
  /** The names of the columns and the line that they stand on; returns those whose cells are wanted. Throws to end the reading. */
  header(names: readonly string[], line: number): ReadonlySet<string>;
  /** One record; cells of columns that are not wanted may be empty. `line`: where it begins, or its number in a file without lines. */
  record(cells: readonly string[], line: number): void;
  /** How many records there may be, before the first of them. */
  expectRows?(rows: number): void;
  /** The share of the file that is read, 0 to 1. */
  progress?(share: number): void;
}

/** A file that cannot be read as what it seems to be. The message says what was expected, without any of its values. */
export class TableError extends Error {
  override readonly name = 'TableError';
  constructor(
    /** 1-based. */
    readonly line: number,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** What the system says where a file cannot be opened or read, in the words of a TableError; any other error as it is. */
export function fileError(error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new TableError(1, 'there is no such file', { cause: error });
  return syscall === undefined
    ? error
    : new TableError(1, 'the file cannot be read', { cause: error });
}
