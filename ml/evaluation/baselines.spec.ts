// What the baselines reach on known data, and that they are measured where the candidates are.
import { readParams } from '../params.ts';
import { loadTable } from '../data/load-table.ts';
import { matrixOf } from '../numeric/matrix.ts';
import { BASELINES, baselineName, crossValidateBaselines, measureBaselines } from './baselines.ts';
import { Random } from '../../src/statistics/random.ts';
import { takeLabelled, type LabelledRows } from '../search/fit-candidate.ts';
import { splitByFold, stratifiedFolds, type RowSplit } from './folds.ts';

const params = readParams('params.yaml');
let rows: LabelledRows;
let splits: readonly RowSplit[];
beforeAll(async () => {
  const { x, y, weights } = await loadTable({ ...params.data, ...params });
  rows = { x: matrixOf(x, params.features.length), y, weights };
  const fold = stratifiedFolds(y, params.selection.folds, Random.of(1));
  splits = Array.from({ length: params.selection.folds }, (_, k) => splitByFold(fold, k));
});

describe('crossValidateBaselines', () => {
  it('uses the folds that it is given', async () => {
    const [, prior] = await crossValidateBaselines(params, rows, splits);
    const losses = splits.map(({ train, test }) => {
      const share = Math.fround(
        train.reduce((sum, row) => sum + (rows.y[row] ?? 0), 0) / train.length,
      );
      const positives = test.reduce((sum, row) => sum + (rows.y[row] ?? 0), 0) / test.length;
      return -positives * Math.log(share) - (1 - positives) * Math.log1p(-share);
    });
    prior?.scores.forEach((score, fold) => {
      expect(score).toBeCloseTo(losses[fold] ?? NaN, 10);
    });
  });

  it('ranks them by what they know: certainty, shares, one feature', async () => {
    const results = await crossValidateBaselines(params, rows, splits);
    expect(results.map(({ learner }) => learner)).toEqual(['majority', 'prior', 'best_feature']);
    expect(results.every(({ scores }) => scores.length === params.selection.folds)).toBe(true);
    const [majority = NaN, prior = NaN, best = NaN] = results.map(({ mean }) => mean);
    expect(best).toBeLessThan(prior);
    expect(prior).toBeLessThan(majority);
  });
});

describe('measureBaselines', () => {
  const split = () => {
    const all = Int32Array.from(rows.y.keys());
    return {
      train: takeLabelled(
        rows,
        all.filter((row) => row % 2 === 0),
      ),
      held: takeLabelled(
        rows,
        all.filter((row) => row % 2 === 1),
      ),
    };
  };

  it('gives what certainty and shares reach by their definitions, log loss clipped at 1e-15', async () => {
    const { train, held } = split();
    const [majority, prior] = await measureBaselines(params, train, held);
    const positives = held.y.reduce((sum, label) => sum + label, 0) / held.y.length;
    const share = Math.fround(train.y.reduce((sum, label) => sum + label, 0) / train.y.length);
    const loss = -positives * Math.log(share) - (1 - positives) * Math.log1p(-share);
    // A half and not more of the pairs: neither tells any two rows apart.
    expect([majority?.metrics.roc_auc, prior?.metrics.roc_auc]).toEqual([0.5, 0.5]);
    expect(majority?.metrics.log_loss).toBeCloseTo(-positives * Math.log(1e-15), 10);
    expect(majority?.metrics.brier).toBeCloseTo(positives, 12);
    expect(prior?.metrics.log_loss).toBeCloseTo(loss, 12);
  });

  it('names the feature that tells most, and beats the others with it', async () => {
    const { train, held } = split();
    const [, prior, best] = await measureBaselines(params, train, held);
    expect(best?.feature).toMatch(/^(worst|mean) /);
    expect(best?.metrics.roc_auc).toBeGreaterThan(0.9);
    expect(best?.metrics.log_loss).toBeLessThan((prior?.metrics.log_loss ?? NaN) / 2);
    expect(best && baselineName(best)).toBe(`best_feature (${best?.feature ?? ''})`);
    expect(prior && baselineName(prior)).toBe('prior');
  });

  it('weighs the rows it learns from and counts each row it is measured on once', async () => {
    const { train, held } = split();
    const weights = Float64Array.from(train.y, (label) => (label === 1 ? 3 : 1));
    const again = { ...held, weights: Float64Array.from(held.y, () => 7) };
    const plain = await measureBaselines(params, train, held);
    expect(await measureBaselines(params, train, again)).toEqual(plain);
    const weighed = await measureBaselines(params, { ...train, weights }, held);
    expect(weighed[1]?.metrics.log_loss).toBeGreaterThan(plain[1]?.metrics.log_loss ?? NaN);
  });
});

describe('BASELINES', () => {
  it('are candidates whose params their learners know', () => {
    expect(BASELINES.map(({ learner }) => learner)).toEqual(['majority', 'prior', 'best_feature']);
    expect(BASELINES[2]?.params).toEqual({ max_bins: 10, smoothing: 10 });
  });
});
