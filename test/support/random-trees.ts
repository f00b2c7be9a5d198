// Random trees with everything that a tree may hold: columns that come back on one path, NaN sent either way, sets of categories, lone leaves.
import type { AdditiveModel, SplitTrees, TreesForm } from '../../src/explanation/additive-model.ts';
import { Random } from '../../src/statistics/random.ts';

export interface RandomTrees {
  readonly seed: number;
  readonly trees: number;
  readonly depth: number;
  readonly columns: number;
  /** The last columns, which hold codes from 0 on and split by sets. */
  readonly categorical?: number;
  /** Of 16 splits how many are leaves before the depth is reached. */
  readonly early?: number;
  readonly backgroundRows?: number;
  /** Of 16 cells how many are NaN. */
  readonly missing?: number;
}

const CODES = 40;

const uniform = (random: Random): number => random.next() / 2 ** 32;

/** Rows whose cells are multiples of 1/16 in [0, 1), codes, or NaN, as the trees' thresholds are. */
export function randomRows(options: RandomTrees, rows: number, stream: number): Float32Array {
  const { seed, columns, categorical = 0, missing = 2 } = options;
  const random = Random.of(seed, stream);
  return Float32Array.from({ length: rows * columns }, (_, at) => {
    if (random.nextInt(16) < missing) return NaN;
    const isCode = at % columns >= columns - categorical;
    return isCode ? random.nextInt(CODES + 30) : random.nextInt(16) / 16;
  });
}

export function randomTrees(options: RandomTrees): TreesForm {
  const random = Random.of(options.seed, 0);
  const grower = new RandomGrower(options, random);
  const roots = Int32Array.from({ length: options.trees }, () => grower.grow());
  const trees: SplitTrees = grower.trees(roots);
  return {
    kind: 'trees',
    trees,
    scale: 0.5 + uniform(random),
    offset: uniform(random) - 0.5,
    cover: Float64Array.from(grower.cover),
    background: randomRows(options, options.backgroundRows ?? 7, 1),
  };
}

/** Each raw feature owns one column, but the last column is shared by the first and the last feature. */
export function modelOf(form: TreesForm, columns: number): AdditiveModel {
  return {
    space: 'log_odds',
    calibration: 'none',
    sources: Array.from({ length: columns }, (_, j) => (j === columns - 1 ? [0, j] : [j])),
    background: { name: 'training', rows: form.background.length / columns },
    form,
  };
}

class RandomGrower {
  readonly cover: number[] = [];
  readonly #options: RandomTrees;
  readonly #random: Random;
  readonly #columns: number[] = [];
  readonly #thresholds: number[] = [];
  readonly #missingLeft: number[] = [];
  readonly #subsets: number[] = [];
  readonly #links: number[] = [];
  readonly #values: number[] = [];
  readonly #sets: Uint32Array[] = [];

  constructor(options: RandomTrees, random: Random) {
    this.#options = options;
    this.#random = random;
  }

  trees(roots: Int32Array): SplitTrees {
    return {
      roots,
      columns: Int32Array.from(this.#columns),
      thresholds: Float32Array.from(this.#thresholds),
      missingLeft: Uint8Array.from(this.#missingLeft),
      subsets: Int32Array.from(this.#subsets),
      links: Int32Array.from(this.#links),
      values: Float32Array.from(this.#values),
      categorySets: this.#sets,
    };
  }

  grow(): number {
    return this.#growNode(0, 4096);
  }

  #growNode(depth: number, cover: number): number {
    const { depth: deepest, columns, categorical = 0, early = 2 } = this.#options;
    const random = this.#random;
    const node = this.#columns.length;
    this.cover.push(cover);
    const isLeaf = depth === deepest || random.nextInt(16) < early;
    const column = isLeaf ? -1 : random.nextInt(columns);
    const isCategorical = column >= columns - categorical;
    this.#columns.push(column);
    this.#thresholds.push(isLeaf || isCategorical ? 0 : random.nextInt(16) / 16);
    this.#missingLeft.push(isLeaf ? 0 : random.nextInt(2));
    this.#subsets.push(isCategorical ? this.#sets.length : -1);
    if (isLeaf) {
      this.#links.push(this.#values.length);
      this.#values.push(uniform(random) * 2 - 1);
      return node;
    }
    if (isCategorical) this.#sets.push(Uint32Array.of(random.next(), random.next() & 255));
    this.#links.push(-1);
    const left = Math.floor(cover * uniform(random));
    this.#growNode(depth + 1, left);
    this.#links[node] = this.#growNode(depth + 1, cover - left);
    return node;
  }
}
