// Fewer options of each feature, where all would be too many together: those that bring most for what they cost.
import type { Option } from './adjustable.ts';
import { countChanges } from './changes.ts';

/** How far an option alone goes towards the target label; greater is further. */
export type Gain = (option: Option) => number;

/** So many of a list, its last among them, at equal steps. */
export function evenly<T>(list: readonly T[], count: number): readonly T[] {
  if (count >= list.length) return list;
  if (count <= 1) return list.slice(list.length - count);
  const step = (list.length - 1) / (count - 1);
  return Array.from({ length: count }, (_, i) => list[Math.round(i * step)] as T);
}

/** As many options of each feature as leave at most `most` changes of `size` features; null where one of each is too many. */
export function fewerOptions(
  features: readonly (readonly Option[])[],
  size: number,
  most: number,
  gain: Gain,
): readonly (readonly Option[])[] | null {
  let each = Math.max(...features.map(({ length }) => length));
  while (
    each > 0 &&
    countChanges(
      features.map(({ length }) => Math.min(length, each)),
      size,
    ) > most
  )
    each -= 1;
  return each === 0 ? null : features.map((options) => bestOf(options, each, gain));
}

/**
 * Of options by rising cost first those that no cheaper one surpasses: of a sum of effects of single features, the cheapest change that crosses is
 * made of them. Where the effects are joint, any option may matter: the rest is filled from all.
 */
export function bestOf(options: readonly Option[], count: number, gain: Gain): readonly Option[] {
  if (options.length <= count) return options;
  const front: Option[] = [];
  let best = -Infinity;
  for (const option of options) {
    if (gain(option) <= best) continue;
    best = gain(option);
    front.push(option);
  }
  // As much as float32 tells: of equally good ones the dearest may go furthest.
  const furthest = options.findLast((option) => gain(option) === best);
  if (furthest !== undefined && furthest !== front.at(-1)) front.push(furthest);
  const chosen = new Set(evenly(front, count));
  const others = options.filter((option) => !chosen.has(option));
  if (chosen.size < count)
    for (const option of evenly(others, count - chosen.size)) chosen.add(option);
  return options.filter((option) => chosen.has(option));
}
