// Our multivariate measures against scikit-learn 1.9.1 on the breast cancer data, reference = rows 0-299, window = the rest: PCA reconstruction
// as NannyML 0.13 computes it (StandardScaler, PCA(n_components=0.65), ten chunks), and LedoitWolf on scaled columns.
import { type DesignRows, multivariateDrift } from '../../src/statistics/drift/multivariate.ts';
import { fitMahalanobis } from '../../src/statistics/mahalanobis.ts';
import { loadWdbc } from '../support/wdbc.ts';

const { features, exact } = loadWdbc();
const REFERENCE_ROWS = 300;
const column = (k: number): Float64Array =>
  Float64Array.from({ length: exact.rows }, (_, row) => exact.data[row * exact.columns + k] ?? NaN);
const columns = features.map((_, k) => column(k));

const side = (from: number, to: number): DesignRows => ({
  rows: to - from,
  columns: features.map(({ name }, k) => ({
    name,
    kind: 'numeric',
    values: column(k).slice(from, to),
  })),
});

describe('PCA reconstruction on the breast cancer data', () => {
  const { pca } = multivariateDrift(side(0, REFERENCE_ROWS), side(REFERENCE_ROWS, exact.rows), {
    seed: 1,
  });

  it.each([
    ['reference_mean', 2.5313663976091187],
    ['low', 1.894657525066111],
    ['high', 3.1680752701521273],
    ['current', 2.4583850037382615],
  ] as const)('has the %s of scikit-learn to 1e-12', (name, expected) => {
    expect(pca.reconstruction_error?.[name]).toBeCloseTo(expected, 12);
  });

  it('keeps 3 components, as scikit-learn, with the same share of the variance to 1e-12', () => {
    expect(pca.components).toBe(3);
    expect(pca.explained_variance).toBeCloseTo(0.7340687733994701, 12);
    expect(pca.convention_verdict).toEqual({ convention: 'nannyml-0.13', verdict: 'no_drift' });
  });
});

describe('the Mahalanobis distance on the breast cancer data', () => {
  const { squared, shrinkage, degrees } = fitMahalanobis(
    columns.map((values) => values.slice(0, REFERENCE_ROWS)),
  );
  const distance = (row: number): number => squared(columns.map((c) => c[row] as number));

  it('is shrunk as by LedoitWolf, to 1e-12', () => {
    expect(degrees).toBe(30);
    expect(shrinkage).toBeCloseTo(0.036795803531977554, 12);
  });

  it('squared is that of LedoitWolf.mahalanobis, to 1e-9', () => {
    expect(distance(300)).toBeCloseTo(15.956407831202831, 9);
    expect(distance(301)).toBeCloseTo(5.288180077442309, 9);
    const window = Array.from({ length: exact.rows - REFERENCE_ROWS }, (_, i) => distance(300 + i));
    expect(window.reduce((sum, squares) => sum + squares, 0)).toBeCloseTo(4408.598513652994, 8);
  });
});
