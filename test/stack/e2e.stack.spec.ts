// One chain across everything that docker-compose.yml starts: token, training, MLflow, promotion, hot swap, prediction, metric in Prometheus, alert
// in Alertmanager and back. The programs, their variables and their configuration are those of the file (support/plain-compose.ts says what is
// replaced); rules and routes run at a clock that is 60 times faster. Each step finds what the one before left. Grafana and cAdvisor do not install
// as plain programs: compose.stack.spec.ts checks what Grafana is given, test/contract/dashboards.spec.ts its dashboards.
import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { Client } from 'pg';
import { AlertReceivers } from './support/alert-receivers.ts';
import { tell, type AlertmanagerConfiguration } from './support/alertmanager.ts';
import { callMlflow } from './support/mlflow-state.ts';
import { PlainCompose } from './support/plain-compose.ts';
import { PredictionLoad } from './support/prediction-load.ts';
import { Served } from './support/served.ts';
import { quickParams } from './support/training.ts';
import { untilTrue } from '../support/until.ts';

const TIMES = 60;
const NAME = 'foretell';
const SECRETS = '/run/secrets';
const ALERT = 'PredictApiDown';
const JOB_ROWS = 20;
const CALLERS = 4;
/** Predictions that show that a version answers. */
const SOME = 200;
const STEP_MS = 900_000;

let stack: PlainCompose;
let receivers: AlertReceivers;
let api: Served;
let load: PredictionLoad | undefined;

beforeAll(async () => {
  receivers = await AlertReceivers.listen();
  stack = await PlainCompose.open();
});
afterAll(async () => {
  await load?.stop();
  await stack.stop();
  await receivers.close();
}, STEP_MS);

let number = 0;
let isBroken = false;
/** Says how long it took, and what the programs printed where it fails; after that no other is tried. */
function step(title: string, action: () => Promise<void>): void {
  number += 1;
  const line = `${number}`.padStart(2);
  it(
    title,
    async () => {
      if (isBroken) throw new Error('a step before it failed');
      const began = performance.now();
      isBroken = true;
      try {
        await action();
      } catch (error) {
        process.stdout.write(`${line}  FAILED: ${title}\n${stack.output()}\n`);
        throw error;
      }
      isBroken = false;
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      process.stdout.write(`${line}  ${seconds.padStart(5)} s  ${title}\n`);
    },
    STEP_MS,
  );
}

step('secrets, database and buckets are prepared', async () => {
  await stack.run('secrets');
  // Who starts as root has given each file to its reader.
  if (process.getuid?.() === 0) expect(stack.foreignFiles(SECRETS)).toEqual([]);
  await stack.up('postgres');
  await stack.up('s3');
  expect(await stack.run('buckets')).toBe('bucket mlflow made\nbucket foretell made\n');
});

step('MLflow is up on PostgreSQL and S3, and answers to its names alone', async () => {
  await stack.up('mlflow');
  expect(await statusByName('mlflow:5000')).toBe(200);
  expect(await statusByName('mlflow.example.org')).toBe(403);
});

step('the trainer trains and registers version 1: its run in MLflow, its files in S3', async () => {
  expect(await stack.run('trainer')).toMatch(/Registered foretell, version 1, alias champion/);
  expect(await versionOf('champion')).toBe('1');
  expect(await runOf('1')).toBe('FINISHED');
  expect(objectsOf('mlflow/artifacts')).toContainEqual(expect.stringMatching(/\/model\.onnx$/));
  // At the next `docker compose up` there is nothing to train.
  await stack.run('trainer');
  expect(await versionOf('challenger')).toBeNull();
});

step('the api is up, ready, and serves version 1; a token is given', async () => {
  await stack.up('api');
  await signIn();
  expect(await api.info()).toMatchObject({ name: NAME, version: '1' });
});

step('Prometheus scrapes it, and Alertmanager is there to be told', async () => {
  stack.speedUp('alertmanager', '/etc/alertmanager', TIMES, (file) => {
    tell(receivers, file as unknown as AlertmanagerConfiguration);
  });
  stack.speedUp('prometheus', '/etc/prometheus', TIMES);
  await stack.up('alertmanager');
  // It starts without these, and reads them when it tells somebody.
  for (const [name, secret] of Object.entries(receivers.secrets))
    await stack.run('secrets', ['node', '/make-secrets.mjs', SECRETS, name], secret);
  await stack.up('prometheus');
  await untilTrue(async () => (await valueOf('up{job="foretell"}')) === 1, 30_000);
});

step('a prediction by version 1 is answered, and is in PostgreSQL', async () => {
  const features = await api.typicalRow();
  const { status, headers, body } = await api.send<{ id: string; probability: number }>(
    'POST /predict',
    { features },
  );
  expect([status, headers.get('x-model-version')]).toEqual([200, '1']);
  const [stored] = await query('SELECT * FROM predictions WHERE id = $1', [body.id]);
  expect(stored).toMatchObject({ model_version: '1', probability: body.probability });
});

step('a job keeps its files in S3', async () => {
  const line = `${JSON.stringify(await api.typicalRow())}\n`;
  const headers = {
    authorization: `Bearer ${api.token}`,
    'content-type': 'application/x-ndjson',
    accept: 'application/x-ndjson',
  };
  const ordered = await fetch(`${api.url}/jobs`, {
    ...{ method: 'POST', headers, body: line.repeat(JOB_ROWS) },
  });
  expect(ordered.status).toBe(202);
  const path = `/jobs/${((await ordered.json()) as { id: string }).id}`;
  await untilTrue(
    async () => (await api.send<{ state: string }>(`GET ${path}`)).body.state === 'done',
    30_000,
  );
  const result = await (await fetch(`${api.url}${path}/result`, { headers })).text();
  expect(result.trimEnd().split('\n')).toHaveLength(JOB_ROWS);
  expect(objectsOf('foretell/jobs').length).toBeGreaterThan(0);
});

step('other params are trained: version 2 waits as challenger', async () => {
  stack.mount('trainer', '/app/params.yaml', quickParams(stack.path('trainer', '/app'), 1));
  await stack.run('trainer', ['dist/ml/train.js']);
  expect(await versionOf('challenger')).toBe('2');
  expect(await versionOf('champion')).toBe('1');
});

step(
  'version 2 is promoted through the API: the gate passes, the alias moves in MLflow',
  async () => {
    load = new PredictionLoad({
      url: api.url,
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ features: await api.typicalRow() }),
      connections: CALLERS,
    });
    await acknowledged(SOME);
    const { status, body } = await api.send(`POST /models/${NAME}/promote`, { version: '2' });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { version: '2', from_version: '1', passed: true, forced: false },
    });
    expect((body as { checks: unknown[] }).checks).toContainEqual(
      expect.objectContaining({ name: 'roc_auc_vs_champion', passed: true }),
    );
    expect(await versionOf('champion')).toBe('2');
  },
);

step(
  'the api has swapped: callers see version 2 after version 1, and none was refused',
  async () => {
    expect(await api.version()).toBe('2');
    await acknowledged(callers().acknowledged.length + SOME);
    expect(callers().refused).toEqual([]);
    const runs = await query(
      `SELECT model_version, count(*)::int AS rows, min(created_at)::float AS first, max(created_at)::float AS last
     FROM predictions WHERE id = ANY($1) GROUP BY model_version ORDER BY model_version`,
      [callers().acknowledged],
    );
    expect(runs).toMatchObject([{ model_version: '1' }, { model_version: '2' }]);
    // A row may be scored by the one and be stored while the other answers already.
    expect(Number(runs[1]?.['last'])).toBeGreaterThan(Number(runs[0]?.['last']));
    expect(Number(runs[0]?.['first'])).toBeLessThan(Number(runs[1]?.['first']));
  },
);

step('Prometheus knows how often each version answers', async () => {
  const rate = (version: string, window: string): Promise<number | null> =>
    valueOf(
      `sum(rate(model_predictions_total{job="foretell",model="${NAME}",version="${version}"}[${window}]))`,
    );
  await untilTrue(async () => Number(await rate('2', '5s')) > 0, 30_000);
  expect(await rate('1', '10m')).toBeGreaterThan(0);
  expect(callers().refused).toEqual([]);
});

step(
  'the api is stopped: the alert is pending, fires, is active in Alertmanager, and somebody is paged',
  async () => {
    // One scrape that a busy server does not answer in time makes it pending for a moment.
    await untilTrue(async () => (await stateOfAlert()) === null, 30_000);
    await stack.down('api');
    for (const state of ['pending', 'firing'])
      await untilTrue(async () => (await stateOfAlert()) === state, 30_000);
    await untilTrue(isActive, 10_000);
    await untilTrue(() => Promise.resolve(receivers.hasTold(page('firing'))), 30_000);
  },
);

step(
  'the api comes back: the alert resolves, and everything that was acknowledged is there',
  async () => {
    await stack.up('api');
    await callers().stop();
    // Its token is still good: the key was not drawn anew.
    expect(await api.version()).toBe('2');
    await untilTrue(async () => (await stateOfAlert()) === null, 30_000);
    await untilTrue(() => Promise.resolve(receivers.hasTold(page('resolved'))), 30_000);
    const { acknowledged: ids } = callers();
    const stored = await query('SELECT id FROM predictions WHERE id = ANY($1)', [ids]);
    expect(stored).toHaveLength(new Set(ids).size);
    expect(receivers.refused).toEqual([]);
  },
);

async function signIn(): Promise<void> {
  const password = stack.read('api', `${SECRETS}/admin_password`);
  const running = {
    url: stack.url('api'),
    output: () => stack.output(),
    stop: () => Promise.resolve(null),
  };
  api = await Served.signIn(running, password);
}

/** What MLflow answers a caller who knows it by the name. */
const statusByName = (host: string): Promise<number | undefined> =>
  new Promise((resolve, reject) => {
    const url = `${stack.url('mlflow')}/api/2.0/mlflow/experiments/get?experiment_id=0`;
    request(url, { headers: { host } }, (answer) => {
      answer.resume();
      resolve(answer.statusCode);
    })
      .on('error', reject)
      .end();
  });

/** The version that the alias names in MLflow; null where it names none. */
async function versionOf(alias: string): Promise<string | null> {
  const path = `registered-models/get?name=${NAME}`;
  const { registered_model: model } = (await callMlflow(stack.url('mlflow'), 'GET', path)) as {
    registered_model: { aliases?: readonly { alias: string; version: string }[] };
  };
  return model.aliases?.find((each) => each.alias === alias)?.version ?? null;
}

/** The state of the run that made the version. */
async function runOf(version: string): Promise<string> {
  const mlflow = stack.url('mlflow');
  const path = `model-versions/get?name=${NAME}&version=${version}`;
  const { model_version: found } = (await callMlflow(mlflow, 'GET', path)) as {
    model_version: { run_id: string };
  };
  const answer = await callMlflow(mlflow, 'GET', `runs/get?run_id=${found.run_id}`);
  return (answer as { run: { info: { status: string } } }).run.info.status;
}

/** Keys in the S3 server's volume: buckets are its folders. */
const objectsOf = (prefix: string): readonly string[] =>
  readdirSync(stack.path('s3', `/data/objects/${prefix}`), { recursive: true, encoding: 'utf8' });

/** As the server reaches its database. */
async function query(sql: string, values: unknown[]): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: stack.read('api', `${SECRETS}/database_url`) });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

const callers = (): PredictionLoad => {
  if (load === undefined) throw new Error('nobody predicts yet');
  return load;
};
const acknowledged = (count: number): Promise<number> =>
  untilTrue(() => Promise.resolve(callers().acknowledged.length >= count), 30_000);

async function json<Body>(url: string): Promise<Body> {
  return (await (await fetch(url)).json()) as Body;
}

/** What PromQL answers with one number; null where there is no series. */
async function valueOf(promql: string): Promise<number | null> {
  const url = `${stack.url('prometheus')}/api/v1/query?query=${encodeURIComponent(promql)}`;
  const { data } = await json<{ data: { result: readonly { value: [number, string] }[] } }>(url);
  const [series] = data.result;
  return series === undefined ? null : Number(series.value[1]);
}

interface Alert {
  readonly labels: Readonly<Record<string, string>>;
}

/** In Prometheus; null where it is quiet. */
async function stateOfAlert(): Promise<string | null> {
  const { data } = await json<{ data: { alerts: readonly (Alert & { state: string })[] } }>(
    `${stack.url('prometheus')}/api/v1/alerts`,
  );
  return data.alerts.find(({ labels }) => labels['alertname'] === ALERT)?.state ?? null;
}

async function isActive(): Promise<boolean> {
  const alerts = await json<readonly (Alert & { status: { state: string } })[]>(
    `${stack.url('alertmanager')}/api/v2/alerts`,
  );
  return alerts.some(
    ({ labels, status }) => labels['alertname'] === ALERT && status.state === 'active',
  );
}

const page = (state: string): string => `page ${state} ${ALERT} critical`;
