// Jobs over HTTP: rows that are scored in the background, looked at, cancelled, fetched, and gone after a while.
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { JobRetention } from '../../src/jobs/job-retention.ts';
import { Job } from '../../src/jobs/job.entity.ts';
import { writeExplainableBundle } from '../support/explainable-bundle.ts';
import { publish, register, type Problem } from '../support/prediction-server.ts';
import { jobRow, jobRows, JobServer, type JobAnswer, type Replied } from '../support/job-server.ts';
import { TINY_FEATURES, tinyProbability } from '../support/tiny-bundle.ts';
import { untilTrue } from '../support/until.ts';

interface JobPage {
  readonly items: readonly JobAnswer[];
  readonly next_cursor: string | null;
}

const DAY_MS = 86_400_000;
/** Enough to be found at work. */
const MANY = 60_000;

let server: JobServer;
beforeAll(async () => {
  const folder = JobServer.newFolder();
  await publish(folder);
  server = await JobServer.start(folder, { JOB_PART_ROWS: '1000', JOB_MAX_MB: '5' });
});
afterAll(async () => {
  await server.remove();
});

const expectedOf = (index: number, bias = 0): number =>
  tinyProbability(TINY_FEATURES, bias, jobRow(index));

/** Every row once, in its order, with the probability of a model with that bias. */
async function expectWhole(on: JobServer, id: string, count: number, bias = 0): Promise<void> {
  const rows = await on.rows(id);
  expect(rows).toHaveLength(count);
  const wrong = rows.filter(
    ({ index, probability = 0 }, at) =>
      index !== at || Math.abs(probability - expectedOf(at, bias)) > 1e-6,
  );
  expect(wrong).toEqual([]);
}

describe('a job over an upload', () => {
  it('is done after a while, with a result for every row in its order', async () => {
    const body = jobRows(5000);
    const ordered = await server.order(body);
    expect(ordered.status).toBe(202);
    expect(ordered.headers.get('location')).toBe(`/jobs/${ordered.body.id}`);
    expect(ordered.body).toMatchObject({ state: 'queued', rows_done: 0, rows_total: null });
    const job = await server.ended(ordered.body.id);
    expect(job).toMatchObject({
      state: 'done',
      format: 'ndjson',
      rows_done: 5000,
      rows_refused: 0,
      rows_total: 5000,
      bytes_read: body.length,
      bytes_total: body.length,
      model: { name: 'foretell', version: '1' },
      error: null,
    });
    await expectWhole(server, job.id, 5000);
    // Its parts; the upload itself is of no more use.
    await untilTrue(() => Promise.resolve(server.files(job.id).length === 5), 30_000);
  });

  it.each([
    ['application/json', JSON.stringify(Array.from({ length: 3000 }, (_, i) => jobRow(i)))],
    [
      'text/csv',
      `mean radius,mean texture,side\n${Array.from({ length: 3000 }, (_, i) => Object.values(jobRow(i)).join(',')).join('\n')}\n`,
    ],
  ])('takes %s', async (type, body) => {
    const { body: ordered } = await server.order(body, type);
    expect(await server.ended(ordered.id)).toMatchObject({ state: 'done', rows_total: 3000 });
    await expectWhole(server, ordered.id, 3000);
  });

  it('gives its result in every format, as often as it is asked for', async () => {
    const { body } = await server.order(jobRows(2500) + '{"side":"up"}\n');
    await server.ended(body.id);
    const rows = await server.rows(body.id);
    expect(await server.rows(body.id)).toEqual(rows);
    expect(JSON.parse((await server.result(body.id, 'application/json')).toString())).toEqual(rows);

    const csv = (await server.result(body.id, 'text/csv')).toString().trimEnd().split('\r\n');
    expect(csv).toHaveLength(2502);
    expect(csv[1]?.split(',').slice(0, 4)).toEqual([
      '0',
      '',
      rows[0]?.label,
      String(rows[0]?.probability),
    ]);

    const dir = mkdtempSync(join(tmpdir(), 'job-result-'));
    const file = join(dir, 'result.parquet');
    writeFileSync(file, await server.result(body.id, 'application/vnd.apache.parquet'));
    const table = await parquetReadObjects({ file: await asyncBufferFromFile(file) });
    rmSync(dir, { recursive: true });
    expect(table).toHaveLength(2501);
    expect(table[7]).toMatchObject({
      index: 7n,
      label: rows[7]?.label,
      probability: rows[7]?.probability,
      errors: null,
    });
    expect(table[2500]).toMatchObject({ index: 2500n, label: null, probability: null });
  });

  it('answers the good rows where others are refused, and counts both', async () => {
    const bad = '{"mean radius":"wide","mean texture":1,"side":"left"}\n';
    const { body } = await server.order(`${jobRows(2)}${bad}${jobRows(1)}`);
    expect(await server.ended(body.id)).toMatchObject({ rows_done: 4, rows_refused: 1 });
    const [, , third, fourth] = await server.rows(body.id);
    expect(third).toMatchObject({ index: 2, line: 3, errors: [{ field: 'mean radius' }] });
    expect(fourth).toMatchObject({
      index: 3,
      probability: expect.closeTo(expectedOf(0), 6) as unknown,
    });
    const metrics = await (await server.raw('/metrics')).text();
    expect(metrics).toMatch(
      /^job_rows_total\{model="foretell",version="1",outcome="refused"\} [1-9]/m,
    );
    expect(metrics).toMatch(/^jobs\{state="done"\} [1-9]/m);
    expect(metrics).toMatch(/^jobs\{state="cancelled"\} \d/m);
  });

  it('stores none of its rows in the prediction log', async () => {
    const { body } = await server.order(jobRows(10));
    await server.ended(body.id);
    expect((await server.send<{ items: unknown[] }>('/predictions')).body.items).toEqual([]);
  });

  it('fails with the line of what cannot be read, and has no result', async () => {
    const { body } = await server.order('[{"mean radius":1},\n{"mean', 'application/json');
    const job = await server.ended(body.id);
    expect(job).toMatchObject({ state: 'failed', error: { code: 'MALFORMED_JSON' } });
    expect(job.error?.detail).toMatch(/ends before its array does, after 1 row/);
    const refused = await server.send<Problem>(`/jobs/${job.id}/result`);
    expect([refused.status, refused.body.code]).toEqual([409, 'CONFLICT']);
    await untilTrue(() => Promise.resolve(server.files(job.id).length === 0), 30_000);
  });

  it('fails with words where explanations are asked for that the model does not have', async () => {
    const { body } = await server.order(jobRows(1), 'application/x-ndjson', '/jobs?explain=true');
    expect(body).toMatchObject({ explain: 'default' });
    expect(await server.ended(body.id)).toMatchObject({
      state: 'failed',
      error: { code: 'EXPLANATION_UNAVAILABLE' },
    });
    expect((await server.order('x', 'text/csv', '/jobs?explain=why')).status).toBe(422);
  });

  it('fails where there are no rows', async () => {
    const { body } = await server.order(' \n');
    expect(await server.ended(body.id)).toMatchObject({ state: 'failed' });
  });
});

describe('a job that is under way', () => {
  it('has no result yet, and is cancelled in the middle with all that it has made', async () => {
    const { body } = await server.order(jobRows(MANY));
    await server.underWay(body.id);
    const early = await server.send<Problem>(`/jobs/${body.id}/result`);
    expect(early.status).toBe(409);

    const cancelledAt = performance.now();
    expect((await server.delete(body.id)).status).toBe(204);
    const job = await server.job(body.id);
    expect(job).toMatchObject({ state: 'cancelled', rows_total: null });
    expect(job.rows_done).toBeLessThan(MANY);
    // Another one begins within a second, so the thread has let go.
    const { body: next } = await server.order(jobRows(1));
    await server.ended(next.id, 30_000);
    expect(performance.now() - cancelledAt).toBeLessThan(30_000);
    expect(await server.job(body.id)).toEqual(job);
    await untilTrue(() => Promise.resolve(server.files(body.id).length === 0), 30_000);
    expect((await server.send<Problem>(`/jobs/${body.id}/result`)).status).toBe(409);
  });

  it('keeps the model that it began with', async () => {
    const { body } = await server.order(jobRows(MANY));
    await server.underWay(body.id);
    await publish(server.varDir, { bias: 1 });
    expect((await server.send('/models/reload', { method: 'POST' })).status).toBe(200);
    expect(await server.ended(body.id)).toMatchObject({ model: { version: '1' } });
    await expectWhole(server, body.id, MANY);
    const { body: next } = await server.order(jobRows(10));
    expect(await server.ended(next.id)).toMatchObject({ model: { version: '2' } });
    await expectWhole(server, next.id, 10, 1);
  });

  it('fails with words where its version is no longer to be had', async () => {
    const folder = JobServer.newFolder();
    await publish(folder);
    const idle = await JobServer.start(folder, { JOBS: 'off' });
    const { body } = await idle.order(jobRows(10));
    // As a server finds it that takes it up when the registry has lost the version.
    const begun = { state: 'running', modelName: 'foretell', modelVersion: '99' } as const;
    await idle.app.get(DataSource).getRepository(Job).update({ id: body.id }, begun);
    await idle.stop();
    const working = await JobServer.start(folder);
    try {
      const job = await working.ended(body.id);
      expect(job).toMatchObject({ state: 'failed', error: { code: 'MODEL_NOT_FOUND' } });
    } finally {
      await working.remove();
    }
  });

  it('lets a small job have its turn', async () => {
    const { body: large } = await server.order(jobRows(MANY));
    await server.underWay(large.id);
    const { body: small } = await server.order(jobRows(10));
    await server.ended(small.id);
    await server.delete(large.id);
  });

  it('goes on where it was when the server is stopped and started again', async () => {
    const folder = JobServer.newFolder();
    await publish(folder);
    const settings = { JOB_PART_ROWS: '1000' };
    const first = await JobServer.start(folder, settings);
    const { body } = await first.order(jobRows(MANY));
    const { rows_done: before } = await first.underWay(body.id, 4000);
    await first.stop();
    const second = await JobServer.start(folder, settings);
    try {
      const found = await second.job(body.id);
      expect(found.state).toBe('running');
      expect(found.rows_done).toBeGreaterThanOrEqual(before);
      expect(await second.ended(body.id)).toMatchObject({ state: 'done', rows_total: MANY });
      await expectWhole(second, body.id, MANY);
    } finally {
      await second.remove();
    }
  });
});

describe('an explained job', () => {
  it('says of every row what POST /predict says of it, in every format', async () => {
    const folder = JobServer.newFolder();
    const bundleDir = mkdtempSync(join(folder, 'explainable-'));
    await writeExplainableBundle(bundleDir, { learner: 'gradient_boosting' });
    await register(folder, bundleDir);
    const explaining = await JobServer.start(folder);
    try {
      const body = `{"side":"up"}\n${jobRows(30)}`;
      const path = '/jobs?explain=path_dependent';
      const { body: ordered } = await explaining.order(body, 'application/x-ndjson', path);
      expect(await explaining.ended(ordered.id)).toMatchObject({ state: 'done', rows_refused: 1 });
      const rows = await explaining.rows(ordered.id);
      for (const i of [0, 7, 29]) {
        const { body: alone } = await explaining.send<{ explanation: object }>(
          '/predict?explain=path_dependent',
          {
            method: 'POST',
            body: JSON.stringify({ features: jobRow(i) }),
            headers: { 'content-type': 'application/json' },
          },
        );
        expect(rows[i + 1]).toMatchObject({ explanation: alone.explanation });
      }
      const json = (await explaining.result(ordered.id, 'application/json')).toString();
      expect(JSON.parse(json)).toEqual(rows);
      const csv = (await explaining.result(ordered.id, 'text/csv')).toString();
      expect(csv.match(/tree_path_dependent/g)).toHaveLength(30);
    } finally {
      await explaining.remove();
    }
  });
});

describe('jobs of several people', () => {
  let other: Record<string, string>;
  beforeAll(async () => {
    const json = { username: 'other', password: 'a password of others', role: 'client' };
    await server.send('/users', {
      method: 'POST',
      body: JSON.stringify(json),
      headers: { 'content-type': 'application/json' },
    });
    other = { authorization: `Bearer ${await server.login(json.username, json.password)}` };
  });

  it('are nobody else’s, but an admin sees them all', async () => {
    const { body: mine } = await server.order(jobRows(1));
    await server.ended(mine.id);
    for (const [method, path] of [
      ['GET', `/jobs/${mine.id}`],
      ['GET', `/jobs/${mine.id}/result`],
      ['DELETE', `/jobs/${mine.id}`],
      ['GET', '/jobs/not-an-id'],
    ] as const)
      expect((await server.send(path, { method, headers: other })).status).toBe(404);

    const theirs = await server.send<JobAnswer>('/jobs', {
      method: 'POST',
      body: jobRows(1),
      headers: { ...other, 'content-type': 'application/x-ndjson' },
    });
    expect((await server.job(theirs.body.id)).id).toBe(theirs.body.id);
    const list = await server.send<{ items: JobAnswer[] }>('/jobs', { headers: other });
    expect(list.body.items.map(({ id }) => id)).toEqual([theirs.body.id]);
    await server.ended(theirs.body.id);
  });

  it('are listed newest first, page by page', async () => {
    const all = (await server.send<{ items: JobAnswer[] }>('/jobs')).body.items;
    expect(all.length).toBeGreaterThan(5);
    const paged: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const path: string = `/jobs?limit=2${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const { body }: Replied<JobPage> = await server.send<JobPage>(path);
      paged.push(...body.items.map(({ id }) => id));
      cursor = body.next_cursor;
    }
    expect(paged).toEqual(all.map(({ id }) => id));
    expect((await server.send('/jobs?cursor=nonsense')).status).toBe(422);
  });
});

describe('an upload that is not taken', () => {
  it('leaves nothing behind where it is larger than JOB_MAX_MB', async () => {
    const before = server.stored();
    const { status, body } = await server.order(jobRows(120_000));
    expect([status, body.code]).toEqual([413, 'BODY_TOO_LARGE']);
    expect(body.detail).toMatch(/JOB_MAX_MB/);
    expect(server.stored()).toEqual(before);
  });

  it('leaves nothing behind where the client leaves before its end', async () => {
    const before = server.stored();
    const listed = (await server.send<{ items: JobAnswer[] }>('/jobs')).body.items.length;
    const { url, authorization } = {
      url: await server.app.getUrl(),
      authorization: await bearer(),
    };
    const sent = request(`${url}/jobs`, {
      method: 'POST',
      headers: {
        authorization,
        'content-type': 'application/x-ndjson',
        'transfer-encoding': 'chunked',
      },
    });
    sent.on('error', () => undefined);
    sent.write(jobRows(5000));
    await untilTrue(() => Promise.resolve(server.stored().length === before.length + 1), 30_000);
    sent.destroy();
    await untilTrue(() => Promise.resolve(server.stored().length === before.length), 30_000);
    await pause(100);
    expect((await server.send<{ items: JobAnswer[] }>('/jobs')).body.items).toHaveLength(listed);
  });

  const bearer = async (): Promise<string> =>
    `Bearer ${await server.login('admin', 'the admin of the job tests')}`;

  it('is refused for a content type that holds no rows, and for an order of buckets that nobody allowed', async () => {
    expect((await server.order('x', 'image/png')).status).toBe(415);
    const order = JSON.stringify({ input: 's3://secrets/rows.csv', output: '/etc/passwd', of: 1 });
    const { status, body } = await server.order(order, 'application/json');
    expect(status).toBe(422);
    expect(body.errors?.map(({ field, code }) => [field, code])).toEqual([
      ['of', 'unknown'],
      ['input', 'bucket'],
      ['output', 'address'],
    ]);
  });
});

describe('a job that is over', () => {
  it('is deleted with its result by whoever may', async () => {
    const { body } = await server.order(jobRows(10));
    await server.ended(body.id);
    expect((await server.delete(body.id)).status).toBe(204);
    expect((await server.send(`/jobs/${body.id}`)).status).toBe(404);
    expect((await server.send(`/jobs/${body.id}/result`)).status).toBe(404);
    expect((await server.delete(body.id)).status).toBe(404);
    expect(server.files(body.id)).toEqual([]);
  });

  it('goes with its result after JOB_RETENTION_DAYS, and one that is younger stays', async () => {
    const retention = server.app.get(JobRetention);
    const { body } = await server.order(jobRows(10));
    await server.ended(body.id);
    await retention.run(Date.now() + 6.9 * DAY_MS);
    expect((await server.rows(body.id)).length).toBe(10);
    expect(await retention.run(Date.now() + 7.1 * DAY_MS)).toBeGreaterThan(0);
    expect((await server.send(`/jobs/${body.id}`)).status).toBe(404);
    expect((await server.send(`/jobs/${body.id}/result`)).status).toBe(404);
    expect(server.stored()).toEqual([]);
  });

  it('leaves no files without a job for longer than an upload may take, and touches nothing that is not ours', async () => {
    const retention = server.app.get(JobRetention);
    const [orphan, others] = [randomUUID(), 'somebody-elses'];
    for (const name of [orphan, others]) {
      const dir = join(server.varDir, 'jobs', name);
      mkdirSync(dir, { recursive: true });
      writeFileSync(join(dir, 'input'), 'rows');
    }
    await retention.run();
    expect(server.stored()).toEqual(expect.arrayContaining([orphan, others]));
    await retention.run(Date.now() + 3_700_000);
    expect(server.stored()).toContain(others);
    expect(server.stored()).not.toContain(orphan);
  });
});
