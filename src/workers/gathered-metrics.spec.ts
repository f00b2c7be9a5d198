// The metrics of several processes as those of one server, over prom-client's own registries.
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { GatheredMetrics, type MetricSnapshot } from './gathered-metrics.ts';

const NOTHING: MetricSnapshot = [];

/** A process with one metric of each kind. */
class Process {
  readonly registry = new Registry();
  readonly answered: Counter<'outcome'>;
  readonly inFlight: Gauge;
  readonly info: Gauge<'version'>;
  readonly scores: Histogram;

  constructor(bounds: number[] = [0.5]) {
    const registers = [this.registry];
    const metric = (name: string) => ({ name, help: `The ${name}.`, registers });
    this.answered = new Counter({ ...metric('answered_total'), labelNames: ['outcome'] });
    this.inFlight = new Gauge(metric('in_flight'));
    this.info = new Gauge({ ...metric('info'), labelNames: ['version'], aggregator: 'max' });
    this.scores = new Histogram({ ...metric('scores'), buckets: bounds });
  }

  /** As it crosses to the primary: a copy. */
  async snapshot(): Promise<MetricSnapshot> {
    const metrics = await this.registry.getMetricsAsJSON();
    return JSON.parse(JSON.stringify(metrics)) as MetricSnapshot;
  }
}

/** The sample lines of a metric. */
const lines = (text: string, name: string): string[] =>
  text.split('\n').filter((line) => line.startsWith(name));

async function gathered(...processes: Process[]): Promise<GatheredMetrics<Process>> {
  const metrics = new GatheredMetrics<Process>();
  for (const each of processes) metrics.seen(each, await each.snapshot());
  return metrics;
}

describe('metrics of several processes', () => {
  it('are sums, series by series, and the maximum where a metric says so', async () => {
    const [one, two] = [new Process(), new Process()];
    one.answered.inc({ outcome: 'yes' }, 3);
    two.answered.inc({ outcome: 'yes' }, 4);
    two.answered.inc({ outcome: 'no' });
    for (const each of [one, two]) {
      each.inFlight.set(2);
      each.info.set({ version: '7' }, 1);
      each.scores.observe(0.4);
    }
    const text = await (await gathered(one, two)).text(NOTHING);
    expect(lines(text, 'answered_total')).toEqual([
      'answered_total{outcome="yes"} 7',
      'answered_total{outcome="no"} 1',
    ]);
    expect(lines(text, 'in_flight')).toEqual(['in_flight 4']);
    expect(lines(text, 'info')).toEqual(['info{version="7"} 1']);
    expect(lines(text, 'scores')).toEqual([
      'scores_bucket{le="0.5"} 2',
      'scores_bucket{le="+Inf"} 2',
      'scores_sum 0.8',
      'scores_count 2',
    ]);
    expect(text).toContain(
      '# HELP answered_total The answered_total.\n# TYPE answered_total counter',
    );
  });

  it('keep the counters and histograms of those that have gone, over several of them, and not their gauges', async () => {
    const [one, two, three] = [new Process(), new Process(), new Process()];
    for (const each of [one, two, three]) {
      each.answered.inc({ outcome: 'yes' }, 10);
      each.scores.observe(0.9);
      each.inFlight.set(5);
      each.info.set({ version: each === three ? '8' : '7' }, 1);
    }
    const metrics = await gathered(one, two, three);
    await metrics.gone(one);
    await metrics.gone(two);
    const text = await metrics.text(NOTHING);
    expect(lines(text, 'answered_total')).toEqual(['answered_total{outcome="yes"} 30']);
    expect(lines(text, 'scores_count')).toEqual(['scores_count 3']);
    expect(lines(text, 'in_flight')).toEqual(['in_flight 5']);
    expect(lines(text, 'info')).toEqual(['info{version="8"} 1']);
  });

  it('stand with what a process last counted until it is seen again', async () => {
    const one = new Process();
    one.answered.inc({ outcome: 'yes' });
    const metrics = await gathered(one);
    one.answered.inc({ outcome: 'yes' });
    expect(lines(await metrics.text(NOTHING), 'answered_total')).toEqual([
      'answered_total{outcome="yes"} 1',
    ]);
    metrics.seen(one, await one.snapshot());
    expect(lines(await metrics.text(NOTHING), 'answered_total')).toEqual([
      'answered_total{outcome="yes"} 2',
    ]);
  });

  it('give up the histogram of a departed process once the living have other bounds', async () => {
    const [before, after] = [new Process([0.3]), new Process([0.6])];
    before.scores.observe(0.1);
    after.scores.observe(0.1);
    const metrics = await gathered(before, after);
    await metrics.gone(before);
    expect(lines(await metrics.text(NOTHING), 'scores_bucket')).toEqual([
      'scores_bucket{le="0.6"} 1',
      'scores_bucket{le="+Inf"} 1',
    ]);
  });

  it('know nothing of a process that was never seen, and forget one only once', async () => {
    const one = new Process();
    const metrics = new GatheredMetrics<Process>();
    await metrics.gone(one);
    one.answered.inc({ outcome: 'yes' });
    metrics.seen(one, await one.snapshot());
    await metrics.gone(one);
    await metrics.gone(one);
    expect(lines(await metrics.text(NOTHING), 'answered_total')).toEqual([
      'answered_total{outcome="yes"} 1',
    ]);
  });

  it('say when the server started, and how long its slowest event loop lags', async () => {
    const [one, two] = [new Process(), new Process()];
    for (const { registry } of [one, two]) collectDefaultMetrics({ register: registry });
    const text = await (await gathered(one, two)).text(NOTHING);
    expect(lines(text, 'process_start_time_seconds')).toHaveLength(1);
    expect(lines(text, 'nodejs_eventloop_lag_p99_seconds')).toHaveLength(1);
    expect(lines(text, 'process_resident_memory_bytes')).toHaveLength(1);
  });
});
