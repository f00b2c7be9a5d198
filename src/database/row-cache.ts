// Rows that every request needs (its user, its session, its key), read from the database at most once a second per process.
// The price: what another server revokes is refused here up to one second later; what this process revokes, at once, and what another
// worker of this server does, too (shared-row-cache.ts).

/** How old a row may be. */
export const FRESH_MS = 1000;
/** Above this many rows the cache starts anew; a bound on memory, not a tuning knob. */
const CAPACITY = 10_000;

interface Entry<Row> {
  readonly row: Promise<Row | null>;
  readonly staleAt: number;
  /** The row once it is read. */
  read: Row | null;
}

export class RowCache<Row> {
  private readonly entries = new Map<string, Entry<Row>>();

  constructor(
    private readonly load: (id: string) => Promise<Row | null>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get(id: string): Promise<Row | null> {
    const known = this.entries.get(id);
    if (known !== undefined && this.now() < known.staleAt) return known.row;
    const row = this.load(id);
    // A read under way is shared, and forget() drops it too: it may have seen the row as it was before the change.
    const entry: Entry<Row> = { row, staleAt: this.now() + FRESH_MS, read: null };
    if (this.entries.size >= CAPACITY) this.entries.clear();
    this.entries.set(id, entry);
    const drop = (): void => {
      if (this.entries.get(id) === entry) this.entries.delete(id);
    };
    row.then((found) => {
      if (found === null) drop();
      else entry.read = found;
    }, drop);
    return row;
  }

  /** The row if it is at hand, without a turn of the event loop; else undefined, and get() has to be asked. */
  peek(id: string): Row | undefined {
    const known = this.entries.get(id);
    if (known === undefined || known.read === null || this.now() >= known.staleAt) return undefined;
    return known.read;
  }

  /** Call after a change is written: the next get reads it. */
  forget(id: string): void {
    this.entries.delete(id);
  }
}
