// How one column is distributed, over real HTTP: the reference in the bundle beside the rows of the window that drift is measured of.
import type { RawRow } from '../../src/features/feature-spec.ts';
import type { DistributionResponse } from '../../src/monitoring/drift/distribution.dto.ts';
import type { DriftResponse } from '../../src/monitoring/drift/drift.dto.ts';
import {
  PredictionServer,
  publish,
  type Answer,
  type Problem,
} from '../support/prediction-server.ts';

const ROUTE = '/monitoring/drift/distribution';

/** Radii that rise evenly from `from`; every tenth texture is missing, every third side is right. */
const rowsFrom = (from: number, rows: number): readonly RawRow[] =>
  Array.from({ length: rows }, (_, i) => ({
    'mean radius': from + (8 * i) / rows,
    'mean texture': i % 10 === 0 ? null : 15 + (i % 17) / 2,
    side: i % 3 === 0 ? 'right' : 'left',
  }));

const sum = (counts: readonly number[] = []): number => counts.reduce((a, b) => a + b, 0);

describe('GET /monitoring/drift/distribution', () => {
  let server: PredictionServer;
  let headers: Readonly<Record<string, string>>;
  afterEach(() => server.stop());

  const start = async (
    prepare: (varDir: string) => Promise<unknown> = (varDir) =>
      publish(varDir, { trainingRows: rowsFrom(10, 900) }),
    settings: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    server = await PredictionServer.start(prepare, { BODY_LIMIT_BYTES: '1000000', ...settings });
    headers = { authorization: `Bearer ${await server.token()}` };
  };
  const predict = async (rows: readonly RawRow[]): Promise<void> => {
    const body = JSON.stringify({ dataframe_records: rows });
    expect((await server.post('/invocations', body, headers)).status).toBe(200);
  };
  const ask = <Body>(query: string): Promise<Answer<Body>> =>
    server.send<Body>(`${ROUTE}?${query}`, { headers });
  const of = async (column: string, more = ''): Promise<DistributionResponse> => {
    const { status, body } = await ask<DistributionResponse>(
      `column=${encodeURIComponent(column)}${more}`,
    );
    expect(status).toBe(200);
    return body;
  };

  it('has the rows of each column that drift counts', async () => {
    await start();
    await predict(rowsFrom(12, 600));
    const { body: drift } = await server.send<DriftResponse>('/monitoring/drift', { headers });
    for (const column of [...drift.features, ...drift.predictions]) {
      const found = await of(column.name);
      expect(found).toMatchObject({
        column: column.name,
        kind: column.kind,
        model: drift.model,
        reference: drift.reference,
        n_reference: column.n_reference,
        n_current: column.n_current,
      });
      const { bins, categories, unseen } = found;
      const counted =
        column.kind === 'numeric'
          ? sum(bins?.counts.current) + (bins?.below.current ?? 0) + (bins?.above.current ?? 0)
          : sum(categories?.map(({ current }) => current)) + (unseen?.current ?? 0);
      expect(counted).toBe(column.n_current);
    }
  });

  it('shows numbers that moved beyond the reference, in bins and in quantiles', async () => {
    await start();
    await predict(rowsFrom(14, 600));
    const { bins, quantiles, missing, categories } = await of('mean radius');
    expect(bins?.edges).toHaveLength(31);
    expect(sum(bins?.counts.current.slice(0, 14))).toBe(0);
    expect(bins?.above.current).toBeGreaterThan(290);
    const median = quantiles?.find(({ share }) => share === 0.5);
    expect(median?.reference).toBeCloseTo(14, 1);
    expect(median?.current).toBeCloseTo(18, 1);
    expect([missing, categories]).toEqual([{ reference: 0, current: 0 }, null]);
  });

  it('shows values that are missing, and categories as they are declared', async () => {
    await start();
    await predict(rowsFrom(10, 30).map((row) => ({ ...row, side: 'right' })));
    expect((await of('mean texture')).missing).toEqual({ reference: 0.1, current: 0.1 });
    const side = await of('side');
    expect(side.categories).toContainEqual({ name: 'right', reference: 300, current: 30 });
    expect(side.categories).toContainEqual({ name: 'left', reference: 600, current: 0 });
    expect(side.unseen).toEqual({ reference: 0, current: 0, distinct: 0 });
    expect([side.bins, side.quantiles]).toEqual([null, null]);
  });

  it('has the reference alone where nothing was predicted', async () => {
    await start();
    expect(await of('mean radius', '&window=15m')).toMatchObject({
      n_reference: 900,
      n_current: 0,
      window: { rows: 0, sampled: 0 },
      missing: { reference: 0, current: null },
    });
  });

  it('looks at the rows of one version', async () => {
    await start(
      async (varDir) => {
        await publish(varDir, { trainingRows: rowsFrom(10, 900) });
        await publish(varDir, { trainingRows: rowsFrom(10, 900), bias: -0.3 }, 'challenger');
      },
      { CHALLENGER: 'canary:100%' },
    );
    await predict(rowsFrom(10, 12));
    expect((await of('mean radius')).n_current).toBe(0);
    expect((await of('mean radius', '&version=2')).n_current).toBe(12);
  });

  it('names the parameter and what it takes where the model has no such column, never the value', async () => {
    await start();
    const { status, body } = await ask<Problem>('column=secret');
    expect([status, body.code]).toEqual([422, 'INVALID_INPUT']);
    expect(body.errors).toEqual([
      {
        field: 'column',
        code: 'unknown',
        expected: 'a feature of the model, prediction_score or prediction_label',
        received: 'another name',
      },
    ]);
    expect(JSON.stringify(body)).not.toContain('secret');
  });

  it.each([
    ['window=1h', 422, 'INVALID_INPUT'],
    ['column=side&window=2h', 422, 'INVALID_INPUT'],
    ['column=side&version=9', 404, 'MODEL_NOT_FOUND'],
  ])('refuses %s with %i %s', async (query, status, code) => {
    await start();
    const answer = await ask<Problem>(query);
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('is not to be had of a bundle without reference, nor without the scope', async () => {
    await start((varDir) => publish(varDir, { gate: null }));
    const answer = await ask<Problem>('column=side');
    expect([answer.status, answer.body.code]).toEqual([409, 'DRIFT_REFERENCE_UNAVAILABLE']);
    expect((await server.send(`${ROUTE}?column=side`)).status).toBe(401);
  });
});
