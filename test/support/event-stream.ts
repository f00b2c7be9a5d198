// A reader of server-sent events over real HTTP: one event after the other, as it was sent.

export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  /** JSON. */
  readonly data: string;
}

export class EventStream {
  #text = '';
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #decoder = new TextDecoder();
  readonly #abort: AbortController;

  private constructor(
    readonly response: Response,
    abort: AbortController,
  ) {
    if (response.body === null) throw new Error('the answer has no body');
    this.#reader = response.body.getReader() as ReadableStreamDefaultReader<Uint8Array>;
    this.#abort = abort;
  }

  /** Whatever the status is. */
  static async open(url: string, headers: Readonly<Record<string, string>>): Promise<EventStream> {
    const abort = new AbortController();
    return new EventStream(await fetch(url, { headers, signal: abort.signal }), abort);
  }

  /** Comments and the word of retry are left out. Throws where the stream ends instead. */
  async next(): Promise<StreamEvent> {
    for (;;) {
      const block = await this.block();
      if (block === null) throw new Error('the stream ended before the next event');
      const fields = new Map(
        block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line]),
      );
      const valueOf = (name: string): string | undefined =>
        fields.get(name)?.slice(name.length + 2);
      const data = valueOf('data');
      if (data !== undefined)
        return { id: valueOf('id') ?? '', event: valueOf('event') ?? '', data };
    }
  }

  /** The first event for which `isWanted` holds. */
  async until(isWanted: (event: StreamEvent) => boolean): Promise<StreamEvent> {
    for (;;) {
      const event = await this.next();
      if (isWanted(event)) return event;
    }
  }

  /** What stands between two empty lines; null at the end of the stream. */
  async block(): Promise<string | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n');
      if (end >= 0) {
        const block = this.#text.slice(0, end);
        this.#text = this.#text.slice(end + 2);
        return block;
      }
      const { done, value } = await this.#reader.read();
      if (done) return null;
      this.#text += this.#decoder.decode(value, { stream: true });
    }
  }

  /** Resolves when the server has ended the stream. */
  async ended(): Promise<void> {
    while ((await this.block().catch(() => null)) !== null);
  }

  leave(): void {
    this.#abort.abort();
  }
}
