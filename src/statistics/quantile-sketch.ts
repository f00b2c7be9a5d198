// Quantiles of positive values without the values: counts in buckets whose bounds grow by a constant factor, so that a quantile is known
// within 1 % of itself (DDSketch: Masson, Rim and Lee 2019). Count, sum and extremes are exact; sketches of parts add up to that of the whole.
import { Moments, type MomentsJson } from './moments.ts';

/** Of a quantile, relative. */
export const SKETCH_ERROR = 0.01;

const FACTOR = (1 + SKETCH_ERROR) / (1 - SKETCH_ERROR);
const PER_LOG = 1 / Math.log(FACTOR);
/** Values outside count in the outermost buckets; of milliseconds that is from a nanosecond to thirty years. */
const SMALLEST = 1e-6;
const LARGEST = 1e12;
const LOWEST_BUCKET = Math.ceil(Math.log(SMALLEST) * PER_LOG);
const HIGHEST_BUCKET = Math.ceil(Math.log(LARGEST) * PER_LOG);
/** Buckets of room beside a new one: neighbours come next. */
const ROOM = 64;
const MOMENTS = 5;

export class QuantileSketch extends Moments {
  /** Of the buckets from `#low` on; bucket i holds the values in (FACTOR^(i - 1), FACTOR^i]. */
  #counts = new Float64Array(0);
  #low = 0;

  static override from(json: MomentsJson): QuantileSketch {
    const sketch = new QuantileSketch();
    sketch.read(json);
    return sketch;
  }

  override add(value: number, times = 1): void {
    super.add(value, times);
    this.#count(bucketOf(value), times);
  }

  override merge(other: QuantileSketch): void {
    super.merge(other);
    const [first, end] = other.#used();
    if (first === end) return;
    this.#makeRoom(other.#low + first, other.#low + end);
    const shift = other.#low - this.#low;
    for (let i = first; i < end; i += 1)
      this.#counts[i + shift] = (this.#counts[i + shift] as number) + (other.#counts[i] as number);
  }

  /**
   * The smallest value that at least a share p of the values, 0 < p <= 1, do not exceed (nearest rank), within SKETCH_ERROR; the smallest
   * and the largest of all exactly. null for no values.
   */
  quantile(p: number): number | null {
    const { min, max } = this;
    if (min === null || max === null) return null;
    let left = Math.ceil(p * this.count);
    if (left <= 1) return min;
    if (left >= this.count) return max;
    let i = 0;
    while (i < this.#counts.length - 1 && left > (this.#counts[i] as number)) {
      left -= this.#counts[i] as number;
      i += 1;
    }
    // As far, relatively, from the lower bound of the bucket as from the upper.
    const value = (2 * FACTOR ** (this.#low + i)) / (FACTOR + 1);
    return Math.min(max, Math.max(min, value));
  }

  /** After the moments: the first bucket and the counts from it on, where -n stands for n empty buckets. */
  override toJSON(): MomentsJson {
    const json = [...super.toJSON()];
    const [first, end] = this.#used();
    if (first === end) return json;
    json.push(this.#low + first);
    for (let i = first; i < end; i += 1) {
      const start = i;
      while (this.#counts[i] === 0) i += 1;
      if (i > start) json.push(start - i);
      json.push(this.#counts[i] as number);
    }
    return json;
  }

  protected override read(json: MomentsJson): void {
    super.read(json);
    const low = json[MOMENTS];
    if (low === undefined || low === null) return;
    let length = 0;
    for (let i = MOMENTS + 1; i < json.length; i += 1) length += Math.max(1, -(json[i] ?? 0));
    const counts = new Float64Array(length);
    for (let i = MOMENTS + 1, at = 0; i < json.length; i += 1) {
      const entry = json[i] ?? 0;
      if (entry < 0) at -= entry;
      else counts[at++] = entry;
    }
    this.#low = low;
    this.#counts = counts;
  }

  #count(bucket: number, times: number): void {
    let at = bucket - this.#low;
    if (at < 0 || at >= this.#counts.length) {
      this.#makeRoom(bucket, bucket + 1);
      at = bucket - this.#low;
    }
    this.#counts[at] = (this.#counts[at] as number) + times;
  }

  /** For the buckets from `from` to before `to`. */
  #makeRoom(from: number, to: number): void {
    const counts = this.#counts;
    const isEmpty = counts.length === 0;
    const end = this.#low + counts.length;
    if (!isEmpty && from >= this.#low && to <= end) return;
    const low = isEmpty ? from - ROOM : Math.min(this.#low, from - ROOM);
    const high = isEmpty ? to + ROOM : Math.max(end, to + ROOM);
    const grown = new Float64Array(high - low);
    if (!isEmpty) grown.set(counts, this.#low - low);
    this.#counts = grown;
    this.#low = low;
  }

  /** Where the counts begin and end that are not 0; both the same where there is none. */
  #used(): readonly [number, number] {
    const counts = this.#counts;
    let end = counts.length;
    while (end > 0 && counts[end - 1] === 0) end -= 1;
    let first = 0;
    while (first < end && counts[first] === 0) first += 1;
    return [first, end];
  }
}

function bucketOf(value: number): number {
  if (!(value > SMALLEST)) return LOWEST_BUCKET;
  return value < LARGEST ? Math.ceil(Math.log(value) * PER_LOG) : HIGHEST_BUCKET;
}
