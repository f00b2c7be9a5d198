// The metrics of all workers as those of one server. Counters of a worker that has gone stay in the sum: one that fell would be a reset.
import { AggregatorRegistry, type PrometheusContentType, type Registry } from 'prom-client';

interface MetricValue {
  readonly value: number;
  readonly labels: Readonly<Record<string, string | number>>;
  readonly metricName?: string;
}

/** A metric as getMetricsAsJSON() has it. prom-client's own type numbers the kinds that it spells out. */
export interface MetricState {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator?: string;
  readonly values: readonly MetricValue[];
}

/** All metrics of one process at one moment. */
export type MetricSnapshot = readonly MetricState[];

/** How the metrics of a process add up to those of a server, where prom-client's own choice hides what matters: a worker that is stuck, say. */
const AGGREGATORS: Readonly<Record<string, string>> = {
  process_start_time_seconds: 'min',
  process_max_fds: 'min',
  nodejs_eventloop_lag_seconds: 'max',
  nodejs_eventloop_lag_p90_seconds: 'max',
  nodejs_eventloop_lag_p99_seconds: 'max',
};

/** Adds up snapshots as each metric says: a sum, unless it says otherwise. */
export async function aggregate(snapshots: readonly MetricSnapshot[]): Promise<MetricSnapshot> {
  return (await addUp(snapshots).getMetricsAsJSON()) as unknown as MetricSnapshot;
}

/** What only grows, of a process that is gone. */
const remainsOf = (snapshot: MetricSnapshot): MetricSnapshot =>
  snapshot.filter(({ type }) => type === 'counter' || type === 'histogram');

/**
 * Of the departed, what still fits the living: a histogram that was begun anew with other bounds (the cut-off of another model) cannot
 * be continued.
 */
function fitting(departed: MetricSnapshot, living: readonly MetricSnapshot[]): MetricSnapshot {
  const bounds = new Map(living.flat().map((metric) => [metric.name, boundsOf(metric)]));
  return departed.filter((metric) => {
    const present = bounds.get(metric.name);
    return present === undefined || present === '' || present === boundsOf(metric);
  });
}

const boundsOf = ({ type, values }: MetricState): string =>
  type === 'histogram'
    ? [...new Set(values.map(({ labels }) => labels['le']))].filter((le) => le !== undefined).join()
    : '';

const addUp = (snapshots: readonly MetricSnapshot[]): Registry =>
  AggregatorRegistry.aggregate<PrometheusContentType>(
    snapshots.map((snapshot) =>
      snapshot.map((metric) => ({
        ...metric,
        aggregator: AGGREGATORS[metric.name] ?? metric.aggregator ?? 'sum',
      })),
    ),
  );

export class GatheredMetrics<Worker> {
  readonly #lastSeen = new Map<Worker, MetricSnapshot>();
  #departed: MetricSnapshot = [];

  /** What a worker counted so far. */
  seen(worker: Worker, snapshot: MetricSnapshot): void {
    this.#lastSeen.set(worker, snapshot);
  }

  /** A worker is gone; what it counted until it was last seen stays. */
  async gone(worker: Worker): Promise<void> {
    const last = this.#lastSeen.get(worker);
    if (!this.#lastSeen.delete(worker) || last === undefined) return;
    this.#departed = await aggregate([this.#departed, remainsOf(last)]);
  }

  /** As Prometheus reads them, with `own`: what the primary counts. */
  text(own: MetricSnapshot): Promise<string> {
    const living = [...this.#lastSeen.values(), own];
    return addUp([...living, fitting(this.#departed, living)]).metrics();
  }
}
