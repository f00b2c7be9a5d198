// All metrics of one model together.
import { evaluate, logLoss } from './metrics.ts';

const y = Uint8Array.of(0, 0, 1, 1);
const p = Float64Array.of(0.1, 0.4, 0.35, 0.8);

describe('evaluate', () => {
  it('answers every metric', () => {
    const { accuracy, precision, recall, f1, roc_auc, log_loss } = evaluate(y, p, 0.35);
    expect([accuracy, precision, recall, roc_auc]).toEqual([0.75, 2 / 3, 1, 0.75]);
    expect(f1).toBeCloseTo(0.8, 15);
    expect(log_loss).toBe(logLoss(y, p));
  });

  it('gives 0 for precision, recall and F1 where nothing is called positive', () => {
    expect(evaluate(y, p, 0.9)).toMatchObject({ precision: 0, recall: 0, f1: 0, accuracy: 0.5 });
  });
});
