// Watches the inputs of a model version: numbers outside the range that training saw, and rows whose numbers do not belong together.
import type { ServedFeature } from '../../features/feature-spec.ts';
import { fitMahalanobis, type Mahalanobis } from '../../statistics/mahalanobis.ts';
import { MOST_IDS, type Concerned, type Finding } from './finding.ts';

/** After so many rows numbers outside a range are counted anew. */
const COUNTED_ROWS = 500;
const TOP_PARTS = 5;

/** Rows of numbers that training did not see, [columns][rows], and the squared distance beyond which a row is an outlier. */
export interface InputReference {
  readonly names: readonly string[];
  readonly columns: readonly Float64Array[];
  readonly bound: number;
}

export interface InputRow {
  readonly at: number;
  readonly id: string;
  readonly inputs: Readonly<Record<string, unknown>>;
}

export interface InputWatchOptions {
  readonly concerned: Concerned;
  readonly features: readonly ServedFeature[];
  /** Those that the ranges are of; null: not known, then no range is watched. */
  readonly trainingRows: number | null;
  readonly reference: InputReference | null;
  /** The probability with which chance alone may make a finding. */
  readonly chance: number;
}

interface Range {
  readonly feature: string;
  readonly min: number;
  readonly max: number;
  /** Rows since the count began, and those of them that were outside. */
  seen: number;
  outside: readonly InputRow[];
}

type Figures = Pick<Finding, 'feature' | 'value' | 'expected' | 'evidence'>;

export class InputWatch {
  readonly #options: InputWatchOptions;
  readonly #ranges: readonly Range[];
  readonly #distance: Mahalanobis | null;

  constructor(options: InputWatchOptions) {
    this.#options = options;
    this.#ranges = options.trainingRows === null ? [] : options.features.flatMap(rangeOf);
    this.#distance = options.reference && fitMahalanobis(options.reference.columns);
  }

  /** Rows in the order of time. */
  take(rows: readonly InputRow[]): readonly Finding[] {
    if (rows.length === 0) return [];
    const ofRanges = this.#ranges.flatMap((range) => {
      const { outside, farthest } = lookAt(range, rows);
      return [this.#farOutside(range, outside, farthest), this.#often(range, outside, rows.length)];
    });
    return [...ofRanges, this.#apart(rows)].filter((finding) => finding !== null);
  }

  /** Beyond its range by more than the range is wide: once is enough. */
  #farOutside(
    { feature, min, max }: Range,
    outside: readonly InputRow[],
    farthest: number,
  ): Finding | null {
    const width = max - min;
    if (width === 0 || farthest <= width) return null;
    const far = outside.filter(({ inputs }) => beyondOf(inputs[feature], min, max) > width);
    const score = farthest / width;
    return this.#finding(far, {
      feature,
      value: score,
      expected: 0,
      evidence: { method: 'outside_range', score, threshold: 1, rows: far.length },
    });
  }

  /**
   * A new row is outside the range of n others with a probability of at most 2 / (n + 1); so many of so many are less probable than Poisson's
   * tail.
   */
  #often(range: Range, outside: readonly InputRow[], rows: number): Finding | null {
    const { trainingRows, chance } = this.#options;
    const share = 2 / ((trainingRows ?? 0) + 1);
    range.seen += rows;
    range.outside = [...range.outside, ...outside];
    const { feature, seen, outside: all } = range;
    const byChance = poissonTail(all.length, share * seen);
    const isFound = outside.length > 0 && byChance < chance;
    if (isFound || seen >= COUNTED_ROWS) {
      range.seen = 0;
      range.outside = [];
    }
    return this.#finding(isFound ? all : [], {
      feature,
      value: all.length / seen,
      expected: share,
      evidence: {
        method: 'often_outside_range',
        score: -Math.log10(byChance),
        threshold: -Math.log10(chance),
        rows: all.length,
      },
    });
  }

  #apart(rows: readonly InputRow[]): Finding | null {
    const { reference } = this.#options;
    const distance = this.#distance;
    if (reference === null || distance === null) return null;
    const { names, bound } = reference;
    const cells = new Float64Array(names.length);
    const fill = ({ inputs }: InputRow): Float64Array => {
      names.forEach((name, i) => (cells[i] = numberOf(inputs[name])));
      return cells;
    };
    const squares = rows.map((row) => distance.squared(fill(row)));
    const apart = rows.filter((_, i) => (squares[i] as number) > bound);
    const farthest = Math.max(...squares);
    const worst = rows[squares.indexOf(farthest)];
    if (worst === undefined || apart.length === 0) return null;
    return this.#finding(apart, {
      feature: null,
      value: Math.sqrt(farthest),
      expected: Math.sqrt(bound),
      evidence: {
        method: 'mahalanobis',
        score: farthest,
        threshold: bound,
        rows: apart.length,
        parts: topParts(names, distance.parts(fill(worst)), farthest),
      },
    });
  }

  #finding(rows: readonly InputRow[], figures: Figures): Finding | null {
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) return null;
    return {
      ...this.#options.concerned,
      ...figures,
      at: first.at,
      until: last.at,
      kind: 'input',
      predictionIds: rows.slice(-MOST_IDS).map(({ id }) => id),
    };
  }
}

function rangeOf(feature: ServedFeature): Range[] {
  if (feature.kind !== 'numeric' || feature.training === null) return [];
  const { min, max } = feature.training;
  return [{ feature: feature.name, min, max, seen: 0, outside: [] }];
}

const numberOf = (cell: unknown): number => (typeof cell === 'number' ? cell : Number.NaN);

/** How far outside, 0 inside; a missing number is inside. */
function beyondOf(cell: unknown, min: number, max: number): number {
  if (typeof cell !== 'number' || (cell >= min && cell <= max)) return 0;
  return cell < min ? min - cell : cell - max;
}

/** The rows that are outside a range, and how far the farthest is. */
function lookAt(
  { feature, min, max }: Range,
  rows: readonly InputRow[],
): { readonly outside: readonly InputRow[]; readonly farthest: number } {
  const outside: InputRow[] = [];
  let farthest = 0;
  for (const row of rows) {
    const beyond = beyondOf(row.inputs[feature], min, max);
    if (beyond === 0) continue;
    outside.push(row);
    farthest = Math.max(farthest, beyond);
  }
  return { outside, farthest };
}

/** Shares of the squared distance, the greatest first. */
function topParts(
  names: readonly string[],
  parts: Float64Array,
  squared: number,
): Readonly<Record<string, number>> {
  const shares = names.map((name, i) => [name, (parts[i] as number) / (squared || 1)] as const);
  return Object.fromEntries(shares.sort(([, a], [, b]) => b - a).slice(0, TOP_PARTS));
}

/** P(at least k), with so many expected. */
export function poissonTail(k: number, expected: number): number {
  if (k === 0) return 1;
  if (expected === 0) return 0;
  let term = -expected;
  for (let i = 1; i <= k; i += 1) term += Math.log(expected / i);
  let sum = 0;
  for (let i = k; i < k + 1000; i += 1) {
    sum += Math.exp(term);
    term += Math.log(expected / (i + 1));
  }
  return Math.min(1, sum);
}
