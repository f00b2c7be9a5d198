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
    const { series, bounds } = this;
    series.sum += value;
    series.count += 1;
    for (let i = 0; i < bounds.length; i += 1) {
      const bound = bounds[i] as number;
      if (value <= bound) {
        series.bucketValues[bound] = (series.bucketValues[bound] ?? 0) + 1;
        return;
      }
    }
  }
}

export class BoundCounter<L extends string> {
  private readonly series: CounterSeries<L>;

  constructor(counter: Counter<L>, labels: LabelValues<L>) {
    this.series = seriesOf(counter, labels, () => {
      counter.inc(labels, 0);
    }) as CounterSeries<L>;
  }

  inc(): void {
    this.series.value += 1;
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
