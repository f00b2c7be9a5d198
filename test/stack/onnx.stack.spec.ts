// The exported model in other hands: Python's onnx.checker accepts it, and its onnxruntime gives the API's answers on every row.
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type StartedServer } from '../support/started-server.ts';
import { runPython } from './support/python.ts';

const PASSWORD = 'onnx-test-password';
const CSV = 'data/wdbc.csv';

interface Scores {
  readonly probabilities: readonly number[];
  readonly labels: readonly number[];
}

/** The data file as API requests: header names to numbers, without the target. */
function requests(): readonly Record<string, number>[] {
  const [header = '', ...lines] = readFileSync(CSV, 'utf8').trim().split(/\r?\n/);
  const names = header.split(',').slice(0, -1);
  return lines.map((line) => {
    const cells = line.split(',').map(Number);
    return Object.fromEntries(names.map((name, i) => [name, cells[i] ?? Number.NaN]));
  });
}

describe('the ONNX file of a trained model', () => {
  const varDir = mkdtempSync(join(tmpdir(), 'foretell-onnx-'));
  let server: StartedServer;
  beforeAll(async () => {
    server = await startServer({ env: { VAR_DIR: varDir, ADMIN_PASSWORD: PASSWORD } });
  });
  afterAll(async () => {
    await server.stop();
    rmSync(varDir, { recursive: true, force: true });
  });

  async function predictAll(): Promise<Scores> {
    const body = new URLSearchParams({ username: 'admin', password: PASSWORD });
    const token = (await (await fetch(`${server.url}/token`, { method: 'POST', body })).json()) as {
      access_token: string;
    };
    const headers = {
      authorization: `Bearer ${token.access_token}`,
      'content-type': 'application/json',
    };
    const probabilities: number[] = [];
    const labels: number[] = [];
    for (const features of requests()) {
      const answer = await fetch(`${server.url}/predict`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ features }),
      });
      const { probability, label } = (await answer.json()) as {
        probability: number;
        label: string;
      };
      probabilities.push(probability);
      labels.push(label === 'malignant' ? 1 : 0);
    }
    return { probabilities, labels };
  }

  it('gives the API probabilities within 1e-6 and the same labels on all 569 rows in Python', async () => {
    const bundle = join(varDir, 'registry/models/foretell/versions/1/bundle');
    const { report, stderr } = await runPython('score_onnx.py', [bundle, CSV], {});
    if (report === null) throw new Error(stderr);
    const python = report as Scores;
    const api = await predictAll();
    const difference = Math.max(
      ...api.probabilities.map((p, i) => Math.abs(p - (python.probabilities[i] ?? Number.NaN))),
    );
    expect(api.probabilities).toHaveLength(569);
    expect(difference).toBeLessThanOrEqual(1e-6);
    expect(api.labels).toEqual(python.labels);
  });
});
