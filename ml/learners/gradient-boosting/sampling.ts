// Which rows and columns a tree sees. Every draw is a hash of seed, draw and place, so each thread works it out alike.
import type { BinnedColumn } from '../../trees/binning.ts';
import { allowedBelow, type AllowedColumns } from './constraints.ts';
import { mixBits } from './packing.ts';
import type { GradientBoostingParams } from './params.ts';

const GOLDEN = 0x9e3779b1;
/** So that rows and columns draw differently. */
const ROWS = 0x7f4a7c15;
const COLUMNS = 0x2545f491;

/** A uniform number in [0, 1) for the place. */
const uniform = (key: number, place: number): number =>
  (mixBits(mixBits(key) ^ Math.imul(place + 1, GOLDEN)) >>> 0) / 2 ** 32;

type RowParams = Pick<GradientBoostingParams, 'subsample' | 'subsample_freq'>;

export class RowSampler {
  readonly #params: RowParams;
  readonly #learning: Uint8Array | null;
  readonly #seed: number;
  readonly #sample: Uint8Array;
  #drawn = -1;

  /** `learning`: 1 for the rows that trees may learn from, [rows]; null: all. */
  constructor(params: RowParams, learning: Uint8Array | null, rows: number, seed: number) {
    this.#params = params;
    this.#learning = learning;
    this.#seed = seed;
    this.#sample = params.subsample < 1 ? new Uint8Array(rows) : new Uint8Array(0);
  }

  /** 1 for the rows that the trees of a round learn from, [rows], good until the next call; null: all. */
  sampleOf(round: number): Uint8Array | null {
    const { subsample, subsample_freq } = this.#params;
    if (subsample === 1) return this.#learning;
    const draw = Math.floor(round / subsample_freq);
    if (draw !== this.#drawn) this.#draw(mixBits(this.#seed + ROWS) + draw, subsample);
    this.#drawn = draw;
    return this.#sample;
  }

  #draw(key: number, share: number): void {
    const sample = this.#sample;
    const learning = this.#learning;
    for (let row = 0; row < sample.length; row++)
      sample[row] =
        uniform(key, row) < share ? (learning === null ? 1 : (learning[row] as number)) : 0;
  }
}

export class ColumnSampler {
  readonly #share: number;
  readonly #columns: number;
  readonly #seed: number;
  readonly #allowedBelow: AllowedColumns;

  /** Throws FitError where interaction constraints name no column. */
  constructor(
    params: Pick<GradientBoostingParams, 'colsample_bytree' | 'interaction_constraints'>,
    columns: readonly BinnedColumn[],
    seed: number,
  ) {
    this.#share = params.colsample_bytree;
    this.#columns = columns.length;
    this.#seed = seed;
    this.#allowedBelow = allowedBelow(params, columns);
  }

  /** The columns that nodes of a tree may split: those drawn for it, less what interaction constraints forbid below a path. */
  columnsOf(tree: number): AllowedColumns {
    if (this.#share === 1) return this.#allowedBelow;
    const drawn = this.#draw(mixBits(this.#seed + COLUMNS) + tree);
    return (path) => {
      const allowed = this.#allowedBelow(path);
      return allowed === null
        ? drawn
        : allowed.map((one, column) => one & (drawn[column] as number));
    };
  }

  /** ceil(share * columns) of them. */
  #draw(key: number): Uint8Array {
    const lots = Float64Array.from({ length: this.#columns }, (_, column) => uniform(key, column));
    const order = Array.from(lots.keys()).sort(
      (a, b) => (lots[a] as number) - (lots[b] as number) || a - b,
    );
    const drawn = new Uint8Array(this.#columns);
    for (const column of order.slice(0, Math.ceil(this.#share * this.#columns))) drawn[column] = 1;
    return drawn;
  }
}
