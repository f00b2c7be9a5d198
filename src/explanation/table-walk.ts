// Contributions by table: a row of each leaf's table, found by the columns that the row satisfies, added to the sums of its columns.
import type { SplitTrees } from './additive-model.ts';
import { BLOCK } from './column-contributions.ts';
import { goesLeft } from './split.ts';
import type { TableSteps } from './table-steps.ts';

/** Entries of one row that are asked for before they are added. */
const AHEAD = 256;

export class TableWalk {
  readonly #trees: SplitTrees;
  readonly #steps: TableSteps;
  readonly #tables: Float64Array;
  readonly #designColumns: number;
  readonly #levels: number;
  /** Keeps the reading ahead from being optimised away. */
  readonly #touched = new Float64Array(1);
  /** Of the block, column by column. */
  readonly #cells: Float32Array;
  /** Of each level of the tree, row by row: level 0 has no columns yet. */
  readonly #masks: Int32Array;
  /** Of one row: where it enters the tables met so far, and the steps that end at them. */
  readonly #entries = new Int32Array(AHEAD);
  readonly #ends = new Int32Array(AHEAD);

  constructor(trees: SplitTrees, steps: TableSteps, tables: Float64Array, designColumns: number) {
    this.#trees = trees;
    this.#steps = steps;
    this.#tables = tables;
    this.#designColumns = designColumns;
    this.#cells = new Float32Array(designColumns * BLOCK);
    this.#levels = steps.levels.reduce((most, level) => Math.max(most, level + 1), 0);
    this.#masks = new Int32Array(this.#levels * BLOCK);
  }

  /** Adds to `sums` [rows, design columns] what the tables say of at most BLOCK rows of `design` from row `from` on. */
  addInto(design: Float32Array, from: number, rows: number, sums: Float64Array): void {
    if (this.#steps.count === 0) return;
    if (rows === 1) {
      this.#addRow(design, from * this.#designColumns, sums);
      return;
    }
    this.#turn(design, from, rows);
    this.#masks.fill(0, 0, BLOCK);
    const { count, bySet, widths } = this.#steps;
    for (let step = 0; step < count; step++) {
      if (bySet[step] === 1) this.#followSet(step, rows);
      else this.#followThreshold(step, rows);
      if (widths[step] !== 0) this.#look(step, rows, sums);
    }
  }

  /** The steps for one row. */
  #addRow(design: Float32Array, at: number, sums: Float64Array): void {
    const { count, splits, columns, right, levels, set, kept, widths, tables } = this.#steps;
    const masks = this.#masks.fill(0, 0, this.#levels);
    const entries = this.#entries;
    let met = 0;
    for (let step = 0; step < count; step++) {
      const value = design[at + (columns[step] as number)] as number;
      const left = +goesLeft(this.#trees, splits[step] as number, value);
      const passes = -(left ^ (right[step] as number));
      const level = levels[step] as number;
      const mask =
        ((masks[level - 1] as number) & ((kept[step] as number) | passes)) |
        ((set[step] as number) & passes);
      masks[level] = mask;
      const width = widths[step] as number;
      if (width === 0) continue;
      entries[met] = (tables[step] as number) + mask * width;
      this.#ends[met++] = step;
      if (met < AHEAD) continue;
      this.#addEntries(met, sums);
      met = 0;
    }
    this.#addEntries(met, sums);
  }

  #addEntries(count: number, sums: Float64Array): void {
    const { widths, firsts, tableColumns } = this.#steps;
    const tables = this.#tables;
    const entries = this.#entries;
    // Entries lie pages apart. Read one after the other with nothing between, many are on their way at once: a fifth of the time.
    let touched = 0;
    for (let i = 0; i < count; i++) {
      const entry = entries[i] as number;
      const last = entry + (widths[this.#ends[i] as number] as number) - 1;
      touched += (tables[entry] as number) + (tables[last] as number);
    }
    this.#touched[0] = touched;
    for (let i = 0; i < count; i++) {
      const step = this.#ends[i] as number;
      const first = firsts[step] as number;
      const last = first + (widths[step] as number);
      for (let place = first, entry = entries[i] as number; place < last; place++, entry++) {
        const column = tableColumns[place] as number;
        sums[column] = (sums[column] as number) + (tables[entry] as number);
      }
    }
  }

  /** Takes the block's values, column by column. */
  #turn(design: Float32Array, from: number, rows: number): void {
    const width = this.#designColumns;
    const cells = this.#cells;
    for (let row = 0, at = from * width; row < rows; row++)
      for (let column = 0; column < width; column++, at++)
        cells[column * BLOCK + row] = design[at] as number;
  }

  #followThreshold(step: number, rows: number): void {
    const { columns, thresholds, missingLeft, right, levels, set, kept } = this.#steps;
    const threshold = thresholds[step] as number;
    const nanLeft = missingLeft[step] as number;
    const turned = right[step] as number;
    const added = set[step] as number;
    const stay = kept[step] as number;
    const cells = this.#cells;
    const masks = this.#masks;
    const to = (levels[step] as number) * BLOCK;
    const at = (columns[step] as number) * BLOCK;
    for (let row = 0; row < rows; row++) {
      const value = cells[at + row] as number;
      // All ones where the row passes: no branch, as nobody could foretell it.
      const passes = -((+(value <= threshold) | (nanLeft & +(value !== value))) ^ turned);
      masks[to + row] = ((masks[to - BLOCK + row] as number) & (stay | passes)) | (added & passes);
    }
  }

  #followSet(step: number, rows: number): void {
    const { splits, columns, right, levels, set, kept } = this.#steps;
    const split = splits[step] as number;
    const turned = right[step] as number;
    const added = set[step] as number;
    const stay = kept[step] as number;
    const masks = this.#masks;
    const to = (levels[step] as number) * BLOCK;
    const at = (columns[step] as number) * BLOCK;
    for (let row = 0; row < rows; row++) {
      const passes = -(+goesLeft(this.#trees, split, this.#cells[at + row] as number) ^ turned);
      masks[to + row] = ((masks[to - BLOCK + row] as number) & (stay | passes)) | (added & passes);
    }
  }

  /** Adds the rows' entries of the table that a step ends at, two columns at a time. */
  #look(step: number, rows: number, sums: Float64Array): void {
    const { levels, widths, tables, firsts, tableColumns } = this.#steps;
    const width = widths[step] as number;
    const table = tables[step] as number;
    const first = firsts[step] as number;
    const masks = (levels[step] as number) * BLOCK;
    let place = 0;
    for (; place + 1 < width; place += 2)
      this.#addTwo(
        masks,
        rows,
        table + place,
        width,
        sums,
        tableColumns[first + place] as number,
        tableColumns[first + place + 1] as number,
      );
    if (place < width)
      this.#addOne(masks, rows, table + place, width, sums, tableColumns[first + place] as number);
  }

  #addTwo(
    from: number,
    rows: number,
    table: number,
    width: number,
    sums: Float64Array,
    one: number,
    other: number,
  ): void {
    const masks = this.#masks;
    const tables = this.#tables;
    const columns = this.#designColumns;
    for (let row = 0, at = 0; row < rows; row++, at += columns) {
      const entry = table + (masks[from + row] as number) * width;
      sums[at + one] = (sums[at + one] as number) + (tables[entry] as number);
      sums[at + other] = (sums[at + other] as number) + (tables[entry + 1] as number);
    }
  }

  #addOne(
    from: number,
    rows: number,
    table: number,
    width: number,
    sums: Float64Array,
    column: number,
  ): void {
    const masks = this.#masks;
    const tables = this.#tables;
    const columns = this.#designColumns;
    for (let row = 0, at = column; row < rows; row++, at += columns)
      sums[at] =
        (sums[at] as number) + (tables[table + (masks[from + row] as number) * width] as number);
  }
}
