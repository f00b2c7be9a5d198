// One series of a metric, found once and then only counted up. prom-client looks the labels of a series up at every observation: 0.7 us each,
// and a prediction makes nine. The series is prom-client's own record, so scrapes see it as ever.
import type { Counter, Histogram, LabelValues } from 'prom-client';

interface HistogramSeries<L extends string> {
  readonly labels: LabelValues<L>;
  readonly bucketValues: Record<number, number>;
  sum: number;
  count: number;
}

interface CounterSeries<L extends string> {
  readonly labels: LabelValues<L>;
  value: number;
}

export class BoundHistogram<L extends string> {
  private readonly series: HistogramSeries<L>;
  /** Ascending. */
  private readonly bounds: readonly number[];

  /** The series exists from here on, at 0 where it did not before. */
  constructor(histogram: Histogram<L>, labels: LabelValues<L>) {
    this.series = seriesOf(histogram, labels, () => {
      histogram.zero(labels);
    }) as HistogramSeries<L>;
    this.bounds = Object.keys(this.series.bucketValues)
      .map(Number)
      .sort((a, b) => a - b);
  }

  /** Counts one finite value. */
  observe(value: number): void {
    this.add(this.bucketOf(value), 1);
    this.series.sum += value;
    this.series.count += 1;
  }

  /** Counts those of the finite values that are `counted`; looks each bucket up once. */
  observeAll(values: Float32Array, counted: (at: number) => boolean): void {
    const { series } = this;
    const counts = new Uint32Array(this.bounds.length + 1);
    values.forEach((value, at) => {
      if (!counted(at)) return;
      const bucket = this.bucketOf(value);
      counts[bucket] = (counts[bucket] as number) + 1;
      series.sum += value;
      series.count += 1;
    });
    counts.forEach((count, bucket) => {
      if (count > 0) this.add(bucket, count);
    });
  }

  /** The number of the bucket; that of bounds for values beyond the last. */
  private bucketOf(value: number): number {
    const { bounds } = this;
    let bucket = 0;
    while (bucket < bounds.length && !(value <= (bounds[bucket] as number))) bucket += 1;
    return bucket;
  }

  private add(bucket: number, count: number): void {
    const bound = this.bounds[bucket];
    if (bound === undefined) return;
    const { bucketValues } = this.series;
    bucketValues[bound] = (bucketValues[bound] ?? 0) + count;
  }
}

export class BoundCounter<L extends string> {
  private readonly series: CounterSeries<L>;

  constructor(counter: Counter<L>, labels: LabelValues<L>) {
    this.series = seriesOf(counter, labels, () => {
      counter.inc(labels, 0);
    }) as CounterSeries<L>;
  }

  inc(by = 1): void {
    this.series.value += by;
  }
}

/** prom-client's record of a series; made where there is none. */
function seriesOf<L extends string>(
  metric: object,
  labels: LabelValues<L>,
  create: () => void,
): object {
  const { hashMap } = metric as { hashMap: Readonly<Record<string, { labels: LabelValues<L> }>> };
  const find = (): object | undefined =>
    Object.values(hashMap).find((series) => isSame(series.labels, labels));
  const known = find();
  if (known !== undefined) return known;
  create();
  const created = find();
  if (created === undefined) throw new Error('prom-client keeps its series elsewhere');
  return created;
}

function isSame<L extends string>(a: LabelValues<L>, b: LabelValues<L>): boolean {
  const names = Object.keys(a) as L[];
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
}
