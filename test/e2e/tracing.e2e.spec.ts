// Traces as a collector gets them: of the fast lane and of the ordinary way, without anything that a caller said but its trace.
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { VERSION } from '../../src/common/version.ts';
import { OTHER_FEATURES } from '../support/challenged-server.ts';
import { writeExplainableBundle } from '../support/explainable-bundle.ts';
import { KIND, OtlpCollector, STATUS, type ReceivedSpan } from '../support/otlp-collector.ts';
import { PredictionServer, publish, register, type Problem } from '../support/prediction-server.ts';
import { RawClient } from '../support/raw-client.ts';
import { untilTrue } from '../support/until.ts';

const SECRET_NUMBER = 13.377_331;
const FEATURES = { 'mean radius': SECRET_NUMBER, 'mean texture': 18.5, side: 'right' };
const ROW = JSON.stringify({ features: FEATURES });
const WAYS = { fast: 'application/json', ordinary: 'Application/JSON' };
const PASSWORD = 'a password of the tracing tests';
const COLLECTOR_KEY = 'the key of the collector';

interface Remote {
  readonly traceId: string;
  readonly spanId: string;
  readonly headers: { readonly traceparent: string };
}

/** A caller who traces too. */
function remote(flags = '01'): Remote {
  const [traceId, spanId] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { traceId, spanId, headers: { traceparent: `00-${traceId}-${spanId}-${flags}` } };
}

const settingsFor = (collector: { readonly url: string }): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
  OTEL_EXPORTER_OTLP_HEADERS: `api-key=${encodeURIComponent(COLLECTOR_KEY)}`,
  ADMIN_PASSWORD: PASSWORD,
});

/** The SDK reads the rest of its settings by itself, when it is made. */
const ENVIRONMENT = {
  ...process.env,
  OTEL_BSP_SCHEDULE_DELAY: '20',
  OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=test',
};
const forget = (): void => {
  process.env = { ...ENVIRONMENT };
};
beforeAll(forget);
afterEach(forget);

describe('a server with a collector', () => {
  let collector: OtlpCollector;
  let server: PredictionServer;
  let authorization: string;
  beforeAll(async () => {
    collector = await OtlpCollector.start();
    server = await PredictionServer.start(publish, settingsFor(collector));
    authorization = `Bearer ${await server.token('admin', PASSWORD)}`;
    // The token is verified once, the ordinary way.
    await server.post('/predict', ROW, { authorization });
  });
  afterAll(async () => {
    await server.stop();
    await collector.stop();
  });

  const isWithin = (whole: ReceivedSpan, part: ReceivedSpan): boolean =>
    part.parentSpanId === whole.spanId && part.start >= whole.start && part.end <= whole.end;

  it.each(Object.entries(WAYS))(
    'continues the trace of the caller, with what took time inside it (%s)',
    async (way, type) => {
      const caller = remote();
      const answer = await server.post('/predict', ROW, {
        ...{ authorization, 'content-type': type },
        ...caller.headers,
      });
      expect([answer.status, answer.headers.get('x-model-version')]).toEqual([200, '1']);
      const [whole, ...parts] = await collector.trace(caller.traceId);
      const { port } = new URL(server.url);
      expect([way, whole]).toMatchObject([
        way,
        {
          name: 'POST /predict',
          parentSpanId: caller.spanId,
          status: STATUS.unset,
          resource: {
            'service.name': 'foretell',
            'service.version': VERSION,
            'service.instance.id': expect.stringMatching(/^[\da-f-]{36}$/) as string,
            'deployment.environment': 'test',
            'telemetry.sdk.name': 'opentelemetry',
          },
        },
      ]);
      expect(whole.attributes).toEqual({
        'http.request.method': 'POST',
        'http.route': '/predict',
        'http.response.status_code': 200,
        'url.scheme': 'http',
        'server.address': '127.0.0.1',
        'server.port': Number(port),
      });
      expect(parts.map(({ name }) => name).sort()).toEqual(['infer', 'log']);
      for (const part of parts) {
        expect(isWithin(whole, part)).toBe(true);
        expect(part.end - part.start).toBeGreaterThan(0n);
        expect([part.kind, part.attributes]).toEqual([
          KIND.internal,
          {
            'foretell.model.name': 'foretell',
            'foretell.model.version': '1',
            'foretell.rows': 1,
          },
        ]);
      }
    },
  );

  it.each(Object.values(WAYS))('knows whose body it is that comes late (%s)', async (type) => {
    const caller = remote();
    const client = await RawClient.connect(server.url);
    client.write(
      `POST /predict HTTP/1.1\r\nHost: risk.example.com\r\nAuthorization: ${authorization}\r\nContent-Type: ${type}\r\n` +
        `Traceparent: ${caller.headers.traceparent}\r\nContent-Length: ${ROW.length}\r\n\r\n`,
    );
    await pause(50);
    client.write(ROW);
    const [answer] = await client.answers(1);
    client.leave();
    expect(answer?.status).toBe(200);
    const [whole, ...parts] = await collector.trace(caller.traceId);
    expect(whole.attributes['server.address']).toBe('risk.example.com');
    expect(parts.map(({ name }) => name).sort()).toEqual(['infer', 'log']);
  });

  it('keeps apart requests that share a run of the model and a transaction', async () => {
    const callers = Array.from({ length: 30 }, () => remote());
    await Promise.all(
      callers.map(({ headers }) => server.post('/predict', ROW, { authorization, ...headers })),
    );
    for (const { traceId } of callers) {
      const [whole, ...parts] = await collector.trace(traceId);
      expect(parts.map(({ name }) => name).sort()).toEqual(['infer', 'log']);
      expect(parts.every((part) => isWithin(whole, part))).toBe(true);
    }
  });

  it('tells of a client that left before its answer', async () => {
    const caller = remote();
    const client = await RawClient.connect(server.url);
    client.write(
      `POST /predict HTTP/1.1\r\nHost: x\r\nTraceparent: ${caller.headers.traceparent}\r\nContent-Length: 9\r\n\r\n`,
    );
    const inFlight = async (): Promise<boolean> =>
      /^http_requests_in_flight 2$/m.test((await server.send<string>('/metrics')).body);
    await untilTrue(inFlight, 30_000);
    client.leave();
    const [whole] = await collector.trace(caller.traceId);
    expect([whole.status, whole.attributes['error.type']]).toEqual([STATUS.unset, 'client_left']);
    expect(whole.attributes).not.toHaveProperty(['http.response.status_code']);
  });

  it.each([
    ['/invocations', JSON.stringify({ inputs: [FEATURES, FEATURES] }), ['infer', 'log'], 2],
    ['/predict/batch', JSON.stringify([FEATURES, FEATURES, FEATURES]), ['batch'], 3],
  ])('tells how many rows a prediction had: %s', async (path, body, names, rows) => {
    const caller = remote();
    const answer = await server.post(path, body, { authorization, ...caller.headers });
    expect(answer.status).toBe(200);
    const [whole, ...parts] = await collector.trace(caller.traceId);
    expect(whole.name).toBe(`POST ${path}`);
    expect(parts.map(({ name }) => name).sort()).toEqual(names);
    expect(parts.map(({ attributes }) => attributes['foretell.rows'])).toEqual(
      names.map(() => rows),
    );
    expect(parts.every((part) => isWithin(whole, part))).toBe(true);
  });

  it('names routes by their pattern, and says nothing of ids, queries and paths that are none', async () => {
    const { body } = await server.post<{ id: string }>('/predict', ROW, { authorization });
    const [found, nothing] = [remote(), remote()];
    await server.send(`/predictions/${body.id}?note=querysecret`, {
      headers: { authorization, ...found.headers },
    });
    await server.send('/pathsecret', { headers: nothing.headers });
    const [known] = await collector.trace(found.traceId);
    const [unknown] = await collector.trace(nothing.traceId);
    expect([known.name, known.attributes['http.route']]).toEqual([
      'GET /predictions/:id',
      '/predictions/:id',
    ]);
    expect([unknown.name, unknown.attributes['http.route']]).toEqual(['GET', undefined]);
    expect(unknown.attributes['http.response.status_code']).toBe(404);
    for (const secret of [body.id, 'querysecret', 'pathsecret'])
      expect(collector.raw.join()).not.toContain(secret);
  });

  it('leaves what the caller did wrong without the status of an error', async () => {
    for (const type of Object.values(WAYS)) {
      const caller = remote();
      const body = JSON.stringify({ ...FEATURES, 'mean radius': 'inputsecret' });
      const answer = await server.post(`/predict`, body, {
        ...{ authorization, 'content-type': type },
        ...caller.headers,
      });
      expect(answer.status).toBe(422);
      const [whole, ...parts] = await collector.trace(caller.traceId);
      expect(parts).toEqual([]);
      expect([whole.status, whole.attributes['http.response.status_code']]).toEqual([
        STATUS.unset,
        422,
      ]);
      expect(whole.attributes).not.toHaveProperty(['error.type']);
    }
  });

  it('begins a trace of its own where there is none, or none that can be read', async () => {
    const before = collector.spans.length;
    await server.post('/predict', ROW, { authorization });
    await server.post('/predict', ROW, { authorization, traceparent: 'nonsense' });
    const isNew = (span: ReceivedSpan): boolean =>
      span.name === 'POST /predict' && collector.spans.indexOf(span) >= before;
    const roots = await collector.those(isNew, 2);
    expect(roots.map(({ parentSpanId }) => parentSpanId)).toEqual(['', '']);
    expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(2);
  });

  it('keeps no trace that the caller does not keep, and takes no baggage', async () => {
    const [unsampled, sampled] = [remote('00'), remote()];
    const headers = { authorization, baggage: 'note=baggagesecret' };
    await server.post('/predict', ROW, { ...headers, ...unsampled.headers });
    await server.post('/predict', ROW, { ...headers, ...sampled.headers });
    await collector.trace(sampled.traceId);
    expect(collector.spans.filter(({ traceId }) => traceId === unsampled.traceId)).toEqual([]);
    expect(collector.raw.join()).not.toContain('baggagesecret');
  });

  it('leaves out what orchestrators, Prometheus and pages ask for', async () => {
    const caller = remote();
    for (const path of [
      '/health/live',
      '/health/ready',
      '/v2/health/live',
      '/metrics',
      '/',
      '/docs-json',
    ])
      await server.send(path, { headers: caller.headers });
    await server.send('/model-info', { headers: { authorization, ...caller.headers } });
    const [whole] = await collector.trace(caller.traceId);
    expect(whole.name).toBe('GET /model-info');
    expect(collector.spans.filter(({ traceId }) => traceId === caller.traceId)).toEqual([whole]);
  });

  it('sends its key to the collector, and no input, answer, password or name to anybody', async () => {
    const caller = remote();
    const { body } = await server.post<{ probability: number }>('/predict', ROW, {
      authorization,
      ...caller.headers,
    });
    await collector.trace(caller.traceId);
    await collector.those(({ name }) => name === 'POST /token');
    const everything = collector.raw.join();
    expect(everything).toContain(`"api-key":"${COLLECTOR_KEY}"`);
    const secrets = [SECRET_NUMBER, body.probability, 'inputsecret', 'right', PASSWORD, 'admin'];
    for (const secret of [...secrets.map(String), authorization.slice('Bearer '.length)])
      expect(everything).not.toContain(secret);
  });
});

it('traces the share of requests that is wanted, and every one whose caller is traced', async () => {
  const collector = await OtlpCollector.start();
  const server = await PredictionServer.start(publish, {
    ...settingsFor(collector),
    ...{ OTEL_TRACES_SAMPLER_ARG: '0', OTEL_SERVICE_NAME: 'risk' },
  });
  const authorization = `Bearer ${await server.token('admin', PASSWORD)}`;
  for (let i = 0; i < 5; i += 1) await server.post('/predict', ROW, { authorization });
  const caller = remote();
  await server.post('/predict', ROW, { authorization, ...caller.headers });
  const [whole] = await collector.trace(caller.traceId);
  await server.stop();
  await collector.stop();
  expect(whole.resource['service.name']).toBe('risk');
  expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([caller.traceId]));
});

interface TracedPrediction {
  readonly path?: string;
  readonly settings?: Readonly<Record<string, string>>;
  /** What happens to the server before it is asked. */
  readonly before?: (server: PredictionServer) => Promise<void>;
}

/** The parts of one prediction by a server that has what `prepare` leaves, by name, version and error; the status of the answer first. */
async function partsOf(
  prepare: (varDir: string) => Promise<unknown>,
  { path = '/predict', settings = {}, before }: TracedPrediction,
): Promise<readonly unknown[]> {
  const collector = await OtlpCollector.start();
  const server = await PredictionServer.start(prepare, { ...settingsFor(collector), ...settings });
  try {
    const authorization = `Bearer ${await server.token('admin', PASSWORD)}`;
    await before?.(server);
    const caller = remote();
    const { status } = await server.post(path, ROW, { authorization, ...caller.headers });
    const [, ...parts] = await collector.trace(caller.traceId);
    parts.sort((a, b) => Number(a.start - b.start));
    const told = parts.map(({ name, attributes }) => [
      name,
      attributes['foretell.model.version'],
      attributes['error.type'],
    ]);
    return [status, ...told];
  } finally {
    await server.stop();
    await collector.stop();
  }
}

it('tells how long finding the reasons took', async () => {
  const explainable = async (varDir: string): Promise<void> => {
    const bundleDir = mkdtempSync(join(varDir, 'explainable-'));
    await writeExplainableBundle(bundleDir, { learner: 'logistic_regression' });
    await register(varDir, bundleDir);
  };
  expect(await partsOf(explainable, { path: '/predict?explain=true' })).toEqual([
    200,
    ['infer', '1', undefined],
    ['explain', '1', undefined],
    ['log', '1', undefined],
  ]);
});

it('tells of a canary that could not answer, and of the champion that did', async () => {
  const challenged = async (varDir: string): Promise<void> => {
    await publish(varDir);
    await publish(varDir, { features: OTHER_FEATURES }, 'challenger');
  };
  expect(await partsOf(challenged, { settings: { CHALLENGER: 'canary:100%' } })).toEqual([
    200,
    ['infer', '2', 'invalid_input'],
    ['infer', '1', undefined],
    ['log', '1', undefined],
  ]);
});

it('tells which part failed', async () => {
  const withoutTable = async (server: PredictionServer): Promise<void> => {
    await server.app.get(DataSource).query('ALTER TABLE predictions RENAME TO gone');
  };
  expect(await partsOf(publish, { before: withoutTable })).toEqual([
    503,
    ['infer', '1', undefined],
    ['log', '1', 'UNAVAILABLE'],
  ]);
});

describe('where something is away', () => {
  /** Whatever is printed while the work is done. */
  async function printed(work: () => Promise<unknown>): Promise<string> {
    let text = '';
    const spies = [process.stdout, process.stderr].map((stream) =>
      jest.spyOn(stream, 'write').mockImplementation((chunk) => {
        text += String(chunk);
        return true;
      }),
    );
    try {
      await work();
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
    return text;
  }

  it('marks what the server could not do, and names the trace in the log', async () => {
    const collector = await OtlpCollector.start();
    const server = await PredictionServer.start(undefined, {
      ...settingsFor(collector),
      ...{ NODE_ENV: 'production', JWT_SECRET: 'a secret of the tracing tests: 32 characters' },
    });
    const authorization = `Bearer ${await server.token('admin', PASSWORD)}`;
    const caller = remote();
    let problem: Problem | undefined;
    const log = await printed(async () => {
      problem = (await server.post<Problem>('/predict', ROW, { authorization, ...caller.headers }))
        .body;
    });
    const [whole] = await collector.trace(caller.traceId);
    await server.stop();
    await collector.stop();
    expect(whole.status).toBe(STATUS.error);
    expect(whole.attributes).toMatchObject({
      'http.response.status_code': 503,
      'error.type': '503',
    });
    const line = log.split('\n').find((each) => each.includes('MODEL_NOT_READY')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      message: expect.stringContaining(problem?.instance ?? 'an instance') as string,
      trace_id: whole.traceId,
      span_id: whole.spanId,
    });
    expect(JSON.stringify(problem)).not.toContain(whole.traceId);
  });

  it('traces calls of MLflow, and tells it of the trace', async () => {
    const asked: IncomingHttpHeaders[] = [];
    const ill = createServer((request, response) => {
      asked.push(request.headers);
      response.writeHead(404, { 'content-type': 'text/html' }).end('no MLflow');
    });
    await new Promise<void>((resolve) => ill.listen(0, '127.0.0.1', resolve));
    const { port } = ill.address() as AddressInfo;
    const collector = await OtlpCollector.start();
    const server = await PredictionServer.start(undefined, {
      ...settingsFor(collector),
      MLFLOW_TRACKING_URI: `http://user:mlflowsecret@127.0.0.1:${port}`,
    });
    const authorization = `Bearer ${await server.token('admin', PASSWORD)}`;
    const caller = remote();
    await server.send('/runs', { headers: { authorization, ...caller.headers } });
    const [whole, call] = await collector.trace(caller.traceId);
    await server.stop();
    await collector.stop();
    ill.close();
    expect(call).toMatchObject({
      kind: KIND.client,
      parentSpanId: whole.spanId,
      status: STATUS.error,
      attributes: {
        'http.response.status_code': 404,
        'error.type': '404',
        'server.address': '127.0.0.1',
        'server.port': port,
      },
    });
    expect(asked.map(({ traceparent }) => traceparent)).toContain(
      `00-${caller.traceId}-${call?.spanId ?? ''}-01`,
    );
    expect(collector.raw.join()).not.toContain('mlflowsecret');
  });

  it('answers as ever without the collector, and says so once', async () => {
    const collector = await OtlpCollector.start();
    const { url } = collector;
    await collector.stop();
    // Less than the SDK waits before it tries again.
    process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '700';
    const log = await printed(async () => {
      const server = await PredictionServer.start(publish, {
        ...settingsFor({ url }),
        LOG_LEVEL: 'warn',
      });
      const authorization = `Bearer ${await server.token('admin', PASSWORD)}`;
      for (let i = 0; i < 10; i += 1) {
        const { status } = await server.post('/predict', ROW, { authorization });
        expect(status).toBe(200);
        await pause(50);
      }
      await server.stop();
    });
    expect(
      log.match(/Traces do not reach OTEL_EXPORTER_OTLP_ENDPOINT \(ECONNREFUSED\)/g),
    ).toHaveLength(1);
    expect(log).not.toContain(COLLECTOR_KEY);
  });

  it('answers as ever while the collector does not, keeps a bounded number of spans, and ends in time', async () => {
    process.env['OTEL_EXPORTER_OTLP_TIMEOUT'] = '30000';
    process.env['OTEL_BSP_MAX_QUEUE_SIZE'] = '16';
    process.env['OTEL_BSP_MAX_EXPORT_BATCH_SIZE'] = '8';
    const collector = await OtlpCollector.start(false);
    const server = await PredictionServer.start(publish, settingsFor(collector));
    const authorization = `Bearer ${await server.token('admin', PASSWORD)}`;
    for (let i = 0; i < 100; i += 1)
      expect((await server.post('/predict', ROW, { authorization })).status).toBe(200);
    // One batch is under way, and as many spans wait as may.
    expect(collector.spans.length).toBeLessThanOrEqual(8);
    const stopping = performance.now();
    await server.stop();
    expect(performance.now() - stopping).toBeLessThan(20_000);
    expect(collector.spans.length).toBeLessThanOrEqual(24);
    collector.recover();
    await collector.stop();
  });

  it('sends what is left when it is stopped', async () => {
    process.env['OTEL_BSP_SCHEDULE_DELAY'] = '60000';
    const collector = await OtlpCollector.start();
    const server = await PredictionServer.start(publish, settingsFor(collector));
    const authorization = `Bearer ${await server.token('admin', PASSWORD)}`;
    await server.post('/predict', ROW, { authorization });
    expect(collector.spans).toEqual([]);
    await server.stop();
    await collector.stop();
    expect(collector.spans.map(({ name }) => name).sort()).toEqual([
      'POST /predict',
      'POST /token',
      'infer',
      'log',
    ]);
  });
});
