// A block while it is filled, row by row.
import type { FieldError } from '../../common/errors.ts';
import { toColumn, type Column } from '../../features/encode-row.ts';
import type { RangeWarning } from '../../features/feature-spec.ts';
import type { Position, RefusedRow, RowBlock } from './row-block.ts';
import type { ReadOptions, RowContract } from './row-contract.ts';

/** Rows of a block: enough that passing it on costs nothing a row, few enough that its cells stay in the cache of a core. */
export const BLOCK_ROWS = 512;

export class BlockBuilder {
  /** Of the rows that are in it and of those that fit in yet. */
  cells: Float32Array<ArrayBuffer>;
  count = 0;
  /** Where the row that came last ends. */
  bytes: number;
  lines: number;
  readonly width: number;
  readonly keepsInputs: boolean;
  readonly #contract: RowContract;
  readonly #columns: readonly Column[];
  readonly #trained: readonly number[];
  #first: number;
  #refused: RefusedRow[] = [];
  #inputs: string[] = [];

  constructor(contract: RowContract, { from, keepInputs }: ReadOptions) {
    this.#contract = contract;
    this.#columns = contract.features.map(toColumn);
    this.#trained = this.#columns.flatMap(({ trainedMin, trainedMax }, i) =>
      trainedMin === -Infinity && trainedMax === Infinity ? [] : [i],
    );
    this.width = contract.encoder.width;
    this.keepsInputs = keepInputs;
    this.#first = from.rows;
    this.bytes = from.bytes;
    this.lines = from.lines;
    this.cells = new Float32Array(BLOCK_ROWS * this.width);
  }

  get isFull(): boolean {
    return this.count === BLOCK_ROWS;
  }

  /** Rows of the upload that came so far. */
  get rows(): number {
    return this.#first + this.count;
  }

  /** Where the cells of the next row begin. */
  get offset(): number {
    return this.count * this.width;
  }

  /** The cells are written. */
  accept(input: string): void {
    if (this.keepsInputs) this.#inputs.push(input);
    this.count += 1;
  }

  refuse(line: number | null, errors: readonly FieldError[]): void {
    this.cells.fill(Number.NaN, this.offset, this.offset + this.width);
    this.#refused.push(Object.freeze({ at: this.count, line, errors }));
    this.accept('');
  }

  /** A row that is not plain. */
  encode(features: unknown, line: number | null): void {
    const { issues } = this.#contract.encoder.encodeInto(features, this.cells, this.offset);
    if (issues.length > 0) this.refuse(line, issues);
    else this.accept(this.keepsInputs ? JSON.stringify(features) : '');
  }

  /** Hands the rows over, and goes on with those after them. */
  take(): RowBlock {
    const { count, cells } = this;
    const isWhole = this.isFull;
    const block = Object.freeze({
      first: this.#first,
      count,
      cells: isWhole ? cells : cells.slice(0, this.offset),
      refused: Object.freeze(this.#refused),
      warnings: this.#warnings(),
      inputs: this.keepsInputs ? Object.freeze(this.#inputs) : null,
      end: this.#end(),
    });
    if (isWhole) this.cells = new Float32Array(cells.length);
    this.#first += count;
    this.count = 0;
    this.#refused = [];
    this.#inputs = [];
    return block;
  }

  #end(): Position {
    return Object.freeze({ rows: this.rows, bytes: this.bytes, lines: this.lines });
  }

  /** As the encoder gives them: it compares cells too, and NaN is outside of nothing. */
  #warnings(): ReadonlyMap<number, readonly RangeWarning[]> {
    const warnings = new Map<number, readonly RangeWarning[]>();
    for (let at = 0; at < this.count; at += 1) {
      const outside = this.#outside(at * this.width);
      if (outside !== null) warnings.set(at, outside);
    }
    return warnings;
  }

  #outside(offset: number): readonly RangeWarning[] | null {
    let warnings: RangeWarning[] | null = null;
    for (const i of this.#trained) {
      const { name, trainedMin, trainedMax } = this.#columns[i] as Column;
      const cell = this.cells[offset + i] as number;
      if (cell < trainedMin || cell > trainedMax)
        (warnings ??= []).push({ feature: name, code: 'outside_training_range' });
    }
    return warnings;
  }
}
