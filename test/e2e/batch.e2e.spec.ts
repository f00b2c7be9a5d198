// POST /predict/batch over real HTTP: each format in and out against POST /predict, row by row.
import { mkdtempSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import type { RawRow } from '../../src/features/feature-spec.ts';
import { BATCH_FORMATS } from '../../src/prediction/batch/batch-format.ts';
import { MEMORY_BYTES } from '../../src/prediction/batch/spool.ts';
import { MEDIA_TYPE, readResults, writeRows, type Result } from '../support/batch-formats.ts';
import { writeExplainableBundle } from '../support/explainable-bundle.ts';
import { linesOf, OpenBatch } from '../support/open-batch.ts';
import { openUploads, TELLS_OPEN_FILES } from '../support/open-files.ts';
import { PredictionServer, publish, register, type Problem } from '../support/prediction-server.ts';
import { untilTrue } from '../support/until.ts';

/** More than a block. */
const COUNT = 700;
const BAD: Readonly<Record<number, RawRow>> = {
  3: { 'mean radius': 99, 'mean texture': 18, side: 'left' },
  511: { 'mean radius': 50.5, 'mean texture': 18, side: 'middle' },
  512: { 'mean radius': 12, 'mean texture': 18, side: 'middle' },
  699: { 'mean radius': -1, 'mean texture': null, side: 'right' },
};
const ROWS: readonly RawRow[] = Array.from(
  { length: COUNT },
  (_, i) =>
    BAD[i] ?? {
      'mean radius': 6 + (i % 97) / 3,
      'mean texture': i % 5 === 0 ? null : 9 + (i % 41) / 1.3,
      side: i % 2 === 0 ? 'left' : 'right',
    },
);

interface Prediction {
  readonly label: string;
  readonly probability: number;
  readonly warnings: readonly object[];
}

let server: PredictionServer;
let authorization: string;
/** What POST /predict says of each row. */
let expected: readonly Result[];

beforeAll(async () => {
  server = await PredictionServer.start(publish);
  authorization = `Bearer ${await server.token()}`;
  const one = async (row: RawRow, index: number): Promise<Result> => {
    const { body } = await server.post<Prediction & Problem>('/predict', JSON.stringify(row), {
      authorization,
    });
    if (body.errors !== undefined) return { index, errors: body.errors };
    const { label, probability, warnings } = body;
    return { index, label, probability, ...(warnings.length > 0 && { warnings }) };
  };
  expected = await Promise.all(ROWS.map(one));
});
afterAll(() => server.stop());

interface Sent {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

async function send(
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string>,
  query = '',
): Promise<Sent> {
  const answer = await fetch(`${server.url}/predict/batch${query}`, {
    method: 'POST',
    body,
    headers: { authorization, ...headers },
  });
  return {
    status: answer.status,
    headers: answer.headers,
    bytes: Buffer.from(await answer.arrayBuffer()),
  };
}

const problemOf = ({ bytes }: Sent): Problem => JSON.parse(bytes.toString()) as Problem;

const PAIRS = BATCH_FORMATS.flatMap((came) => BATCH_FORMATS.map((asked) => [came, asked] as const));

/** A line is told where the format has lines. */
const withoutPlace = (result: Result): object => ({ ...result, line: undefined });

describe('a batch', () => {
  it.each(PAIRS)('as %s answered as %s says what POST /predict says', async (came, asked) => {
    const sent = await send(
      writeRows(came, ROWS),
      { 'content-type': MEDIA_TYPE[came], accept: MEDIA_TYPE[asked] },
      '?log=off',
    );
    expect(sent.status).toBe(200);
    expect(sent.headers.get('content-type')).toMatch(MEDIA_TYPE[asked]);
    expect(sent.headers.get('x-model-version')).toBe('1');
    expect(sent.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    const results = await readResults(asked, sent.bytes);
    expect(results.map(withoutPlace)).toEqual(expected);
    const refused = results.filter(({ errors }) => errors !== undefined);
    for (const { index, line } of refused)
      expect(line).toBe(came === 'ndjson' ? index + 1 : came === 'csv' ? index + 2 : line);
  });
});

describe('the media types of a batch', () => {
  const ROW = writeRows('csv', ROWS.slice(0, 1));

  it('answer in the format that came where anything is accepted, and in another where that is liked more', async () => {
    const typeFor = async (accept: string): Promise<string | null> => {
      const sent = await send(ROW, { 'content-type': 'text/csv; charset=UTF-8', accept });
      expect(sent.status).toBe(200);
      return sent.headers.get('content-type');
    };
    expect(await typeFor('*/*')).toBe('text/csv; charset=utf-8; header=present');
    expect(await typeFor('application/json;q=0.5, text/*;q=0.9')).toMatch(/^text\/csv/);
    expect(await typeFor('text/html, application/jsonl, */*;q=0.1')).toBe('application/x-ndjson');
    expect(await typeFor('text/csv;q=0, application/*')).toBe('application/json');
  });

  it('are refused where there is none of ours to answer in', async () => {
    const sent = await send(ROW, { 'content-type': 'text/csv', accept: 'text/html, text/csv;q=0' });
    expect(sent.status).toBe(406);
    expect(problemOf(sent).code).toBe('NOT_ACCEPTABLE');
  });

  it.each([
    [{ 'content-type': 'text/html' }],
    [{ 'content-type': 'text/csv; charset=latin1' }],
    [{ 'content-type': 'text/csv', 'content-encoding': 'gzip' }],
    [{ 'content-type': 'application/x-streamed-body' }],
  ])('are refused where rows cannot be read: %p', async (headers) => {
    const sent = await send(ROW, headers);
    expect(sent.status).toBe(415);
    expect(problemOf(sent).code).toBe('UNSUPPORTED_MEDIA_TYPE');
  });

  it('of streamed bodies are no way into another route', async () => {
    const headers = { authorization, 'content-type': 'application/x-streamed-body' };
    expect((await server.post('/predict', '{}', headers)).status).toBe(415);
  });

  it('do not matter where nothing is: an upload by another method is told so', async () => {
    const headers = { authorization, 'content-type': 'text/csv' };
    const { status, body } = await server.send<Problem>('/predict/batch', {
      method: 'PUT',
      headers,
      body: 'a,b',
    });
    expect([status, body.code]).toEqual([404, 'NOT_FOUND']);
  });
});

describe('a batch that cannot be answered', () => {
  it('needs a credential that may predict', async () => {
    const answer = await fetch(`${server.url}/predict/batch`, {
      method: 'POST',
      headers: { 'content-type': 'text/csv' },
      body: writeRows('csv', ROWS),
    });
    expect(answer.status).toBe(401);
  });

  it.each([
    ['json', '', 422],
    ['json', '[{"mean radius": 1', 400],
    ['csv', '', 422],
    ['csv', 'a,b,c\n1,2,3\n', 422],
    ['ndjson', '', 422],
    ['parquet', 'PAR1 and no more', 422],
  ] as const)(
    '%s: is a problem where nothing was answered yet: %j',
    async (format, text, status) => {
      const sent = await send(text, { 'content-type': MEDIA_TYPE[format] });
      expect(sent.status).toBe(status);
      expect(sent.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(sent.bytes.toString()).not.toMatch(/stack|\.ts/);
    },
  );

  it('has no progress where no line could tell of it', async () => {
    const sent = await send('[]', { 'content-type': 'application/json' }, '?progress=true');
    expect(sent.status).toBe(422);
    expect(problemOf(sent).errors?.[0]?.field).toBe('progress');
  });
});

describe('a client that does not read', () => {
  const PART = writeRows(
    'ndjson',
    Array.from({ length: 4000 }, () => ROWS[0] ?? {}),
  );
  const PARTS = 150;

  it('is not read from either, until it does; then each row is answered', async () => {
    const batch = OpenBatch.begin(`${server.url}/predict/batch?log=off`, {
      authorization,
      'content-type': 'application/x-ndjson',
    });
    let sent = 0;
    const sending = (async () => {
      for (; sent < PARTS; sent += 1) await batch.send(PART);
      batch.request.end();
    })();
    const answer = await batch.answer();
    let before = -1;
    while (sent !== before) {
      before = sent;
      await pause(700);
    }
    // What fits in the buffers of two sockets and of the batch: 30 MB do not.
    expect(sent).toBeLessThan(PARTS * 0.8);
    let rows = 0;
    for await (const line of linesOf(answer)) if (line !== '') rows += 1;
    await sending;
    expect(rows).toBe(PARTS * 4000);
  });
});

describe('a Parquet upload that is not kept in memory', () => {
  it('is answered to its end, and its file is closed', async () => {
    const rows = Array.from({ length: 300_000 }, (_, i) => ({
      'mean radius': 16 + 9 * Math.sin(i),
      'mean texture': 25 + 15 * Math.cos(i),
      side: 'left',
    }));
    const body = writeRows('parquet', rows);
    expect(body.length).toBeGreaterThan(MEMORY_BYTES);
    const headers = { 'content-type': MEDIA_TYPE.parquet, accept: MEDIA_TYPE.ndjson };
    const results = await readResults('ndjson', (await send(body, headers, '?log=off')).bytes);
    expect(results).toHaveLength(rows.length);
    expect(results.filter(({ probability }) => probability === undefined)).toEqual([]);
    const one = await server.post<Prediction>('/predict', JSON.stringify(rows.at(-1)), {
      authorization,
    });
    expect(results.at(-1)?.probability).toBe(one.body.probability);
    await untilTrue(() => Promise.resolve(openUploads().length === 0), 10_000);
  });

  it('leaves no file where its client leaves', async () => {
    const request = OpenBatch.begin(`${server.url}/predict/batch?log=off`, {
      authorization,
      'content-type': MEDIA_TYPE.parquet,
    });
    await request.send(Buffer.alloc(MEMORY_BYTES + 100_000));
    if (TELLS_OPEN_FILES)
      await untilTrue(() => Promise.resolve(openUploads().length === 1), 10_000);
    request.leave();
    await untilTrue(() => Promise.resolve(openUploads().length === 0), 10_000);
  });
});

describe('several batches at once', () => {
  it('are all answered, and a prediction does not wait for them', async () => {
    const body = writeRows('csv', Array.from({ length: 120 }, () => ROWS.slice(4, 500)).flat());
    let underWay = 4;
    const batches = Array.from({ length: underWay }, async () => {
      const sent = await send(body, { 'content-type': 'text/csv' }, '?log=off');
      underWay -= 1;
      return (await readResults('csv', sent.bytes)).length;
    });
    const times: number[] = [];
    const began = performance.now();
    while (underWay > 0) {
      const startedAt = performance.now();
      await server.post('/predict', JSON.stringify(ROWS[0]), { authorization });
      times.push(performance.now() - startedAt);
    }
    expect(await Promise.all(batches)).toEqual(Array.from({ length: 4 }, () => 120 * 496));
    const whole = performance.now() - began;
    expect(times.length).toBeGreaterThan(3);
    // One that waits for a batch waits for a quarter of the whole or more.
    expect(times.sort((a, b) => a - b)[Math.floor(times.length / 2)]).toBeLessThan(whole / 8);
  });
});

describe('an explained batch', () => {
  let explaining: PredictionServer;
  let headers: Record<string, string>;
  beforeAll(async () => {
    explaining = await PredictionServer.start(async (varDir) => {
      const dir = mkdtempSync(join(varDir, 'bundle-'));
      await writeExplainableBundle(dir, { learner: 'gradient_boosting' });
      await register(varDir, dir);
    });
    headers = { authorization: `Bearer ${await explaining.token()}` };
  });
  afterAll(() => explaining.stop());

  it.each(BATCH_FORMATS)('as %s says of each row what POST /predict says', async (format) => {
    const rows = ROWS.slice(0, 6);
    const answer = await fetch(`${explaining.url}/predict/batch?explain=path_dependent`, {
      method: 'POST',
      body: writeRows('ndjson', rows),
      headers: { ...headers, 'content-type': 'application/x-ndjson', accept: MEDIA_TYPE[format] },
    });
    const results = await readResults(format, Buffer.from(await answer.arrayBuffer()));
    expect(results).toHaveLength(rows.length);
    for (const [i, row] of rows.entries()) {
      const { body } = await explaining.post<Result & Problem>(
        '/predict?explain=path_dependent',
        JSON.stringify(row),
        headers,
      );
      expect(results[i]?.errors).toEqual(body.errors);
      expect(results[i]?.explanation).toEqual(body.explanation);
      if (body.errors !== undefined) continue;
      const stored = await explaining.send<Result>(`/predictions/${String(results[i]?.id)}`, {
        headers,
      });
      expect(stored.body.explanation).toEqual(body.explanation);
    }
  });

  it('is a problem where the model cannot explain its answers', async () => {
    const sent = await send('[]', { 'content-type': 'application/json' }, '?explain=true');
    expect(sent.status).toBe(200);
    const body = writeRows('json', ROWS.slice(0, 1));
    const refused = await send(body, { 'content-type': 'application/json' }, '?explain=true');
    expect(refused.status).toBe(409);
    expect(problemOf(refused).code).toBe('EXPLANATION_UNAVAILABLE');
  });
});
