// Which features matter, by two measures that mean different things: shuffled among held-out rows, and split on in training.
import { barChart } from '../../src/report/charts.ts';
import { Html, markup } from '../../src/report/html.ts';
import type { Analysis } from './analysis.ts';

const BARS = 20;

export function importance({
  importance: permutation,
  importance_rows: rows,
  gains,
}: Pick<Analysis, 'importance' | 'importance_rows' | 'gains'>): readonly Html[] {
  return [
    markup`<p>Permutation importance: how much worse the log loss gets when a feature is shuffled among ${rows} held-out rows; whiskers: standard deviation of the shuffles.
Features that say the same share their importance.</p>`,
    gains === null
      ? null
      : markup`<p>Gain: the share of a column of the design in all that the splits of the trees gained; it is measured on the training rows, and favours columns of many values.</p>`,
    new Html('<div class="charts">'),
    barChart(
      'Permutation importance',
      permutation
        .slice(0, BARS)
        .map(({ feature, log_loss: { mean, sd } }) => ({ label: feature, value: mean, sd })),
      'rise of the log loss',
    ),
    gains === null
      ? null
      : barChart(
          'Gain',
          gains.slice(0, BARS).map(({ column, share }) => ({ label: column, value: share })),
          'share of the gain of all splits',
        ),
    new Html('</div>'),
  ].filter((part) => part !== null);
}
