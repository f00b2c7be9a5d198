// The training rows that explanations compare an answer with.
import type { BackgroundName } from '../../src/explanation/additive-model.ts';
import type { Random } from '../../src/statistics/random.ts';

/** Of fewer rows a mean says more about them than about what is usual. */
const LEAST_ROWS = 20;

export interface Background {
  readonly name: BackgroundName;
  /** Ascending. */
  readonly rows: Int32Array;
}

/** All rows, or those with the favourable label, of which there must be enough. `favourable` [rows] */
export function backgroundOf(asked: BackgroundName, favourable: readonly boolean[]): Background {
  const all = Int32Array.from(favourable.keys());
  const chosen = all.filter((row) => favourable[row]);
  return asked === 'favourable' && chosen.length >= LEAST_ROWS
    ? { name: 'favourable', rows: chosen }
    : { name: 'training', rows: all };
}

/** At most so many of the rows, each as likely as the others, in their order. */
export function sampleOf(rows: Int32Array, most: number, random: Random): Int32Array {
  if (rows.length <= most) return rows;
  const drawn = rows.slice();
  random.shuffle(drawn);
  return drawn.slice(0, most).sort();
}
