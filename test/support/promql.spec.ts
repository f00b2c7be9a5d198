// Metrics are found in expressions.
import { metricsOf } from './promql.ts';

it.each([
  ['up', ['up']],
  [
    'sum by (job) (rate(a_total{code=~"5..", x="b{"}[5m])) / sum(b_count) > 0.5',
    ['a_total', 'b_count'],
  ],
  ['a * on (model) group_left (version) b offset 7d', ['a', 'b']],
  ['max(job:slow:ratio_rate1h{job=~"$job"}) / 0.01', ['job:slow:ratio_rate1h']],
  ['histogram_quantile(0.9, sum by (le) (rate(c_bucket[$__rate_interval])))', ['c_bucket']],
  ['time() - max by (model) (d) > 2 * e and on() vector(1) unless f == bool 1', ['d', 'e', 'f']],
  ['label_values(g_total{job=~"$job"}, instance)', ['g_total']],
])('the metrics of %s', (expression, expected) => {
  expect(metricsOf(expression)).toEqual(expected);
});
