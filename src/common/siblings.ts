// PORT: the other processes that answer the same port (WORKERS above 1). Adapters: none of them here; over the primary process in workers/.

/** What each handles is known to both sides by the name of the topic. */
export type Handler = (message: never) => unknown;

/** The process that started this one and does for all what only one may do. */
export interface Primary {
  /** Rejects with what went wrong there, or that it is gone. */
  ask(question: string, body?: unknown): Promise<unknown>;
  /** Says how its questions are answered here. */
  answer(question: string, handler: Handler): void;
}

export abstract class Siblings {
  /** null: this process is the only one. */
  abstract readonly primary: Primary | null;

  /** Calls the handler with what another process tells, and with what all agree on: the last such state at once, where there is one. */
  abstract on(topic: string, handler: Handler): void;

  /**
   * Resolves when every other process has handled the message. One that takes longer than `withinMs` is not waited for. Never rejects:
   * a process that is gone needs to know nothing.
   */
  abstract tell(topic: string, message: unknown, withinMs: number): Promise<void>;

  /** As tell(), but to every process, this one too, and in the same order to all: of two who change a state at once the same one has the last word. */
  abstract agree(topic: string, state: unknown, withinMs: number): Promise<void>;

  /** Calls `start` in the one process that does what one must do: at once, later in place of one that died, or never. */
  abstract whenAppointed(start: () => void): void;
}

/** Handlers by topic. */
export class Topics {
  readonly #handlers = new Map<string, Handler[]>();

  on(topic: string, handler: Handler): void {
    const handlers = this.#handlers.get(topic);
    if (handlers === undefined) this.#handlers.set(topic, [handler]);
    else handlers.push(handler);
  }

  /** Resolves when all have handled it; rejects with the first that could not, when all have ended. */
  async dispatch(topic: string, message: unknown): Promise<void> {
    const handlers = this.#handlers.get(topic) ?? [];
    const ended = await Promise.allSettled(
      handlers.map(async (handler) => {
        await handler(message as never);
      }),
    );
    const failed = ended.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
  }
}

export class NoSiblings extends Siblings {
  readonly primary = null;
  readonly #topics = new Topics();

  on(topic: string, handler: Handler): void {
    this.#topics.on(topic, handler);
  }

  tell(): Promise<void> {
    return Promise.resolve();
  }

  agree(topic: string, state: unknown): Promise<void> {
    return this.#topics.dispatch(topic, state);
  }

  whenAppointed(start: () => void): void {
    start();
  }
}
