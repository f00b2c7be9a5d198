// A bound series counts as prom-client's own calls do.
import { Counter, Histogram, Registry } from 'prom-client';
import { BoundCounter, BoundHistogram } from './bound-series.ts';

const BUCKETS = [0.05, 0.1, 0.25];
const VALUES = [0, 0.05, 0.06, 0.1, 0.25, 0.3, 1e9, -1];

const opened = () => {
  const registry = new Registry();
  const registers = [registry];
  const histogram = new Histogram({
    name: 'h',
    help: 'h',
    labelNames: ['b', 'a'],
    buckets: BUCKETS,
    registers,
  });
  const counter = new Counter({ name: 'c', help: 'c', labelNames: ['b', 'a'], registers });
  return { registry, histogram, counter };
};

it('observes the same as prom-client, on the bounds of buckets too', async () => {
  const ours = opened();
  const theirs = opened();
  const bound = new BoundHistogram(ours.histogram, { a: 'x', b: 'y' });
  for (const value of VALUES) {
    bound.observe(value);
    theirs.histogram.observe({ a: 'x', b: 'y' }, value);
  }
  expect(await ours.registry.metrics()).toBe(await theirs.registry.metrics());
});

it('continues a series that exists, and leaves its neighbours alone', async () => {
  const { registry, histogram, counter } = opened();
  histogram.observe({ a: 'x', b: 'y' }, 0.07);
  histogram.observe({ a: 'x', b: 'z' }, 0.07);
  counter.inc({ a: 'x', b: 'y' }, 5);
  new BoundHistogram(histogram, { a: 'x', b: 'y' }).observe(0.08);
  const bound = new BoundCounter(counter, { a: 'x', b: 'y' });
  bound.inc();
  counter.inc({ b: 'y', a: 'x' });
  const text = await registry.metrics();
  expect(text).toMatch(/h_bucket\{le="0.1",(a="x",b="y"|b="y",a="x")\} 2/);
  expect(text).toMatch(/h_count\{(a="x",b="z"|b="z",a="x")\} 1/);
  expect(text).toMatch(/c\{(a="x",b="y"|b="y",a="x")\} 7/);
});

it('is there at 0 before anything is counted', async () => {
  const { registry, histogram, counter } = opened();
  new BoundHistogram(histogram, { a: 'x', b: 'y' });
  new BoundCounter(counter, { a: 'x', b: 'y' });
  const text = await registry.metrics();
  expect(text).toMatch(/h_count\{.*\} 0/);
  expect(text).toMatch(/c\{.*\} 0/);
});
