// Checks the records of a file one by one against what is declared, and keeps those that are good.
import { parseCell, parseWeight } from './parse-cell.ts';
import { DataProblems, type DataError } from './data-error.ts';
import type { Dataset, TableSource } from './load-table.ts';
import { ProtectedReader } from './protected-columns.ts';
import { KeyReader } from './row-keys.ts';
import { RowLines } from './row-lines.ts';
import { RowNames } from './row-names.ts';
import { RowStore } from './row-store.ts';
import type { TableError, TableSink } from './table.ts';

/** Where the columns that are read stand in a record. */
interface Layout {
  readonly width: number;
  /** In the order of the declaration. */
  readonly features: readonly number[];
  readonly target: number;
  /** -1 where there is none, as of the next one. */
  readonly weights: number;
  readonly key: number;
  readonly protected: readonly number[];
  readonly unique: readonly number[];
  readonly ignored: readonly string[];
}

/** Parts of a name that stands in several columns; no text of a file has it but by intent. */
const SEPARATOR = '\u001f';

export class RowReader implements TableSink {
  private readonly problems = new DataProblems();
  private readonly store: RowStore;
  private readonly lines = new RowLines();
  private readonly keys: KeyReader | null;
  private readonly groups: readonly ProtectedReader[];
  private readonly names: RowNames | null;
  private readonly missing: ReadonlySet<string>;
  private layout: Layout | null = null;
  private negative: string | null = null;
  private lastLine = 1;
  /** Records of the file; those that are kept are the store's. */
  private records = 0;
  private weighs = false;
  private thirdClass = false;
  /** Whether the record at hand is good so far. */
  private good = true;

  constructor(private readonly source: TableSource) {
    const { features, weights, missing, splitBy, unique = [] } = source;
    this.groups = (source.protected ?? []).map((column) => new ProtectedReader(column));
    this.missing = new Set(missing);
    this.store = new RowStore(features.length, Boolean(weights));
    this.keys = splitBy ? new KeyReader(splitBy.kind) : null;
    this.names = unique.length > 0 ? new RowNames() : null;
  }

  header(names: readonly string[], line: number): ReadonlySet<string> {
    const { features, target, weights, splitBy, unique = [] } = this.source;
    const wanted = new Set([...features.map(({ name }) => name), target.column, ...unique]);
    if (weights) wanted.add(weights.column);
    if (splitBy) wanted.add(splitBy.column);
    for (const column of this.source.protected ?? []) wanted.add(column);
    for (const name of new Set(names.filter((each, i) => names.indexOf(each) !== i)))
      this.problems.add(line, name, 'this name appears twice in the header');
    for (const name of wanted)
      if (!names.includes(name))
        this.problems.add(line, name, `missing from the header, which has ${names.length} columns`);
    if (this.problems.any) throw this.error();
    const indexOf = (name: string): number => names.indexOf(name);
    this.layout = {
      width: names.length,
      features: features.map(({ name }) => indexOf(name)),
      target: indexOf(target.column),
      weights: weights ? indexOf(weights.column) : -1,
      key: splitBy ? indexOf(splitBy.column) : -1,
      protected: (this.source.protected ?? []).map(indexOf),
      unique: unique.map(indexOf),
      ignored: names.filter((name) => !wanted.has(name)),
    };
    return wanted;
  }

  expectRows(rows: number): void {
    this.store.expect(rows);
  }

  progress(share: number): void {
    this.source.onProgress?.(share, this.records);
  }

  record(cells: readonly string[], line: number): void {
    const layout = this.layout as Layout;
    this.records++;
    this.lastLine = line;
    if (cells.length !== layout.width) {
      const message = `expected ${layout.width} fields as in the header, got ${cells.length}`;
      this.problems.add(line, null, message);
      return;
    }
    this.good = true;
    this.readRow(cells, line, layout);
    if (this.isGood()) this.lines.add(this.store.rows - 1, line);
    else this.dropRow();
  }

  /** The rows that were read. Throws DataError. */
  finish(digest: string): Dataset {
    const { source, layout } = this;
    if (layout === null) throw this.brokenOff(EMPTY);
    const tolerated = this.tolerated();
    const kept = this.problems.without(tolerated);
    if (!kept.any) this.checkWhole(kept);
    if (kept.any) throw kept.toError(source.path, this.records);
    return Object.freeze({
      features: source.features,
      rows: this.store.rows,
      ...this.store.take(),
      keys: this.keys?.take() ?? null,
      protected: this.groups.map((reader) => reader.take()),
      digest,
      ignoredColumns: layout.ignored,
      lines: this.lines,
      leftOut: {
        rows: this.records - this.store.rows,
        byColumn: new Map([...tolerated].map((name) => [name, this.problems.countOf(name)])),
      },
    });
  }

  /** What is known of a file whose reading ended early. */
  brokenOff({ line, message }: Pick<TableError, 'line' | 'message'>): DataError {
    this.problems.add(line, null, message);
    return this.error();
  }

  private error(): DataError {
    return this.problems.toError(this.source.path, this.records);
  }

  private readRow(cells: readonly string[], line: number, layout: Layout): void {
    const { source } = this;
    const { features, weights, splitBy } = source;
    const label = this.readTarget(cells[layout.target] ?? '', line);
    const weight = weights ? this.readWeight(cells[layout.weights] ?? '', line) : 1;
    if (splitBy) {
      const expected = this.keys?.add(this.textOf(cells[layout.key]).trim()) ?? null;
      if (expected !== null) this.refuse(line, splitBy.column, expected);
    }
    this.groups.forEach((reader, i) => {
      const expected = reader.add(this.textOf(cells[layout.protected[i] ?? 0]).trim());
      if (expected !== null) this.refuse(line, source.protected?.[i] ?? '', expected);
    });
    const row = this.store.next(label, weight);
    features.forEach((feature, i) => {
      const cell = parseCell(feature, this.textOf(cells[layout.features[i] ?? 0]));
      if (typeof cell === 'number') row[i] = cell;
      else this.refuse(line, feature.name, cell.message);
    });
    if (this.good) this.names?.add(layout.unique.map((i) => cells[i]).join(SEPARATOR));
  }

  /** Reading a row changes it. */
  private isGood(): boolean {
    return this.good;
  }

  private refuse(line: number, column: string, message: string): void {
    this.good = false;
    this.problems.add(line, column, message);
  }

  private dropRow(): void {
    this.store.drop();
    this.keys?.drop();
    for (const reader of this.groups) reader.drop();
  }

  /** A text that stands for a missing value is read as an empty field. */
  private textOf(field = ''): string {
    return this.missing.size > 0 && this.missing.has(field.trim()) ? '' : field;
  }

  private readWeight(cell: string, line: number): number {
    const weight = parseWeight(cell);
    if (typeof weight === 'number') {
      this.weighs ||= weight > 0;
      return weight;
    }
    this.refuse(line, this.source.weights?.column ?? '', weight.message);
    return 0;
  }

  private readTarget(cell: string, line: number): 0 | 1 {
    const { column, positive } = this.source.target;
    const text = this.textOf(cell).trim();
    if (text === positive) return 1;
    if (text === '') this.refuse(line, column, 'expected one of the two classes, got nothing');
    else if (this.negative === null) this.negative = text;
    else if (text !== this.negative) {
      this.thirdClass = true;
      this.refuse(line, column, 'expected one of the two classes, got a third value');
    }
    return 0;
  }

  /** Columns of which enough rows are good. A third class is one too many however rare it is: the task is another one then. */
  private tolerated(): ReadonlySet<string> {
    const { features, target, weights, splitBy, mostly = 1 } = this.source;
    const names = features.map(({ name }) => name);
    if (!this.thirdClass) names.push(target.column);
    if (weights) names.push(weights.column);
    if (splitBy) names.push(splitBy.column);
    names.push(...(this.source.protected ?? []));
    const most = this.records * (1 - mostly);
    return new Set(
      names.filter((name) => {
        const count = this.problems.countOf(name);
        return count > 0 && count <= most;
      }),
    );
  }

  private checkWhole(problems: DataProblems): void {
    const { target, weights } = this.source;
    const report = (column: string | null, message: string): void => {
      problems.add(this.lastLine, column, message);
    };
    const { rows, positives } = this.store;
    if (rows === 0) {
      const what = this.records === 0 ? 'after the header' : 'without faults';
      report(null, `expected rows ${what}, got none`);
      return;
    }
    if (positives === 0) report(target.column, 'expected both classes, got no positive row');
    if (positives === rows) report(target.column, 'expected both classes, got only positive rows');
    if (weights && !this.weighs)
      report(weights.column, 'expected a weight above 0 in at least one row, got 0 in every row');
    this.checkNames(problems);
  }

  private checkNames(problems: DataProblems): void {
    const column = this.source.unique?.join(', ') ?? '';
    for (const row of this.names?.repeated() ?? [])
      problems.add(
        this.lines.lineOf(row),
        column,
        'expected another value in each row, got one that an earlier row has',
      );
  }
}

const EMPTY = { line: 1, message: 'expected a header and rows, got an empty file' } as const;
