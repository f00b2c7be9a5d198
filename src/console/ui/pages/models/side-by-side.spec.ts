// Which model is best at what, and where parameters differ.
import { directionOf, metricRows, paramRows, withoutFolds } from './side-by-side.ts';

describe('metricRows', () => {
  it('marks the most where more is better and the least where less is', () => {
    expect(
      metricRows([
        { roc_auc: 0.9, log_loss: 0.3, brier: 0.1 },
        { roc_auc: 0.95, log_loss: 0.4, brier: 0.1 },
      ]),
    ).toEqual([
      { name: 'roc_auc', values: [0.9, 0.95], best: [1] },
      { name: 'log_loss', values: [0.3, 0.4], best: [0] },
      { name: 'brier', values: [0.1, 0.1], best: [] },
    ]);
  });

  it('marks all that share the best, and none where one alone was measured', () => {
    const rows = metricRows([{ recall: 1, f1: 0.5 }, { recall: 0.5 }, { recall: 1 }]);
    expect(rows).toEqual([
      { name: 'recall', values: [1, 0.5, 1], best: [0, 2] },
      { name: 'f1', values: [0.5, null, null], best: [] },
    ]);
  });

  it('marks nothing of a metric whose better side is not known', () => {
    expect(directionOf('rows_per_second')).toBe(0);
    expect(directionOf('log_loss_sd')).toBe(0);
    expect(directionOf('log_loss_mean')).toBe(-1);
    expect(directionOf('prediction_latency_ms')).toBe(-1);
    expect(metricRows([{ own: 1 }, { own: 2 }])[0]?.best).toEqual([]);
  });
});

it('paramRows puts what differs first, a parameter that one lacks among it', () => {
  expect(
    paramRows([
      { seed: 42, C: 1, penalty: 'l2' },
      { seed: 42, C: 0.1 },
    ]),
  ).toEqual([
    { name: 'C', values: ['1', '0.1'], differs: true },
    { name: 'penalty', values: ['l2', null], differs: true },
    { name: 'seed', values: ['42', '42'], differs: false },
  ]);
});

it('withoutFolds leaves the mean of the folds, not the last of them', () => {
  const metrics = { log_loss: 0.09, log_loss_mean: 0.1, log_loss_sd: 0.01, f1: 1 };
  expect(withoutFolds(metrics)).toEqual({ log_loss_mean: 0.1, log_loss_sd: 0.01, f1: 1 });
});
