// What-if over one feature: which values to try in its place, and what the probabilities say.
import { rowOf, type Feature, type Row, type Value } from './features.ts';

/** Enough for a curve as wide as the page, few enough to answer at once. */
const STEPS = 40;
/** A model from elsewhere tells no range: so far around the present value, as a share of it. */
const AROUND = 0.5;
/** From so many equal neighbours on, the curve goes by steps, as those of trees do. */
const FLAT_SHARE = 0.3;

export interface CurvePoint {
  readonly value: Value;
  readonly label: string;
  readonly probability: number;
}

/** The values of training from the least to the greatest, and the present one; every category; null last where a value may be missing. */
export function valuesToTry(feature: Feature, present: Value): readonly Value[] {
  const values: readonly Value[] =
    feature.kind === 'categorical'
      ? (feature.categories ?? [])
      : numbersToTry(feature, typeof present === 'number' ? present : null);
  return feature.nullable ? [...values, null] : values;
}

function numbersToTry({ min, max, range }: Feature, present: number | null): readonly number[] {
  const centre = present ?? 0;
  const reach = Math.abs(centre) * AROUND || 1;
  const least = Math.max(min ?? centre - reach, range?.min ?? -Infinity);
  const most = Math.min(max ?? centre + reach, range?.max ?? Infinity);
  const low = Math.min(least, present ?? least);
  const high = Math.max(most, present ?? most);
  const digits = digitsFor((high - low) / STEPS);
  const steps = Array.from({ length: STEPS + 1 }, (_, i) =>
    i === 0 ? low : i === STEPS ? high : rounded(low + ((high - low) * i) / STEPS, digits),
  ).filter((value) => value >= low && value <= high);
  return [...new Set(present === null ? steps : [...steps, present])].sort((a, b) => a - b);
}

/** Two digits more than tell two steps apart. */
const digitsFor = (step: number): number =>
  step > 0 ? Math.min(15, Math.max(0, 1 - Math.floor(Math.log10(step)))) : 15;

const rounded = (value: number, digits: number): number => Number(value.toFixed(digits));

export const rowsWith = (row: Row, name: string, values: readonly Value[]): readonly Row[] =>
  values.map((value) => rowOf([...Object.entries(row), [name, value]]));

export function isStepped(points: readonly CurvePoint[]): boolean {
  const flat = points.filter(({ probability }, i) => probability === points[i - 1]?.probability);
  return points.length > 1 && flat.length / (points.length - 1) >= FLAT_SHARE;
}
