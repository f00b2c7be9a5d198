// A part of the live view that changes rarely: read again when what it depends on changes, or when it has become old.

export class Kept<T> {
  #last: { readonly key: unknown; readonly at: number; readonly value: T } | null = null;

  constructor(private readonly keptMs = Infinity) {}

  /** What `read` answered last for this key, or what it answers now. Throws what it throws; the next call tries again. */
  async get(key: unknown, now: number, read: () => Promise<T>): Promise<T> {
    const last = this.#last;
    if (last !== null && last.key === key && now - last.at < this.keptMs && now >= last.at)
      return last.value;
    const value = await read();
    this.#last = { key, at: now, value };
    return value;
  }
}
