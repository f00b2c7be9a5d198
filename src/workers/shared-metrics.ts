// GET /metrics for all workers: whichever is asked, the primary asks them all and adds up.
import { setTimeout as sleep } from 'node:timers/promises';
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client';
import { GatheredMetrics, type MetricSnapshot } from './gathered-metrics.ts';
import type { Peer } from './peer.ts';

/** How long a worker is waited for; one that is busy for longer stands with what it last counted. Well below Prometheus' ten seconds. */
const PATIENCE_MS = 2000;

export class SharedMetrics {
  readonly #workers = new Set<Peer>();
  readonly #gathered = new GatheredMetrics<Peer>();
  readonly #own = new Registry();
  readonly #exits = new Counter({
    name: 'worker_exits_total',
    help: 'Server processes that ended while the server runs, and were replaced.',
    registers: [this.#own],
  });

  constructor() {
    collectDefaultMetrics({ register: this.#own });
    const workers = this.#workers;
    new Gauge({
      name: 'workers',
      help: 'Server processes that answer requests.',
      registers: [this.#own],
      collect() {
        this.set(workers.size);
      },
    });
  }

  serve(worker: Peer): void {
    worker.answer('scrape', () => this.#scrape());
    worker.answer('leave', (snapshot: MetricSnapshot) => {
      this.#gathered.seen(worker, snapshot);
    });
  }

  /** The worker answers requests now. */
  listens(worker: Peer): void {
    this.#workers.add(worker);
  }

  async gone(worker: Peer): Promise<void> {
    this.#workers.delete(worker);
    this.#exits.inc();
    await this.#gathered.gone(worker);
  }

  async #scrape(): Promise<string> {
    const late = new AbortController();
    await Promise.race([
      Promise.all([...this.#workers].map((worker) => this.#look(worker))),
      sleep(PATIENCE_MS, null, { signal: late.signal }).catch(() => null),
    ]);
    late.abort();
    return this.#gathered.text((await this.#own.getMetricsAsJSON()) as unknown as MetricSnapshot);
  }

  async #look(worker: Peer): Promise<void> {
    const snapshot = await worker.ask('metrics').catch(() => null);
    if (snapshot !== null && this.#workers.has(worker))
      this.#gathered.seen(worker, snapshot as MetricSnapshot);
  }
}
