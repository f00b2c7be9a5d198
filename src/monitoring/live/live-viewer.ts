// Somebody who watches: one open answer, written to as events come.
import type { ServerResponse } from 'node:http';
import type { Admission } from '../../common/access.ts';
import { AppError } from '../../common/errors.ts';

/** Waiting for one who does not read; the next event ends the stream. */
const MOST_WAITING_BYTES = 2 ** 20;
const ALIVE = Buffer.from(': alive\n\n');

export class LiveViewer {
  #wroteAt = performance.now();

  constructor(
    private readonly response: ServerResponse,
    private readonly admission: Admission,
  ) {}

  /** Calls back once, however the stream ends. */
  onEnd(left: () => void): void {
    if (this.response.closed || this.response.destroyed) left();
    else this.response.once('close', left);
  }

  /** Who cannot keep up is cut off: he comes back with the id of what he has. */
  send(event: Buffer): void {
    if (this.response.writableEnded || this.response.destroyed) return;
    if (this.response.writableLength > MOST_WAITING_BYTES) {
      this.response.destroy();
      return;
    }
    this.#wroteAt = performance.now();
    this.response.write(event);
  }

  /** Says that the stream lives where nothing else has for some time. */
  keepAlive(silentMs: number): void {
    if (performance.now() - this.#wroteAt >= silentMs) this.send(ALIVE);
  }

  /** Ends the stream where its credentials have ended. What cannot be asked now is asked again. */
  async expectAdmitted(): Promise<void> {
    try {
      await this.admission();
    } catch (error) {
      if (error instanceof AppError) this.end();
    }
  }

  /** At once, also where the last event waits for a client that does not read. */
  end(): void {
    if (this.response.writableLength > 0) this.response.destroy();
    else this.response.end();
  }
}
