// When a scheduled evaluation of the champion is due: soon after another version became champion, and from then on every DRIFT_EVERY.

/** How soon a new champion is seen. */
export const LOOK_MS = 2000;

export class Due {
  /** The last attempt: at which version, and when by performance.now(). */
  #last: { readonly version: string; readonly at: number } | null = null;

  constructor(private readonly everySeconds: number) {}

  /** true: the attempt is made now. */
  take(version: string): boolean {
    const now = performance.now();
    if (version === this.#last?.version && now - this.#last.at < this.everySeconds * 1000)
      return false;
    this.#last = { version, at: now };
    return true;
  }
}
