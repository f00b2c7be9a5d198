// The last events of a feed, as they were sent: who comes back with the id of one of them gets those that came after it.

/** Of one feed: some minutes of them. */
const MOST_BYTES = 2 ** 20;

export class EventMemory {
  #events: Buffer[] = [];
  #bytes = 0;
  /** Number of the last event there was. */
  #last = 0;

  /** `feed`: what no other feed, now or ever, has the ids begin with. */
  constructor(
    private readonly feed: string,
    private readonly mostBytes = MOST_BYTES,
  ) {}

  /** Of the last event; events are numbered from 1. */
  get lastId(): string {
    return this.#idOf(this.#last);
  }

  /** The event after all others, with its id, remembered. */
  add(name: string, data: string): Buffer {
    this.#last += 1;
    const event = eventOf(this.lastId, name, data);
    this.#events.push(event);
    this.#bytes += event.length;
    while (this.#bytes > this.mostBytes) this.#bytes -= this.#events.shift()?.length ?? 0;
    return event;
  }

  /** What came after the event with this id; null where it is not known what that was. */
  after(id: string): readonly Buffer[] | null {
    const number = Number(id.slice(this.feed.length + 1));
    const missed = this.#last - number;
    const isOurs = id === this.#idOf(number) && Number.isInteger(number) && number > 0;
    if (!isOurs || missed < 0 || missed > this.#events.length) return null;
    return missed === 0 ? [] : this.#events.slice(-missed);
  }

  #idOf(number: number): string {
    return `${this.feed}.${number}`;
  }
}

/** JSON has no line breaks of its own: one line of data. */
export const eventOf = (id: string, name: string, data: string): Buffer =>
  Buffer.from(`id: ${id}\nevent: ${name}\ndata: ${data}\n\n`);
