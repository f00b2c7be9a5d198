// The other workers, as one of them reaches them: by way of the primary.
import { Siblings, Topics, type Handler, type Primary } from '../common/siblings.ts';
import type { Peer } from './peer.ts';
import type { Kept, Told } from './relay.ts';

export class WorkerSiblings extends Siblings {
  readonly #topics = new Topics();
  /** What all agree on, by topic. */
  readonly #agreed = new Map<string, unknown>();
  readonly #starts: (() => void)[] = [];
  #appointed = false;

  private constructor(readonly primary: Primary) {
    super();
    primary.answer('told', (told: Told) => this.#told(told));
    primary.answer('appoint', () => {
      this.#appointed = true;
      for (const start of this.#starts.splice(0)) start();
    });
  }

  /** From here on this worker hears what the others tell, and what they agreed on before. */
  static async join(primary: Peer): Promise<WorkerSiblings> {
    const siblings = new WorkerSiblings(primary);
    // What was agreed on since the answer left is newer than the answer.
    for (const [topic, state] of (await primary.ask('join')) as Kept)
      if (!siblings.#agreed.has(topic)) siblings.#agreed.set(topic, state);
    return siblings;
  }

  on(topic: string, handler: Handler): void {
    this.#topics.on(topic, handler);
    if (this.#agreed.has(topic)) handler(this.#agreed.get(topic) as never);
  }

  async tell(topic: string, message: unknown, withinMs: number): Promise<void> {
    // Without a primary there are no others: they end as this process does.
    await this.primary.ask('tell', { topic, message, withinMs }).catch(() => null);
  }

  async agree(topic: string, state: unknown, withinMs: number): Promise<void> {
    await this.primary.ask('agree', { topic, message: state, withinMs });
  }

  whenAppointed(start: () => void): void {
    if (this.#appointed) start();
    else this.#starts.push(start);
  }

  async #told({ topic, message, agreed }: Told): Promise<void> {
    if (agreed) this.#agreed.set(topic, message);
    await this.#topics.dispatch(topic, message);
  }
}
