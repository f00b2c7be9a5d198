// Passes on, in the primary, what one worker tells all others, and keeps what they agree on for those who start later.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Peer } from './peer.ts';

/** What a worker says to others. */
export interface Telling {
  readonly topic: string;
  readonly message: unknown;
  /** How long a worker is waited for. */
  readonly withinMs: number;
}

/** What a worker hears from others. */
export interface Told {
  readonly topic: string;
  readonly message: unknown;
  /** A state that all agree on, not a message that passes. */
  readonly agreed: boolean;
}

/** The last state of each topic on which all agree. */
export type Kept = readonly (readonly [topic: string, state: unknown])[];

export class Relay {
  readonly #joined = new Set<Peer>();
  readonly #kept = new Map<string, unknown>();

  /** Answers what a worker has to say; it hears of others once it has joined. */
  serve(worker: Peer): void {
    worker.answer('join', (): Kept => {
      this.#joined.add(worker);
      return [...this.#kept];
    });
    worker.answer('tell', ({ topic, message, withinMs }: Telling) => {
      const others = [...this.#joined].filter((each) => each !== worker);
      return tell(others, { topic, message, agreed: false }, withinMs);
    });
    worker.answer('agree', (telling: Telling) => this.agree(telling));
  }

  /** Resolves when all have handled it, or `withinMs` is up. */
  agree({ topic, message, withinMs }: Telling): Promise<void> {
    this.#kept.set(topic, message);
    // In one turn of this event loop: every channel has the states of a topic in the same order.
    return tell([...this.#joined], { topic, message, agreed: true }, withinMs);
  }

  /** Of a worker that is gone. */
  leave(worker: Peer): void {
    this.#joined.delete(worker);
  }
}

/** Resolves when all have handled it, or are gone, or the time is up. */
async function tell(workers: readonly Peer[], told: Told, withinMs: number): Promise<void> {
  const answered = Promise.allSettled(workers.map((worker) => worker.ask('told', told)));
  const enough = new AbortController();
  const late = sleep(withinMs, null, { signal: enough.signal }).catch(() => null);
  await Promise.race([answered, late]);
  enough.abort();
}
