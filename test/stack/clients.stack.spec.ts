// The clients that users of the other protocols have: Triton's and MLflow's from PyPI against the whole application, and MLflow's own scoring
// server beside ours for the same model.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PredictionServer, register } from '../support/prediction-server.ts';
import { TINY_FEATURES, tinyProbability, writeTinyBundle } from '../support/tiny-bundle.ts';
import { runPython } from './support/python.ts';

const ROWS = [
  { 'mean radius': 13, 'mean texture': 18, side: 'left' },
  { 'mean radius': 26.5, 'mean texture': null, side: 'right' },
];
const PROBABILITIES = ROWS.map((row) => tinyProbability(TINY_FEATURES, 0, row));
/** Of the same rows without `mean texture`. */
const WITHOUT_TEXTURE = ROWS.map((row) =>
  tinyProbability(TINY_FEATURES, 0, { ...row, 'mean texture': null }),
);
const near = (values: readonly number[]): number[] =>
  values.map((value) => expect.closeTo(value, 6) as number);
const column = (values: readonly number[]): number[][] => near(values).map((value) => [value]);
const RECORDS = PROBABILITIES.map((probability) => ({
  label: probability >= 0.5 ? 1 : 0,
  probability: expect.closeTo(probability, 6) as number,
}));

describe('the clients of other protocols', () => {
  let dir: string;
  let bundle: string;
  let server: PredictionServer;
  let token: string;
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'foretell-clients-'));
    bundle = join(dir, 'bundle');
    await writeTinyBundle(bundle);
    server = await PredictionServer.start((varDir) => register(varDir, bundle));
    token = await server.token();
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  });

  describe('from PyPI', () => {
    let report: Record<'triton' | 'mlflow', Record<string, unknown>>;
    beforeAll(async () => {
      const args = [server.url, 'foretell'];
      const ran = await runPython(
        'use_clients.py',
        args,
        { MLFLOW_TRACKING_TOKEN: token },
        'clients',
      );
      expect(ran.exitCode === 0 ? '' : ran.stderr).toBe('');
      report = ran.report as typeof report;
    });

    it('tritonclient finds server and model live and ready, and another model not', () => {
      expect(report.triton).toMatchObject({
        live: true,
        ready: true,
        model_ready: true,
        version_ready: true,
        other_ready: false,
        server: { name: 'foretell', extensions: ['binary_tensor_data'] },
        metadata: {
          name: 'foretell',
          versions: ['1'],
          inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 3] }],
        },
      });
    });

    it('tritonclient infers as it does by default, with binary tensors in and out', async () => {
      expect(report.triton).toMatchObject({
        matrix: column(PROBABILITIES),
        labels: RECORDS.map(({ label }) => label),
        request_id: '42',
        columns_in_bytes: column(WITHOUT_TEXTURE),
        by_version: column(WITHOUT_TEXTURE),
      });
      const headers = { authorization: `Bearer ${token}` };
      for (const [i, id] of (report.triton['ids'] as string[]).entries()) {
        const { body } = await server.send<object>(`/predictions/${id}`, { headers });
        expect(body).toMatchObject({ features: ROWS[i] });
      }
    });

    it('tritonclient infers with JSON and gets the output that it asked for', () => {
      expect(report.triton).toMatchObject({
        columns_as_json: column(WITHOUT_TEXTURE),
        outputs_as_json: ['probability'],
      });
    });

    it('tritonclient reads our errors as its own', () => {
      expect(report.triton['unknown']).toEqual({
        status: '404',
        message: 'No model of this name is served here.',
      });
      expect(report.triton['unfit']).toMatchObject({
        status: '400',
        message: expect.stringContaining('[rows, 3]') as string,
      });
    });

    it('the MLflow deployment client predicts with each form of a table', () => {
      expect(report.mlflow).toMatchObject({
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
        dataframe_split: RECORDS,
        dataframe_records: RECORDS,
        inputs: RECORDS,
      });
    });

    it('the MLflow deployment client reads our errors as its own', () => {
      const { unknown, unfit } = report.mlflow as Record<string, { message: string }>;
      expect(unknown?.message).toContain('RESOURCE_DOES_NOT_EXIST');
      expect(unfit?.message).toContain('rows[0].mean radius');
      expect(unfit?.message).not.toContain('secret');
    });
  });

  it('the scoring server of MLflow gives the same answers for the same requests', async () => {
    const columns = ['mean radius', 'mean texture', 'side'];
    const data = [
      [13, 18, 0],
      [26.5, 20.25, 1],
    ];
    const records = data.map((cells): Record<string, number> =>
      Object.fromEntries(columns.map((name, i) => [name, cells[i] ?? 0])),
    );
    const byColumn = Object.fromEntries(
      columns.map((name, i) => [name, data.map((cells) => cells[i])]),
    );
    const json = [
      { dataframe_split: { columns, data } },
      {
        dataframe_split: {
          columns: columns.toReversed(),
          data: data.map((row) => row.toReversed()),
        },
      },
      { dataframe_records: records },
      { dataframe_records: records.map((record) => ({ ...record, extra: 1 })) },
      { instances: records },
      { inputs: byColumn },
    ].map((body) => ({ type: 'application/json', body: JSON.stringify(body) }));
    const csv = [columns, ...data].map((cells) => cells.join(',')).join('\n');
    const requests = [...json, { type: 'text/csv', body: `${csv}\n` }];

    const file = join(dir, 'requests.json');
    writeFileSync(file, JSON.stringify(requests));
    const { exitCode, report, stderr } = await runPython('invoke_bundle.py', [bundle, file], {});
    expect(exitCode === 0 ? '' : stderr).toBe('');
    const { answers } = report as { answers: { status: number; body: Predictions }[] };

    for (const [i, { type, body }] of requests.entries()) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': type };
      const ours = await server.post<Predictions>('/invocations', body, headers);
      const theirs = answers[i]?.body.predictions ?? [];
      expect([ours.status, answers[i]?.status]).toEqual([200, 200]);
      expect(ours.body).toEqual({
        predictions: theirs.map(({ label, probability }) => ({
          label,
          probability: expect.closeTo(probability, 6) as number,
        })),
      });
    }
  });
});

interface Predictions {
  readonly predictions: readonly { readonly label: number; readonly probability: number }[];
}
