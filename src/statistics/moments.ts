// How many values there were, their sum, mean and extremes, kept without the values; those of parts add up to those of the whole.

/** [count, sum, rest of the sum, min, max]; a sketch appends what it keeps beside them. */
export type MomentsJson = readonly (number | null)[];

export class Moments {
  #count = 0;
  /** The sum is `#sum + #rest`: what rounding takes from the one is kept in the other, so that no order of adding up changes its digits. */
  #sum = 0;
  #rest = 0;
  #min = Infinity;
  #max = -Infinity;

  static from(json: MomentsJson): Moments {
    const moments = new Moments();
    moments.read(json);
    return moments;
  }

  get count(): number {
    return this.#count;
  }

  get sum(): number {
    return this.#sum + this.#rest;
  }

  /** null, like those below, for no values. */
  get min(): number | null {
    return this.#count === 0 ? null : this.#min;
  }

  get max(): number | null {
    return this.#count === 0 ? null : this.#max;
  }

  get mean(): number | null {
    return this.#count === 0 ? null : this.sum / this.#count;
  }

  /** A finite value, `times` times. */
  add(value: number, times = 1): void {
    if (times === 0) return;
    this.#count += times;
    this.#addToSum(value * times);
    if (value < this.#min) this.#min = value;
    if (value > this.#max) this.#max = value;
  }

  merge(other: Moments): void {
    this.#count += other.#count;
    this.#addToSum(other.#sum);
    this.#rest += other.#rest;
    if (other.#min < this.#min) this.#min = other.#min;
    if (other.#max > this.#max) this.#max = other.#max;
  }

  toJSON(): MomentsJson {
    return [this.#count, this.#sum, this.#rest, this.min, this.max];
  }

  protected read([count, sum, rest, min, max]: MomentsJson): void {
    this.#count = count ?? 0;
    this.#sum = sum ?? 0;
    this.#rest = rest ?? 0;
    this.#min = min ?? Infinity;
    this.#max = max ?? -Infinity;
  }

  /** Knuth's TwoSum (The Art of Computer Programming, volume 2, 4.2.2): the rounding error of an addition is itself a double. */
  #addToSum(value: number): void {
    const sum = this.#sum + value;
    const taken = sum - this.#sum;
    this.#rest += this.#sum - (sum - taken) + (value - taken);
    this.#sum = sum;
  }
}
