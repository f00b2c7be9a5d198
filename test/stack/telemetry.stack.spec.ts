// No telemetry leaves the product: while it trains, serves, explains and monitors it opens no connection and looks up no name, but those of
// the servers that its settings name.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../support/free-port.ts';

import { Served } from './support/served.ts';
import { quickParams, train } from './support/training.ts';

interface Outgoing {
  readonly kind: string;
  readonly to: string;
}

const dir = mkdtempSync(join(tmpdir(), 'foretell-telemetry-'));
const OUTGOING = join(dir, 'outgoing.jsonl');
const WATCHED = {
  VAR_DIR: join(dir, 'var'),
  NODE_OPTIONS: `--import=${resolve('test/stack/support/outgoing.mjs')}`,
  OUTGOING,
};

beforeEach(() => {
  writeFileSync(OUTGOING, '');
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

const outgoing = (): readonly Outgoing[] =>
  readFileSync(OUTGOING, 'utf8')
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Outgoing);

/** What a server listens on is looked up too. */
const strangers = (): readonly Outgoing[] =>
  outgoing().filter(({ kind, to }) => !(kind === 'lookup' && to === '127.0.0.1'));

it('training speaks to nobody', async () => {
  await train(quickParams(dir, 1), WATCHED);
  expect(strangers()).toEqual([]);
});

describe.each([
  ['one process', '1'],
  ['two workers', '2'],
])('a server of %s', (_, WORKERS) => {
  it('speaks to nobody while it predicts, explains, scores a batch, runs a job and monitors', async () => {
    const server = await Served.start({ ...WATCHED, WORKERS, DRIFT_EVERY: '1s' });
    try {
      const features = await server.typicalRow();
      for (let i = 0; i < 20; i += 1) await server.predict(features);
      const answers = [
        await server.send('POST /predict?explain=true', { features }),
        await server.send('POST /predict/batch', [features, features]),
        await server.send('POST /jobs', [features, features]),
        await server.send('GET /monitoring/summary'),
        await server.send('GET /monitoring/drift'),
        await server.send('GET /monitoring/quality'),
        await server.send('GET /monitoring/anomalies'),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 202, 200, 200, 200, 200]);
      await new Promise((later) => setTimeout(later, 3000));
    } finally {
      await server.stop();
    }
    expect(strangers()).toEqual([]);
  });
});

it('would be seen: a server that is told of an MLflow server speaks to that one alone', async () => {
  const nobody = `127.0.0.1:${await freePort()}`;
  const server = await Served.start({
    ...WATCHED,
    REGISTRY_DIR: join(dir, 'none'),
    MLFLOW_TRACKING_URI: `http://${nobody}`,
  });
  await server.stop();
  const seen = new Set(strangers().map(({ to }) => to));
  expect([...seen]).toEqual([nobody]);
});
