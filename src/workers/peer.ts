// Questions and answers between two processes over the channel that they have: either side asks the other by the name of a question.
import { messageOf } from '../common/errors.ts';
import type { Handler } from '../common/siblings.ts';

/** One end of a channel: a child as its parent sees it, or the other way round. */
export interface Channel {
  send(message: unknown, sent: (error: Error | null) => void): unknown;
  on(event: 'message', received: (message: unknown) => void): unknown;
  on(event: 'disconnect', closed: () => void): unknown;
}

/** What went wrong on the other side, or that there is no other side any more. */
export class PeerError extends Error {
  override readonly name = 'PeerError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: PeerError) => void;
}

interface Asked {
  readonly peer: 'asks';
  readonly id: number;
  readonly question: string;
  readonly body: unknown;
}

interface Answered {
  readonly peer: 'answers';
  readonly id: number;
  readonly body?: unknown;
  readonly error?: { readonly code: string; readonly message: string };
}

export class Peer {
  readonly #channel: Channel;
  readonly #handlers = new Map<string, Handler>();
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #closed = false;

  constructor(channel: Channel) {
    this.#channel = channel;
    channel.on('message', (message) => {
      this.#receive(message as Partial<Asked | Answered>);
    });
    channel.on('disconnect', () => {
      this.#close();
    });
  }

  /** Says how a question of the other side is answered. */
  answer(question: string, handler: Handler): void {
    this.#handlers.set(question, handler);
  }

  /** The answer of this side to its own question. */
  async respond(question: string, body?: unknown): Promise<unknown> {
    const handler = this.#handlers.get(question);
    if (handler === undefined)
      throw new PeerError('NOT_ANSWERED', `nobody answers the question ${question} here`);
    return await handler(body as never);
  }

  /** Rejects with a PeerError: what the other side threw, or that it is gone. There is no bound in time. */
  ask(question: string, body?: unknown): Promise<unknown> {
    if (this.#closed) return Promise.reject(gone());
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#send({ peer: 'asks', id, question, body }, () => {
        if (this.#waiting.delete(id)) reject(gone());
      });
    });
  }

  #receive(message: Partial<Asked | Answered>): void {
    if (message.peer === 'asks') void this.#reply(message as Asked);
    if (message.peer === 'answers') this.#settle(message as Answered);
  }

  async #reply({ id, question, body }: Asked): Promise<void> {
    const answer: Answered = await this.respond(question, body).then(
      (result) => ({ peer: 'answers', id, body: result }),
      (error: unknown) => {
        const { code } = error as { code?: unknown };
        const named = typeof code === 'string' ? code : 'UNKNOWN';
        return { peer: 'answers', id, error: { code: named, message: messageOf(error) } };
      },
    );
    // Who asked and is gone wants no answer.
    this.#send(answer, () => {});
  }

  #settle({ id, body, error }: Answered): void {
    const waiting = this.#waiting.get(id);
    if (waiting === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(body);
    else waiting.reject(new PeerError(error.code, error.message));
  }

  /** Without a callback, a channel that is closed would end the process with an error event. */
  #send(message: Asked | Answered, failed: () => void): void {
    this.#channel.send(message, (error) => {
      if (error !== null) failed();
    });
  }

  #close(): void {
    this.#closed = true;
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
  }
}

/** The system's own word for it, so that who waits for an answer hears of an outage. */
const gone = (): PeerError => new PeerError('EPIPE', 'the other process is gone');
