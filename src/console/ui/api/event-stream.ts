// Server-sent events read over fetch, which can send the session's token as EventSource cannot: taken up again where they broke off, soon at
// first and then less and less often.
import { createParser } from 'eventsource-parser';
import { problemOf, ProblemError, UnreachableError } from './problem.ts';

export interface StreamEvent {
  readonly name: string;
  readonly data: string;
}

export type StreamState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'live' }
  /** `since`: epoch milliseconds of the first failure in a row; `error`: that failure, null where the line just ended. */
  | { readonly kind: 'reconnecting'; readonly since: number; readonly error: unknown }
  /** The server refused in a way that asking again will not change. */
  | { readonly kind: 'ended'; readonly error: unknown };

export interface EventStreamOptions {
  readonly url: URL;
  /** Adds the token, a fresh one where the old one has ended. */
  readonly fetch: (url: URL, init: RequestInit) => Promise<Response>;
  readonly onEvent: (event: StreamEvent) => void;
  readonly onState: (state: StreamState) => void;
  /** A server says something every 15 seconds; a line that is silent for longer than this is dead. */
  readonly silenceMs?: number;
}

const FIRST_RETRY_MS = 3_000;
const LONGEST_RETRY_MS = 15_000;
const SILENCE_MS = 45_000;
/** Refusals that pass: too early, too much, not at the moment. */
const PASSING: readonly number[] = [408, 425, 429];

/** Answers how to stop; afterwards nothing more is told. */
export function openEventStream(options: EventStreamOptions): () => void {
  const stream = new EventStream(options);
  void stream.run();
  return () => {
    stream.stop();
  };
}

class EventStream {
  readonly #stopped = new AbortController();
  #retryMs = FIRST_RETRY_MS;
  #lastId = '';
  #failures = 0;
  #told: StreamState['kind'] | null = null;

  constructor(private readonly options: EventStreamOptions) {}

  stop(): void {
    this.#stopped.abort();
  }

  async run(): Promise<void> {
    this.tell({ kind: 'connecting' });
    while (!this.#stopped.signal.aborted) {
      const began = Date.now();
      let failure: unknown = null;
      try {
        await this.readOnce();
        // Ended in order after a while, as with the token that it was opened with: no fault to speak of.
        if (Date.now() - began > this.#retryMs) continue;
      } catch (error) {
        failure = error instanceof ProblemError ? error : new UnreachableError(error);
        if (error instanceof ProblemError && !passes(error.problem.status)) {
          this.tell({ kind: 'ended', error });
          return;
        }
      }
      this.tell({ kind: 'reconnecting', since: Date.now(), error: failure });
      await pause(waitOf(this.#retryMs, this.#failures), this.#stopped.signal);
      this.#failures += 1;
    }
  }

  private async readOnce(): Promise<void> {
    const connection = new AbortController();
    const end = (): void => {
      connection.abort();
    };
    this.#stopped.signal.addEventListener('abort', end);
    try {
      await this.readWith(connection);
    } finally {
      this.#stopped.signal.removeEventListener('abort', end);
      connection.abort();
    }
  }

  private async readWith(connection: AbortController): Promise<void> {
    const headers: Record<string, string> = { Accept: 'text/event-stream' };
    if (this.#lastId !== '') headers['Last-Event-ID'] = this.#lastId;
    const watch = watchdog(this.options.silenceMs ?? SILENCE_MS, connection);
    try {
      const response = await this.options.fetch(this.options.url, {
        headers,
        cache: 'no-store',
        signal: connection.signal,
      });
      if (!response.ok) throw new ProblemError(problemOf(response.status, await bodyOf(response)));
      if (response.body === null) throw new UnreachableError('an answer without a body');
      await this.readBody(response.body.getReader(), watch.heard);
    } finally {
      watch.end();
    }
  }

  private async readBody(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    heard: () => void,
  ): Promise<void> {
    const text = new TextDecoder();
    const parser = createParser({
      onEvent: ({ id, event, data }) => {
        if (id !== undefined) this.#lastId = id;
        this.answered();
        if (!this.#stopped.signal.aborted) this.options.onEvent({ name: event ?? 'message', data });
      },
      onRetry: (retry) => {
        this.#retryMs = retry;
      },
    });
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      heard();
      parser.feed(text.decode(value, { stream: true }));
    }
  }

  /** An event, and not the mere connection, shows that the server is back: a proxy before it connects too. */
  private answered(): void {
    if (this.#told === 'live') return;
    this.#failures = 0;
    this.tell({ kind: 'live' });
  }

  /** The same state is told once. */
  private tell(state: StreamState): void {
    if (this.#stopped.signal.aborted || state.kind === this.#told) return;
    this.#told = state.kind;
    this.options.onState(state);
  }
}

const passes = (status: number): boolean => status >= 500 || PASSING.includes(status);

const waitOf = (retryMs: number, failures: number): number =>
  Math.min(LONGEST_RETRY_MS, retryMs * 2 ** Math.min(failures, 10));

async function bodyOf(response: Response): Promise<unknown> {
  try {
    return (await response.json()) as unknown;
  } catch {
    return null;
  }
}

function watchdog(
  silenceMs: number,
  connection: AbortController,
): { readonly heard: () => void; readonly end: () => void } {
  const bark = (): void => {
    connection.abort();
  };
  let timer = setTimeout(bark, silenceMs);
  return {
    heard: () => {
      clearTimeout(timer);
      timer = setTimeout(bark, silenceMs);
    },
    end: () => {
      clearTimeout(timer);
    },
  };
}

/** Ends early when the stream is stopped. */
const pause = (ms: number, stopped: AbortSignal): Promise<void> =>
  new Promise((go) => {
    if (stopped.aborted) {
      go();
      return;
    }
    const end = (): void => {
      clearTimeout(timer);
      stopped.removeEventListener('abort', end);
      go();
    };
    const timer = setTimeout(end, ms);
    stopped.addEventListener('abort', end);
  });
