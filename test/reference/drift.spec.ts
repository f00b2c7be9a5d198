// Our measures of drift against Evidently 0.7.23 on the breast cancer data (reference = rows 0-299, current = the rest), on categories and on
// larger samples; NannyML 0.13.1 and deciles beside it.
import { readFileSync } from 'node:fs';
import { categorySample } from '../../src/statistics/drift/categories.ts';
import { datasetDrift } from '../../src/statistics/drift/dataset-drift.ts';
import {
  type ConventionName,
  type DriftColumn,
  driftOf,
} from '../../src/statistics/drift/drift-of.ts';
import { kolmogorovSmirnov } from '../../src/statistics/drift/kolmogorov-smirnov.ts';
import { numericSample } from '../../src/statistics/drift/numeric-sample.ts';
import type { ModelFeature, RawRow } from '../../src/features/feature-spec.ts';
import type { DriftResponse } from '../../src/monitoring/drift/drift.dto.ts';
import { PredictionServer, publish } from '../support/prediction-server.ts';
import { loadWdbc } from '../support/wdbc.ts';

interface Golden {
  /** Score and whether it is drift, by column and method. */
  readonly columns: Readonly<Record<string, Readonly<Record<string, readonly [number, boolean]>>>>;
}

const golden = JSON.parse(
  readFileSync('test/reference/golden/evidently_0.7.23_breast_cancer.json', 'utf8'),
) as Golden;
const { features, exact, y } = loadWdbc();
const REFERENCE_ROWS = 300;

const split = (name: string, values: readonly number[]): DriftColumn => ({
  name,
  kind: 'numeric',
  reference: numericSample(values.slice(0, REFERENCE_ROWS)),
  current: numericSample(values.slice(REFERENCE_ROWS)),
});
const columns = features.map(({ name }, k) =>
  split(
    name,
    Array.from({ length: exact.rows }, (_, row) => exact.data[row * exact.columns + k] as number),
  ),
);
const target: DriftColumn = {
  name: 'target',
  kind: 'categorical',
  reference: categorySample(Array.from(y.slice(0, REFERENCE_ROWS), String)),
  current: categorySample(Array.from(y.slice(REFERENCE_ROWS), String)),
};
const columnOf = (name: string): DriftColumn =>
  columns.find((column) => column.name === name) as DriftColumn;

/** How far two numbers are apart, by the size of the second. */
const relative = (value: number | null, expected: number): number =>
  value === expected ? 0 : Math.abs((value ?? Number.NaN) - expected) / Math.abs(expected);

const score = (column: DriftColumn, method: string, convention: ConventionName): number | null =>
  driftOf(column, convention, { method }).score;

const normals = (seed: number, rows: number, mean: number, sd: number): readonly number[] => {
  let state = seed;
  const uniform = (): number => {
    state = (Math.imul(1664525, state) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Array.from({ length: rows }, () => {
    const radius = Math.sqrt(-2 * Math.log(uniform() + 1e-12));
    return mean + sd * radius * Math.cos(2 * Math.PI * uniform());
  });
};

const letters = (counts: Readonly<Record<string, number>>): readonly string[] =>
  Object.entries(counts).flatMap(([name, rows]) => new Array<string>(rows).fill(name));

describe('evidently-0.7', () => {
  it('knows every column of the reference numbers', () => {
    expect(Object.keys(golden.columns).sort()).toEqual(columns.map(({ name }) => name).sort());
  });

  it.each(Object.keys(golden.columns['mean radius'] ?? {}))(
    'equals Evidently by %s on 30 features, to 1e-9 of each score and with the same verdicts',
    (method) => {
      for (const [name, methods] of Object.entries(golden.columns)) {
        const [expected, drifted] = methods[method] as readonly [number, boolean];
        const drift = driftOf(columnOf(name), 'evidently-0.7', { method });
        expect(relative(drift.score, expected)).toBeLessThanOrEqual(1e-9);
        expect(drift.verdict).toBe(drifted ? 'drift' : 'no_drift');
      }
    },
  );

  it('flags 20 of 30 features by its own choice, and 21 of 31 columns with the target, which has p = 2.7829620830033264e-09', () => {
    const chosen = columns.map((column) => driftOf(column, 'evidently-0.7'));
    expect(new Set(chosen.map(({ method }) => method))).toEqual(new Set(['ks']));
    expect(chosen.filter(({ verdict }) => verdict === 'drift')).toHaveLength(20);
    const all = datasetDrift([...columns, target], 'evidently-0.7');
    expect(all.convention_share).toBe(21 / 31);
    expect(all.convention_verdict).toBe('drift');
    const label = driftOf(target, 'evidently-0.7');
    expect(label.method).toBe('z');
    expect(relative(label.score, 2.7829620830033264e-9)).toBeLessThanOrEqual(1e-9);
  });

  it('has no verdict of ours on a window of 269 rows', () => {
    const all = datasetDrift([...columns, target], 'evidently-0.7');
    expect(all.verdict).toBe('insufficient_data');
    expect(new Set(all.features.map(({ verdict }) => verdict))).toEqual(
      new Set(['insufficient_data']),
    );
  });

  it.each([
    [{ a: 20, b: 20, c: 10 }, 'chisquare', 0.2635971381157267],
    [{ a: 20, b: 20, c: 10 }, 'psi', 0.05108256237659909],
    [{ a: 20, b: 20, c: 10 }, 'jensenshannon', 0.07979472622921702],
    [{ a: 20, b: 20, c: 10 }, 'kl_div', 0.025267153921570557],
    [{ a: 20, b: 20, d: 10 }, 'chisquare', 0],
    [{ a: 20, b: 20, d: 10 }, 'psi', 3.089923365701524],
    [{ a: 20, b: 20, d: 10 }, 'jensenshannon', 0.38078423607862855],
    [{ a: 20, b: 20, d: 10 }, 'kl_div', 1.5445331022738056],
  ])('equals Evidently on categories %j by %s, to 1e-9', (current, method, expected) => {
    const column: DriftColumn = {
      name: 'letters',
      kind: 'categorical',
      reference: categorySample(letters({ a: 50, b: 30, c: 20 })),
      current: categorySample(letters(current)),
    };
    expect(relative(score(column, method, 'evidently-0.7'), expected)).toBeLessThanOrEqual(1e-9);
    expect(driftOf(column, 'evidently-0.7').method).toBe('chisquare');
  });

  it.each([
    ['psi', 0.06915965819976543],
    ['jensenshannon', 0.0910932485583696],
    ['kl_div', 0.03050578130710288],
    ['wasserstein', 0.18894693229893667],
    ['ks', 0.00010382826517919448],
  ])(
    'equals Evidently by %s on 2,000 against 1,500 normal values, to 1e-9; its choice is wasserstein',
    (method, expected) => {
      const column: DriftColumn = {
        name: 'normal',
        kind: 'numeric',
        reference: numericSample(normals(1, 2000, 0, 1)),
        current: numericSample(normals(2, 1500, 0.1, 1.2)),
      };
      expect(relative(score(column, method, 'evidently-0.7'), expected)).toBeLessThanOrEqual(1e-9);
      expect(driftOf(column, 'evidently-0.7').method).toBe('wasserstein');
      expect(driftOf(column, 'evidently-0.7').verdict).toBe('drift');
    },
  );
});

describe('Kolmogorov and Smirnov', () => {
  it('equals scipy exactly and Alibi asymptotically on mean radius', () => {
    const column = columnOf('mean radius');
    if (column.kind !== 'numeric') throw new Error('expected a numeric column');
    const { reference, current } = column;
    const exact = kolmogorovSmirnov(reference, current, 'exact').p_value;
    expect(relative(exact, 0.019453286588253946)).toBeLessThanOrEqual(1e-12);
    expect(kolmogorovSmirnov(reference, current, 'asymptotic').p_value).toBeCloseTo(0.01978, 5);
  });
});

describe('other conventions', () => {
  const radius = columnOf('mean radius');

  it('nannyml-0.13 has 0.1347 on mean radius', () => {
    const drift = driftOf(radius, 'nannyml-0.13');
    expect(drift.score).toBeCloseTo(0.1347, 4);
    expect(drift).toMatchObject({ method: 'jensen_shannon', verdict: 'drift', threshold: 0.1 });
  });

  it('decile has 0.1075 on mean radius, which is drift, and with one row more in each bin 0.0991, which is none', () => {
    expect(driftOf(radius, 'decile').score).toBeCloseTo(0.1075, 4);
    expect(driftOf(radius, 'decile').verdict).toBe('drift');
    const smoothed = driftOf(radius, 'decile', { method: 'psi_laplace' });
    expect(smoothed.score).toBeCloseTo(0.0991, 4);
    expect(smoothed.verdict).toBe('no_drift');
  });
});

describe('GET /monitoring/drift', () => {
  const names = features.map(({ name }) => name);
  const rows: readonly RawRow[] = Array.from({ length: exact.rows }, (_, row) =>
    Object.fromEntries(names.map((name, k) => [name, exact.data[row * exact.columns + k] ?? null])),
  );
  const training = { min: -1e9, max: 1e9, median: 0 };
  const served: readonly ModelFeature[] = names.map((name) => ({
    kind: 'numeric',
    name,
    nullable: false,
    training,
  }));

  let server: PredictionServer;
  let headers: Readonly<Record<string, string>>;
  beforeAll(async () => {
    const trainingRows = rows.slice(0, REFERENCE_ROWS);
    server = await PredictionServer.start(
      (varDir) => publish(varDir, { features: served, trainingRows }),
      { BODY_LIMIT_BYTES: '1000000' },
    );
    headers = { authorization: `Bearer ${await server.token()}` };
    const body = JSON.stringify({ dataframe_records: rows.slice(REFERENCE_ROWS) });
    expect((await server.post('/invocations', body, headers)).status).toBe(200);
  });
  afterAll(() => server.stop());

  const driftBy = async (convention: ConventionName): Promise<DriftResponse> => {
    const path = `/monitoring/drift?window=1h&convention=${convention}`;
    const { status, body } = await server.send<DriftResponse>(path, { headers });
    expect(status).toBe(200);
    return body;
  };

  it('equals Evidently on 30 features of logged predictions against the reference in the bundle, to 1e-9 of each score', async () => {
    const drift = await driftBy('evidently-0.7');
    expect(drift.window).toMatchObject({ rows: 269, sampled: 269 });
    expect(drift.reference.rows).toBe(REFERENCE_ROWS);
    expect(drift.features.map(({ name }) => name)).toEqual(names);
    for (const {
      name,
      method,
      score,
      convention_verdict,
      n_reference,
      n_current,
    } of drift.features) {
      const [expected, drifted] = golden.columns[name]?.['ks'] as readonly [number, boolean];
      expect([method, n_reference, n_current]).toEqual(['ks', REFERENCE_ROWS, 269]);
      expect(relative(score, expected)).toBeLessThanOrEqual(1e-9);
      expect(convention_verdict).toBe(drifted ? 'drift' : 'no_drift');
    }
    const flagged = drift.features.filter((one) => one.convention_verdict === 'drift');
    expect(flagged).toHaveLength(20);
    expect(drift.verdict).toBe('insufficient_data');
  });

  it.each([
    ['nannyml-0.13', 'jensen_shannon', 0.1347],
    ['decile', 'psi', 0.1075],
  ] as const)('has by %s the %s of %d on mean radius', async (convention, method, expected) => {
    const [radius] = (await driftBy(convention)).features;
    expect(radius).toMatchObject({ name: 'mean radius', convention, method });
    expect(radius?.score).toBeCloseTo(expected, 4);
  });
});
