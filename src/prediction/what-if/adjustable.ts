// What one feature of a row may become: the values tried in its place, what each costs, and how close to the row's own value it can come.
import { shortestDecimal } from '../../features/as-seen.ts';
import type { RawValue, ServedFeature } from '../../features/feature-spec.ts';
import type { FeatureReference } from '../../model/model-bundle.ts';
import { FLOAT32, LARGEST_WHOLE, WHOLE_NUMBERS, type NumberLine } from './number-line.ts';

/** One value in place of the row's. */
export interface Option {
  readonly column: number;
  readonly cell: number;
  readonly cost: number;
}

/** One option each of some features, in the order of the features. */
export type Change = readonly Option[];

/** Which way a number may go: up, down, or both. */
export interface Ways {
  readonly up: boolean;
  readonly down: boolean;
}

export interface Adjustable {
  readonly name: string;
  readonly column: number;
  /** The row's own, NaN where it is missing. */
  readonly cell: number;
  readonly from: RawValue;
  /** By rising cost. */
  readonly options: readonly Option[];
  /** Between the row's own value and an option, what a number may be; null where there is no between. */
  readonly between: {
    readonly line: NumberLine;
    readonly low: number;
    readonly high: number;
  } | null;
  optionAt(cell: number): Option;
  /** What a caller sends for the cell. */
  valueOf(cell: number): number | string;
  /** The share of the distance between rows: 1 for a category or for a value that was missing. */
  distanceTo(value: number | string): number;
}

export interface RowValue {
  readonly column: number;
  readonly cell: number;
  readonly from: RawValue;
}

/** `options` is empty where no other value is allowed. */
export function adjustable(
  feature: ServedFeature,
  reference: FeatureReference | undefined,
  value: RowValue,
  ways: Ways,
): Adjustable {
  return feature.kind === 'categorical'
    ? category(feature, value)
    : number(feature, reference?.kind === 'numeric' ? reference : null, value, ways);
}

function category(
  { name, categories }: Extract<ServedFeature, { kind: 'categorical' }>,
  { column, cell, from }: RowValue,
): Adjustable {
  const own = Number.isNaN(cell) ? null : (categories[cell] ?? from);
  const optionAt = (code: number): Option => ({ column, cell: code, cost: 1 });
  return Object.freeze({
    name,
    column,
    cell,
    from: own,
    options: [...categories.keys()].filter((code) => code !== cell).map(optionAt),
    between: null,
    optionAt,
    valueOf: (code: number) => categories[code] ?? '',
    distanceTo: () => 1,
  });
}

function number(
  feature: Extract<ServedFeature, { kind: 'numeric' }>,
  reference: Extract<FeatureReference, { kind: 'numeric' }> | null,
  { column, cell, from }: RowValue,
  ways: Ways,
): Adjustable {
  const quantiles = reference?.quantiles ?? [];
  const whole = reference !== null && isWhole(reference);
  const { low, high } = boundsOf(feature, quantiles, whole);
  const scale = scaleOf(quantiles);
  const isMissing = Number.isNaN(cell);
  const distance = (to: number, origin: number): number =>
    isMissing || scale === 0 ? 1 : Math.abs(to - origin) / scale;
  const optionAt = (to: number): Option => ({ column, cell: to, cost: distance(to, cell) });
  const cells = gridOf(quantiles, whole)
    .filter((to) => to >= low && to <= high)
    .map(Math.fround)
    .filter((to) => to !== cell && isOnTheWay(to - cell, ways));
  // What was missing costs the same whatever it becomes: the most usual first.
  const centre = isMissing ? (quantiles[Math.floor(quantiles.length / 2)] ?? 0) : cell;
  return Object.freeze({
    name: feature.name,
    column,
    cell,
    from,
    options: [...new Set(cells)]
      .sort((a, b) => Math.abs(a - centre) - Math.abs(b - centre))
      .map(optionAt),
    between: isMissing
      ? null
      : {
          line: whole ? WHOLE_NUMBERS : FLOAT32,
          low: Math.fround(low),
          high: Math.fround(high),
        },
    optionAt,
    valueOf: (to: number) => Math.min(high, Math.max(low, shortestDecimal(to))),
    distanceTo: (to: number | string) => distance(Number(to), Number(from)),
  });
}

/** A missing value has no direction: it may become one only where any change is allowed. */
const isOnTheWay = (difference: number, { up, down }: Ways): boolean =>
  difference > 0 ? up : difference < 0 ? down : up && down;

const OPEN = { min: -Infinity, max: Infinity };

/** Within what training saw and within the declared domain. */
function boundsOf(
  { range, training }: Extract<ServedFeature, { kind: 'numeric' }>,
  quantiles: readonly number[],
  whole: boolean,
): { readonly low: number; readonly high: number } {
  const { min: trainedLow, max: trainedHigh } = training ?? OPEN;
  const { min = -Infinity, max = Infinity } = range ?? {};
  const low = Math.max(quantiles[0] ?? Infinity, trainedLow, min);
  const high = Math.min(quantiles.at(-1) ?? -Infinity, trainedHigh, max);
  return whole ? { low: Math.ceil(low), high: Math.floor(high) } : { low, high };
}

const gridOf = (quantiles: readonly number[], whole: boolean): readonly number[] =>
  whole ? quantiles.map(Math.round) : quantiles;

/**
 * Quantiles between two whole numbers are fractions of them; the ends and the bounds of the bins are values that training saw. One that did not
 * see a fraction is taken to know none.
 */
function isWhole({
  edges,
  quantiles,
}: Pick<Extract<FeatureReference, { kind: 'numeric' }>, 'edges' | 'quantiles'>): boolean {
  const seen = [...edges, quantiles[0] ?? 0, quantiles.at(-1) ?? 0];
  return seen.every((value) => Number.isInteger(value) && Math.abs(value) <= LARGEST_WHOLE);
}

/** The middle nine tenths of training; its range where they are one value; 0 where that is one, too. */
function scaleOf(quantiles: readonly number[]): number {
  const at = (share: number): number => quantiles[Math.round(share * (quantiles.length - 1))] ?? 0;
  return at(0.95) - at(0.05) || at(1) - at(0);
}
