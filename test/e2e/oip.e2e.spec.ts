// The Open Inference Protocol over real HTTP: health, metadata, tensors in every form, and what is answered where something is missing.
import type { OpenAPIObject } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { byChallenger, ChallengedServer, rowOf } from '../support/challenged-server.ts';
import { PredictionServer, publish, type Answer } from '../support/prediction-server.ts';
import { TINY_FEATURES, tinyProbability } from '../support/tiny-bundle.ts';

interface Output {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly number[];
  readonly data: readonly (number | string)[];
  readonly parameters?: { readonly binary_data_size: number };
}
interface Inference {
  readonly model_name: string;
  readonly model_version: string;
  readonly id?: string;
  readonly outputs: readonly Output[];
}
interface OipError {
  readonly error: string;
}

const ROWS = [
  { 'mean radius': 13, 'mean texture': 18, side: 'left' },
  { 'mean radius': 26.5, 'mean texture': null, side: 'right' },
];
const PROBABILITIES = ROWS.map((row) => tinyProbability(TINY_FEATURES, 0, row));
const MATRIX = [
  [13, 18, 0],
  [26.5, null, 1],
];
const tensor = (data: unknown, changes: object = {}) => ({
  inputs: [{ name: 'features', shape: [2, 3], datatype: 'FP32', data, ...changes }],
});
const COLUMNS = {
  inputs: [
    { name: 'side', shape: [2], datatype: 'BYTES', data: ['left', 'right'] },
    { name: 'mean radius', shape: [2, 1], datatype: 'FP64', data: [[13], [26.5]] },
    { name: 'mean texture', shape: [2], datatype: 'INT32', data: [18, null] },
  ],
};
const INFER = '/v2/models/foretell/infer';

describe('the Open Inference Protocol', () => {
  let server: PredictionServer;
  let bearer: Record<string, string>;
  beforeAll(async () => {
    server = await PredictionServer.start(publish);
    bearer = { authorization: `Bearer ${await server.token()}` };
  });
  afterAll(() => server.stop());

  const infer = <Body = Inference>(
    body: unknown,
    path = INFER,
    headers: Record<string, string> = {},
  ): Promise<Answer<Body>> =>
    server.post<Body>(path, JSON.stringify(body), { ...bearer, ...headers });
  const stored = async (): Promise<number> => {
    const rows: { n: number }[] = await server.app
      .get(DataSource)
      .query('SELECT count(*) AS n FROM predictions');
    return Number(rows[0]?.n);
  };
  const outputOf = ({ outputs }: Inference, name: string): Output | undefined =>
    outputs.find((output) => output.name === name);
  const expectBoth = ({ status, body, headers }: Answer<Inference>): void => {
    expect(status).toBe(200);
    expect(body).toMatchObject({ model_name: 'foretell', model_version: '1' });
    expect(outputOf(body, 'probability')).toEqual({
      name: 'probability',
      datatype: 'FP32',
      shape: [2, 1],
      data: PROBABILITIES.map((probability) => expect.closeTo(probability, 6) as number),
    });
    expect(outputOf(body, 'label')).toEqual({
      name: 'label',
      datatype: 'INT64',
      shape: [2],
      data: PROBABILITIES.map((probability) => (probability >= 0.5 ? 1 : 0)),
    });
    expect(headers.get('x-model-version')).toBe('1');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  };

  it.each(['/v2', '/v2/'])('tells name, version and extensions at %s to anyone', async (path) => {
    const { status, body } = await server.send(path);
    expect([status, body]).toEqual([
      200,
      {
        name: 'foretell',
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
        extensions: ['binary_tensor_data'],
      },
    ]);
  });

  it('is live and ready', async () => {
    expect((await server.send('/v2/health/live')).body).toEqual({ live: true });
    expect((await server.send('/v2/health/ready')).body).toEqual({ ready: true });
    for (const path of ['/v2/models/foretell/ready', '/v2/models/foretell/versions/1/ready']) {
      const { status, body } = await server.send(path);
      expect([status, body]).toEqual([200, { name: 'foretell', ready: true }]);
    }
  });

  it.each(['/v2/models/foretell', '/v2/models/foretell/versions/1'])(
    'describes the tensors of the model at %s',
    async (path) => {
      const { status, body } = await server.send(path);
      expect([status, body]).toEqual([
        200,
        {
          name: 'foretell',
          versions: ['1'],
          platform: 'onnx_onnxv1',
          inputs: [{ name: 'features', datatype: 'FP32', shape: [-1, 3] }],
          outputs: [
            { name: 'label', datatype: 'INT64', shape: [-1] },
            { name: 'probability', datatype: 'FP32', shape: [-1, 1] },
            { name: 'prediction_id', datatype: 'BYTES', shape: [-1] },
          ],
          columns: [
            { name: 'mean radius', datatype: 'FP64', shape: [-1] },
            { name: 'mean texture', datatype: 'FP64', shape: [-1] },
            { name: 'side', datatype: 'BYTES', shape: [-1] },
          ],
        },
      ]);
    },
  );

  it.each([
    ['nested rows', tensor(MATRIX)],
    ['flat rows', tensor(MATRIX.flat())],
    ['FP64', tensor(MATRIX, { datatype: 'FP64' })],
    ['one tensor per feature, in any order', COLUMNS],
    ['parameters that say so', { ...COLUMNS, parameters: { content_type: 'pd' } }],
  ])('infers from %s', async (_, body) => {
    expectBoth(await infer(body));
  });

  it('infers by version', async () => {
    expectBoth(await infer(COLUMNS, '/v2/models/foretell/versions/1/infer'));
  });

  it('refuses a position that no category has, and does not take it for a missing value', async () => {
    const matrix = { shape: [1, 3], data: [13, 18, 2] };
    const { status, body } = await infer<OipError>(tensor([], matrix));
    expect([status, body.error]).toEqual([
      400,
      'The tensors do not fit the model. Expected rows[0].side: a position from 0 to 1, not another number.',
    ]);
  });

  it('leaves out a feature that may be missing', async () => {
    const [side, radius] = COLUMNS.inputs;
    const { status, body } = await infer({ inputs: [side, radius] });
    const probability = tinyProbability(TINY_FEATURES, 0, { 'mean radius': 26.5, side: 'right' });
    expect(status).toBe(200);
    expect(outputOf(body, 'probability')?.data[1]).toBeCloseTo(probability, 6);
  });

  it('has an example in the OpenAPI document that is answered as it stands', async () => {
    const { body: document } = await server.send<OpenAPIObject>('/docs-json');
    const schema = document.components?.schemas?.['InferenceRequest'] as { example: unknown };
    expect((await infer(schema.example)).status).toBe(200);
  });

  it('echoes the id, and has none where none came', async () => {
    expect((await infer({ id: '42', ...COLUMNS })).body.id).toBe('42');
    expect((await infer(COLUMNS)).body).not.toHaveProperty('id');
  });

  it('answers the outputs that are asked for, in that order', async () => {
    const named = (...names: string[]) => ({
      ...COLUMNS,
      outputs: names.map((name) => ({ name })),
    });
    const names = async (body: object): Promise<string[]> =>
      (await infer(body)).body.outputs.map(({ name }) => name);
    expect(await names(COLUMNS)).toEqual(['label', 'probability', 'prediction_id']);
    expect(await names(named('probability'))).toEqual(['probability']);
    expect(await names(named('probability', 'label'))).toEqual(['probability', 'label']);
  });

  it('gives each row the id under which it is in the log', async () => {
    const before = await stored();
    const { body } = await infer(COLUMNS);
    expect(await stored()).toBe(before + 2);
    const ids = outputOf(body, 'prediction_id')?.data ?? [];
    for (const [i, id] of ids.entries()) {
      const { body: row } = await server.send<object>(`/predictions/${id}`, { headers: bearer });
      expect(row).toMatchObject({
        features: ROWS[i],
        probability: outputOf(body, 'probability')?.data[i],
      });
    }
    expect(ids).toHaveLength(2);
  });

  describe('with binary tensors', () => {
    const bytesOf = (array: ArrayBufferView): Buffer =>
      Buffer.from(array.buffer, array.byteOffset, array.byteLength);
    const texts = (...values: string[]): Buffer =>
      Buffer.concat(
        values.flatMap((value) => {
          const length = Buffer.alloc(4);
          length.writeUInt32LE(Buffer.byteLength(value));
          return [length, Buffer.from(value)];
        }),
      );
    const send = async (json: object, ...tensors: Buffer[]): Promise<Response> => {
      const head = Buffer.from(JSON.stringify(json));
      return fetch(server.url + INFER, {
        method: 'POST',
        headers: {
          ...bearer,
          'content-type': 'application/octet-stream',
          'inference-header-content-length': String(head.length),
        },
        body: Buffer.concat([head, ...tensors]),
      });
    };
    const input = (name: string, datatype: string, shape: number[], size: number) => ({
      name,
      datatype,
      shape,
      parameters: { binary_data_size: size },
    });

    it('reads the matrix, NaN as a missing value, and answers JSON unless asked otherwise', async () => {
      const cells = bytesOf(Float32Array.from(MATRIX.flat(), (cell) => cell ?? Number.NaN));
      const inputs = [input('features', 'FP32', [2, 3], cells.length)];
      const answer = await send({ inputs }, cells);
      const body = (await answer.json()) as Inference;
      expectBoth({ status: answer.status, headers: answer.headers, body });
    });

    it('reads columns of each datatype one after another', async () => {
      const columns: [string, string, Buffer][] = [
        ['mean radius', 'INT64', bytesOf(BigInt64Array.of(13n, 26n))],
        ['mean texture', 'FP64', bytesOf(Float64Array.of(18, Number.NaN))],
        ['side', 'BYTES', texts('left', 'right')],
      ];
      const inputs = columns.map(([name, datatype, { length }]) =>
        input(name, datatype, [2], length),
      );
      const answer = await send({ inputs }, ...columns.map(([, , bytes]) => bytes));
      expect(answer.status).toBe(200);
      const second = { ...ROWS[1], 'mean radius': 26 } as (typeof ROWS)[0];
      const { data = [] } = outputOf((await answer.json()) as Inference, 'probability') ?? {};
      expect(data[1]).toBeCloseTo(tinyProbability(TINY_FEATURES, 0, second), 6);
    });

    it('answers binary where the request or an output asks for it', async () => {
      const answer = await fetch(server.url + INFER, {
        method: 'POST',
        headers: bearer,
        body: Buffer.from(
          JSON.stringify({
            ...COLUMNS,
            parameters: { binary_data_output: true },
            outputs: [
              { name: 'label' },
              { name: 'probability', parameters: { binary_data: false } },
              { name: 'prediction_id' },
            ],
          }),
        ),
      });
      expect(answer.headers.get('content-type')).toBe('application/octet-stream');
      const length = Number(answer.headers.get('inference-header-content-length'));
      const bytes = Buffer.from(await answer.arrayBuffer());
      const { outputs } = JSON.parse(bytes.subarray(0, length).toString()) as Inference;
      expect(outputs.map(({ parameters }) => parameters?.binary_data_size)).toEqual([
        16,
        undefined,
        80,
      ]);
      expect(bytes.length).toBe(length + 96);
      expect(bytes.readBigInt64LE(length)).toBe(
        PROBABILITIES[0] && PROBABILITIES[0] >= 0.5 ? 1n : 0n,
      );
      expect(bytes.readUInt32LE(length + 16)).toBe(36);
    });

    it.each([
      ['fewer bytes than the inputs say', 24, 20, '24'],
      ['more bytes than the inputs say', 24, 28, '24'],
      ['bytes that are no whole elements', 23, 23, '24'],
      ['bytes for another shape', 20, 20, '24'],
    ])('refuses %s', async (_, stated, sent) => {
      const inputs = [input('features', 'FP32', [2, 3], stated)];
      const answer = await send({ inputs }, Buffer.alloc(sent));
      expect([answer.status, Object.keys((await answer.json()) as object)]).toEqual([
        400,
        ['error'],
      ]);
    });

    it.each(['x', '-1', '1e9', '99999999'])('refuses a header length of %s', async (length) => {
      const answer = await infer<OipError>(COLUMNS, INFER, {
        'inference-header-content-length': length,
      });
      expect([answer.status, typeof answer.body.error]).toEqual([400, 'string']);
    });

    it('refuses texts that are not UTF-8', async () => {
      const text = Buffer.from([1, 0, 0, 0, 0xff]);
      const inputs = [input('side', 'BYTES', [1], text.length)];
      expect((await send({ inputs }, text)).status).toBe(400);
    });
  });

  it.each([
    ['metadata', 'GET', '/v2/models/nope'],
    ['readiness', 'GET', '/v2/models/nope/ready'],
    ['an inference', 'POST', '/v2/models/nope/infer'],
    ['metadata of a version', 'GET', '/v2/models/foretell/versions/9'],
    ['readiness of a version', 'GET', '/v2/models/foretell/versions/9/ready'],
    ['an inference of a version', 'POST', '/v2/models/foretell/versions/9/infer'],
  ])(
    'answers 404 to %s that is not served, and does not repeat its name',
    async (_, method, path) => {
      const { status, body } =
        method === 'GET' ? await server.send<OipError>(path) : await infer<OipError>(COLUMNS, path);
      expect([status, Object.keys(body)]).toEqual([404, ['error']]);
      expect(body.error).not.toMatch(/nope|9/);
    },
  );

  it('answers 404 in its own shape where the protocol has nothing', async () => {
    const { status, body } = await server.send<OipError>('/v2/nothing/here');
    expect([status, Object.keys(body)]).toEqual([404, ['error']]);
  });

  it('counts requests to any number of unknown models under one label set', async () => {
    for (let i = 0; i < 20; i += 1) await infer(COLUMNS, `/v2/models/random-${i}/infer`);
    const { body } = await server.send<string>('/metrics');
    expect(body).not.toContain('random-');
    const series = body.match(/^http_request_duration_seconds_count\{.*infer.*404.*/gm);
    expect(series?.length).toBe(2);
  });

  it('needs a credential that holds the scope predict, and says so in its own shape', async () => {
    const none = await server.post<OipError>(INFER, JSON.stringify(COLUMNS), {});
    expect([none.status, Object.keys(none.body)]).toEqual([401, ['error']]);
    expect(none.headers.get('www-authenticate')).toContain('Bearer');
    const user = { username: 'reader', password: 'a password of a viewer', role: 'viewer' };
    await server.post('/users', JSON.stringify(user), bearer);
    const viewer = { authorization: `Bearer ${await server.token(user.username, user.password)}` };
    const refused = await server.post<OipError>(INFER, JSON.stringify(COLUMNS), viewer);
    expect([refused.status, Object.keys(refused.body)]).toEqual([403, ['error']]);
  });

  it('answers 500 without internals where the model cannot be run', async () => {
    const broken = await ChallengedServer.startWith();
    await broken.setMode('shadow');
    await broken.breakChallenger();
    const path = '/v2/models/foretell/versions/2/infer';
    const { status, body } = await broken.server.post<OipError>(
      path,
      JSON.stringify(COLUMNS),
      broken.headers,
    );
    expect([status, Object.keys(body)]).toEqual([500, ['error']]);
    expect(body.error).not.toMatch(/\bat \/|node_modules|session/i);
    await broken.stop();
  });
});

describe('the Open Inference Protocol of a server', () => {
  it('without a model is live, not ready, and 503 with a time to come back', async () => {
    const server = await PredictionServer.start();
    const headers = { authorization: `Bearer ${await server.token()}` };
    expect((await server.send('/v2/health/live')).status).toBe(200);
    const ready = await server.send('/v2/health/ready');
    expect([ready.status, ready.body]).toEqual([503, { ready: false }]);
    const answers = [
      await server.send<OipError>('/v2/models/foretell'),
      await server.send<OipError>('/v2/models/foretell/ready'),
      await server.post<OipError>(INFER, JSON.stringify(COLUMNS), headers),
    ];
    for (const { status, body, headers: of } of answers) {
      expect([status, Object.keys(body)]).toEqual([503, ['error']]);
      expect(of.get('retry-after')).toBe('5');
    }
    expect((await server.send('/v2/models/nope')).status).toBe(404);
    await server.stop();
  });

  it('with a challenger answers with either version, as named', async () => {
    const challenged = await ChallengedServer.startWith();
    await challenged.setMode('shadow');
    const { server, headers } = challenged;
    const { body: metadata } = await server.send<{ versions: string[] }>('/v2/models/foretell');
    expect(metadata.versions).toEqual(['1', '2']);
    const { 'mean radius': radius, 'mean texture': texture } = rowOf(3);
    const body = JSON.stringify({
      inputs: [{ name: 'features', shape: [1, 3], datatype: 'FP32', data: [radius, texture, 0] }],
      outputs: [{ name: 'probability' }],
    });
    const answer = await server.post<Inference>(
      '/v2/models/foretell/versions/2/infer',
      body,
      headers,
    );
    expect([answer.status, answer.body.model_version]).toEqual([200, '2']);
    expect(answer.headers.get('x-model-version')).toBe('2');
    expect(answer.body.outputs[0]?.data[0]).toBeCloseTo(byChallenger(3), 6);
    await challenged.stop();
  });
});
