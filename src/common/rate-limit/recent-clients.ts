// What is known of each client that came of late, in memory that is bounded. Two generations: whoever comes moves to the young one, and the old
// one is dropped whole, so that no entry needs a timer or a place in a queue.

/** Of one generation: a bound on memory (some 100 bytes each), not a tuning knob. Above it those who came last are remembered. */
const MOST_CLIENTS = 100_000;

export class RecentClients<Entry> {
  #young = new Map<string, Entry>();
  #old = new Map<string, Entry>();
  #youngSince: number;

  /** Forgets nobody who came within `keepMs`, unless there are too many. `make`: what is known of a client who comes now. */
  constructor(
    private readonly keepMs: number,
    private readonly make: (now: number) => Entry,
    now: number,
    private readonly most = MOST_CLIENTS,
  ) {
    this.#youngSince = now;
  }

  /** Of one who is known no allocation, but for the move once a generation. */
  get(client: string, now: number): Entry {
    if (now - this.#youngSince >= this.keepMs || this.#young.size >= this.most) this.#age(now);
    const known = this.#young.get(client);
    if (known !== undefined) return known;
    const entry = this.#old.get(client) ?? this.make(now);
    this.#young.set(client, entry);
    return entry;
  }

  #age(now: number): void {
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngSince = now;
  }
}
