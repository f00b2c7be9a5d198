// POST /predict/batch as a stream: slow clients, clients that leave, uploads that go wrong half way, models and threads that change under it.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { getRepositoryToken } from '@nestjs/typeorm';
import Database from 'better-sqlite3';
import type { Repository } from 'typeorm';
import { Config } from '../../src/config/load-config.ts';
import { ModelLoader } from '../../src/model/model-loader.ts';
import { ModelSlot } from '../../src/model/model-slot.ts';
import type { BatchFormat } from '../../src/prediction/batch/batch-format.ts';
import { PredictionStore } from '../../src/prediction/log/prediction-store.ts';
import { ScoringThreads } from '../../src/prediction/batch/scoring-threads.ts';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { MEDIA_TYPE, readResults, writeRows, type Result } from '../support/batch-formats.ts';
import { linesOf, OpenBatch } from '../support/open-batch.ts';
import { openUploads } from '../support/open-files.ts';
import { PredictionServer, publish } from '../support/prediction-server.ts';
import { ENGINE } from '../support/test-database.ts';

const TIMEOUT_MS = 2000;
const ROW = { 'mean radius': 13, 'mean texture': 18, side: 'left' };
/** Enough that the first of them are answered before there are more. */
const SOME = 4000;
const BLOCK = 512;
const NDJSON = 'application/x-ndjson';

let server: PredictionServer;
let authorization: string;

beforeAll(async () => {
  server = await PredictionServer.start(publish, {
    BATCH_MAX_MB: '1',
    REQUEST_TIMEOUT: String(TIMEOUT_MS / 1000),
  });
  authorization = `Bearer ${await server.token()}`;
});
afterAll(() => server.stop());

/** Whatever was done: nothing is left, and the next batch is answered. */
afterEach(async () => {
  await until(async () => (await inFlight()) === 1, 'nothing to be under way');
  await until(() => openUploads().length === 0, 'files of uploads to be closed');
  const { request, results } = open('?log=off');
  request.request.end(rowsOf(3));
  expect(await results()).toHaveLength(3);
});

const rowsOf = (count: number, format: BatchFormat = 'ndjson'): Buffer =>
  writeRows(
    format,
    Array.from({ length: count }, () => ROW),
  );

interface Opened {
  readonly request: OpenBatch;
  readonly lines: () => Promise<AsyncGenerator<string, void, undefined>>;
  readonly results: () => Promise<Result[]>;
}

function open(query = '', type = NDJSON, more: Record<string, string> = {}): Opened {
  const request = OpenBatch.begin(`${server.url}/predict/batch${query}`, {
    authorization,
    'content-type': type,
    ...more,
  });
  const answer = request.answer();
  answer.catch(() => undefined);
  const lines = async () => linesOf(await answer);
  const results = async (): Promise<Result[]> => {
    const all: Result[] = [];
    for await (const line of await lines()) all.push(JSON.parse(line) as Result);
    return all;
  };
  return { request, lines, results };
}

async function until(holds: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline) {
    if (await holds()) return;
    await pause(10);
  }
  throw new Error(`waited for ${what} in vain`);
}

const metrics = async (): Promise<string> => (await server.send<string>('/metrics')).body;
const metric = async (series: RegExp): Promise<number> =>
  Number(series.exec(await metrics())?.[1] ?? 0);
const inFlight = (): Promise<number> => metric(/^http_requests_in_flight (\d+)$/m);

const stored = (): Promise<number> =>
  server.app
    .get<Repository<LoggedPrediction>>(getRepositoryToken(LoggedPrediction), { strict: false })
    .count();

const nextOf = async (
  lines: AsyncGenerator<string>,
): Promise<Result & { error?: { code: string } }> =>
  JSON.parse((await lines.next()).value as string) as Result & { error?: { code: string } };

describe('a batch that comes slowly', () => {
  it('is answered while it comes, however long that takes as long as it moves', async () => {
    const { request, lines } = open('?log=off');
    await request.send(rowsOf(SOME));
    const answers = await lines();
    for (let index = 0; index < BLOCK; index += 1)
      expect(await nextOf(answers)).toMatchObject({ index, label: 'malignant' });
    for (let i = 0; i < 8; i += 1) {
      await pause(TIMEOUT_MS / 3);
      await request.send(rowsOf(1));
    }
    request.request.end();
    let last = await nextOf(answers);
    for await (const line of answers) last = JSON.parse(line) as Result;
    expect(last.index).toBe(SOME + 8 - 1);
  });

  it('is told so once nothing comes any more, as a problem where nothing was answered', async () => {
    const { request } = open();
    await request.send(rowsOf(3));
    const answer = await request.answer();
    expect(answer.statusCode).toBe(408);
    answer.resume();
    request.request.end();
  });

  it('is told so in its answer where that is under way', async () => {
    const { request, results } = open('?log=off');
    await request.send(rowsOf(SOME));
    const all = await results();
    expect(all.length).toBeGreaterThan(BLOCK);
    expect(all.at(-1)).toMatchObject({ error: { code: 'REQUEST_TIMEOUT', status: 408 } });
    request.leave();
  });
});

describe('a fault in the middle of an upload', () => {
  const BROKEN = Buffer.concat([
    rowsOf(SOME, 'json').subarray(0, -1),
    Buffer.from(',{"mean radius": oops}]'),
  ]);

  it.each(['ndjson', 'json', 'csv'] as const)(
    'is told at the end of an answer as %s',
    async (asked) => {
      const { request } = open('?log=off', MEDIA_TYPE.json, { accept: MEDIA_TYPE[asked] });
      request.request.end(BROKEN);
      const answer = await request.answer();
      expect(answer.statusCode).toBe(200);
      const chunks: Buffer[] = [];
      for await (const chunk of answer) chunks.push(chunk as Buffer);
      const results = await readResults(asked, Buffer.concat(chunks));
      const last = results.at(-1) as Result & { error?: object };
      expect(asked === 'csv' ? last.errors : last.error).toMatchObject({ code: 'MALFORMED_JSON' });
      expect(results[0]).toMatchObject({ index: 0, label: 'malignant' });
    },
  );

  it('breaks off an answer as Parquet', async () => {
    const { request } = open('?log=off', MEDIA_TYPE.json, { accept: MEDIA_TYPE.parquet });
    // A row group has left by then.
    request.request.end(
      Buffer.concat([
        Buffer.from('['),
        Buffer.from(`${JSON.stringify(ROW)},`.repeat(12_000)),
        Buffer.from('oops]'),
      ]),
    );
    const answer = await request.answer();
    expect(answer.statusCode).toBe(200);
    await expect(once(answer.resume(), 'end')).rejects.toThrow(/aborted/);
  });
});

describe('an upload over the limit', () => {
  const MEGABYTE = 1_048_576;

  it('is refused at once where it says its length', async () => {
    const { request } = open('', NDJSON, { 'content-length': String(2 * MEGABYTE) });
    request.request.flushHeaders();
    const answer = await request.answer();
    expect(answer.statusCode).toBe(413);
    answer.resume();
    request.leave();
  });

  it('is told in the answer where that is under way', async () => {
    const { request, results } = open('?log=off');
    for (let i = 0; i < 6; i += 1) await request.send(rowsOf(SOME));
    const all = await results();
    expect(all.length).toBeLessThan(6 * SOME);
    expect(all.at(-1)).toMatchObject({ error: { code: 'BODY_TOO_LARGE' } });
    request.leave();
  });

  it('is refused as Parquet before anything is answered', async () => {
    const { request } = open('', MEDIA_TYPE.parquet);
    request.request.end(Buffer.alloc(2 * MEGABYTE));
    const answer = await request.answer();
    expect(answer.statusCode).toBe(413);
    answer.resume();
  });
});

describe('a client that does not read', () => {
  it('slows the reading of its upload down', async () => {
    const { request } = open('?log=off');
    let sent = 0;
    const sending = (async () => {
      for (let i = 0; i < 4; i += 1) {
        await request.send(rowsOf(SOME));
        sent += SOME;
      }
      request.request.end();
    })();
    const answer = await request.answer();
    await sending;
    let rows = 0;
    for await (const line of linesOf(answer)) if (line !== '') rows += 1;
    expect(rows).toBe(sent);
  });
});

describe('a client that leaves', () => {
  const LEFT =
    /^http_request_duration_seconds_count\{method="POST",route="\/predict\/batch",code="499"\} (\d+)$/m;

  it.each([
    ['in the middle of its upload', rowsOf(SOME), NDJSON],
    ['before a block is whole', rowsOf(3), NDJSON],
    ['in the middle of a Parquet file', Buffer.from('PAR1 and so on'), MEDIA_TYPE.parquet],
  ])('%s ends the batch at once', async (_, bytes, type) => {
    const before = await metric(LEFT);
    const { request } = open('?log=off', type);
    await request.send(bytes);
    await until(async () => (await inFlight()) === 2, 'the batch to begin');
    await pause(100);
    request.leave();
    await until(async () => (await metric(LEFT)) === before + 1, 'the end of the batch');
  });
});

describe('the log of a batch', () => {
  it('holds each answered row under its id before it is answered, and no refused one', async () => {
    const before = await stored();
    const { request, results } = open();
    request.request.end(Buffer.concat([rowsOf(SOME), Buffer.from('{"mean radius": 1}\n')]));
    const all = await results();
    expect(await stored()).toBe(before + SOME);
    expect(all.at(-1)).toMatchObject({ index: SOME, line: SOME + 1 });
    expect(all.at(-1)).not.toHaveProperty('id');
    const { body } = await server.send<{ features: object; probability: number }>(
      `/predictions/${String(all[0]?.id)}`,
      { headers: { authorization } },
    );
    expect(body).toMatchObject({ features: ROW, probability: all[0]?.probability });
    expect(new Set(all.map(({ id }) => id)).size).toBe(SOME + 1);
  });

  it('is left alone where that is asked for', async () => {
    const before = await stored();
    const { request, results } = open('?log=off');
    request.request.end(rowsOf(SOME));
    expect((await results())[0]).not.toHaveProperty('id');
    expect(await stored()).toBe(before);
  });
});

describe('a log that does not take the rows', () => {
  it('is a problem before the first answer, and afterwards waited for', async () => {
    const before = await stored();
    const store = server.app.get(PredictionStore, { strict: false });
    const running = open();
    await running.request.send(rowsOf(SOME));
    const lines = await running.lines();
    await nextOf(lines);
    const hasRoom = jest.spyOn(store, 'hasRoom', 'get').mockReturnValue(false);
    const refused = open();
    refused.request.request.end(rowsOf(1));
    const answer = await refused.request.answer();
    expect(answer.statusCode).toBe(503);
    answer.resume();
    running.request.request.end(rowsOf(SOME));
    await pause(300);
    const kept = await stored();
    expect(kept).toBeLessThan(before + 2 * SOME);
    hasRoom.mockRestore();
    let rows = 1;
    for await (const line of lines) if ('id' in (JSON.parse(line) as object)) rows += 1;
    expect(rows).toBe(2 * SOME);
    expect(await stored()).toBe(before + 2 * SOME);
  });

  if (ENGINE === 'sqlite')
    it('ends the batch after the rows that are stored, and answers no other', async () => {
      const before = await stored();
      const { request, lines } = open();
      await request.send(rowsOf(SOME));
      const answers = await lines();
      await nextOf(answers);
      await pause(300);
      const { database } = server.app.get(Config, { strict: false });
      const other = new Database(database.kind === 'sqlite' ? database.path : '');
      other.exec('BEGIN IMMEDIATE');
      request.request.end(rowsOf(SOME));
      let rows = 1;
      let last = {};
      for await (const line of answers) {
        last = JSON.parse(line) as object;
        if ('id' in last) rows += 1;
      }
      other.exec('ROLLBACK');
      other.close();
      expect(last).toMatchObject({ error: { code: 'UNAVAILABLE' } });
      expect(rows).toBeLessThan(2 * SOME);
      await pause(1500);
      expect(await stored()).toBeGreaterThanOrEqual(before + rows);
    });
});

describe('a long batch', () => {
  it('tells of its progress where that is asked for', async () => {
    const { request, lines } = open('?log=off&progress=true');
    request.request.end(Buffer.concat([rowsOf(SOME), Buffer.from('{}\n')]));
    const all: string[] = [];
    for await (const line of await lines()) all.push(line);
    expect(JSON.parse(all.at(-1) ?? '')).toMatchObject({
      progress: { rows: SOME + 1, refused: 1 },
    });
  });

  it('keeps its model through a swap, and the next has the new one', async () => {
    const old = open('?log=off');
    await old.request.send(rowsOf(SOME));
    const lines = await old.lines();
    const first = await nextOf(lines);
    const drip = setInterval(() => void old.request.send(rowsOf(1)), TIMEOUT_MS / 5);
    await server.publish({ bias: 1 });
    await server.app.get(ModelLoader, { strict: false }).reload();
    const next = open('?log=off');
    next.request.request.end(rowsOf(1));
    const [other] = await next.results();
    expect(other?.probability).not.toBe(first.probability);
    clearInterval(drip);
    old.request.request.end(rowsOf(SOME));
    let last = first;
    for await (const line of lines) last = JSON.parse(line) as Result;
    expect(last.index).toBeGreaterThanOrEqual(2 * SOME - 1);
    expect(last.probability).toBe(first.probability);
    const threads = server.app.get(ScoringThreads, { strict: false });
    await until(() => threads.count === 1, 'the old thread to end');
  });

  it('is told where the thread that scores dies, and the next starts another', async () => {
    const { request, lines } = open('?log=off');
    await request.send(rowsOf(SOME));
    const answers = await lines();
    await nextOf(answers);
    const { scorer, release } = await server.app
      .get(ScoringThreads, { strict: false })
      .lease(server.app.get(ModelSlot, { strict: false }).current());
    await (scorer as unknown as { thread: Worker }).thread.terminate();
    release();
    request.request.end(rowsOf(SOME));
    let last: object = {};
    for await (const line of answers) last = JSON.parse(line) as object;
    expect(last).toMatchObject({ error: { code: 'MODEL_ERROR' } });
  });
});
