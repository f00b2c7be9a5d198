// node:cluster forgets a connection that was on its way to a worker which died before it took it: the primary keeps it open and its client
// waits for ever. Here it is closed, as all others of that worker are.
import type { ChildProcess } from 'node:child_process';

/** The primary's copy of a connection; closing it twice does nothing. */
interface Handle {
  close(): void;
}

export class LostConnections {
  /** Whom each worker was handed last: one connection at a time is on its way to each. */
  readonly #last = new Map<ChildProcess, Handle>();

  /** Call before the worker is given its first connection. */
  watch(worker: ChildProcess): void {
    const send = worker.send.bind(worker) as (...args: unknown[]) => boolean;
    worker.send = (...args: unknown[]): boolean => {
      if (isConnection(args)) this.#handed(worker, args[1]);
      return send(...args);
    };
    worker.once('exit', (code) => {
      // One that ended in good order has given back what it did not take.
      if (code !== 0) this.#last.get(worker)?.close();
      this.#last.delete(worker);
    });
  }

  /** A connection that one worker gave back is another one's. */
  #handed(worker: ChildProcess, handle: Handle): void {
    for (const [other, last] of this.#last) if (last === handle) this.#last.delete(other);
    this.#last.set(worker, handle);
  }
}

/** As node:cluster sends a connection since it exists. */
function isConnection(args: readonly unknown[]): args is [message: unknown, handle: Handle] {
  const [message, handle] = args as [{ readonly act?: unknown } | null, unknown];
  return message?.act === 'newconn' && typeof handle === 'object' && handle !== null;
}
