// Metrics of live quality, each with its estimate, its bounds and whether it is outside of them.
import type { Quality } from './drift-data.ts';
import { metricRows } from './quality-rows.ts';

const figure = { value: 0.9, low: 0.8, high: 0.95 };
const quality = {
  roc_auc: figure,
  average_precision: 0.7,
  recall: null,
  estimated_roc_auc: figure,
  estimated_recall: figure,
  alert_bounds: { roc_auc: { low: 0.95, high: 1 } },
  alerts: { live: ['roc_auc'], estimated: [] },
} as unknown as Quality;

const rowOf = (metric: string, of = quality) => metricRows(of).find((row) => row.metric === metric);

describe('metricRows', () => {
  it('has what labels say beside the estimate, the bounds and the alert', () => {
    expect(rowOf('roc_auc')).toEqual({
      metric: 'roc_auc',
      live: figure,
      estimated: figure,
      expected: { low: 0.95, high: 1 },
      alerts: { live: true, estimated: false },
    });
  });

  it('has a value without interval, and an estimate without labels', () => {
    expect(rowOf('average_precision')?.live).toEqual({ value: 0.7, low: null, high: null });
    expect(rowOf('recall')).toMatchObject({ live: null, estimated: figure, expected: null });
  });

  it('knows no bounds of a version that is not loaded', () => {
    expect(rowOf('roc_auc', { ...quality, alert_bounds: null })?.expected).toBeNull();
  });
});
