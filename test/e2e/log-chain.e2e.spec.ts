// The log of a running server: each prediction says its block, npm run log -- verify finds what was changed, and one subject's rows can be erased.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource } from 'typeorm';
import { Config } from '../../src/config/load-config.ts';
import { PredictionServer, publish, type Problem } from '../support/prediction-server.ts';
import { cleanEnvironment } from '../support/started-server.ts';

const FEATURES = { 'mean radius': 13, 'mean texture': 18, side: 'left' };

interface Stored {
  readonly id: string;
  readonly block: string;
  readonly key: string | null;
}

let server: PredictionServer;
let dir: string;
let headers: Record<string, string>;
beforeAll(async () => {
  server = await PredictionServer.start(publish);
  dir = mkdtempSync(join(tmpdir(), 'log-chain-'));
  headers = { authorization: `Bearer ${await server.token()}` };
});
afterAll(async () => {
  await server.stop();
  rmSync(dir, { recursive: true });
});

async function predict(key: string): Promise<string> {
  const body = JSON.stringify({ features: FEATURES, key });
  const answer = await server.post<{ id: string }>('/predict', body, headers);
  expect(answer.status).toBe(200);
  return answer.body.id;
}

const find = (id: string) => server.send<Stored>(`/predictions/${id}`, { headers });
const erase = <Body>(query: string, as = headers) =>
  server.send<Body>(`/predictions${query}`, { method: 'DELETE', headers: as });

function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const { database } = server.app.get(Config, { strict: false });
  const DATABASE_URL = database.kind === 'sqlite' ? `sqlite:${database.path}` : database.url;
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['--import', 'tsx', 'src/log.ts', ...args],
      { env: cleanEnvironment({ DATABASE_URL }) },
      (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
      },
    );
  });
}

describe('DELETE /predictions?key=', () => {
  it('erases the rows of one subject with their labels, says how many went, and leaves the others', async () => {
    const [mine, again, other] = [await predict('s 1'), await predict('s 1'), await predict('s 2')];
    const label = { items: [{ prediction_id: mine, label: 'benign' }] };
    expect((await server.post('/feedback', JSON.stringify(label), headers)).status).toBe(200);
    const answer = await erase('?key=s%201');
    expect([answer.status, answer.body]).toEqual([
      200,
      { predictions: 2, comparisons: 0, labels: 1 },
    ]);
    expect((await find(mine)).status).toBe(404);
    expect((await find(again)).status).toBe(404);
    const { body } = await find(other);
    expect([body.key, body.block]).toEqual(['s 2', expect.stringMatching(/^[\w-]{12}:\d+$/)]);
    expect((await erase('?key=s%201')).body).toEqual({ predictions: 0, comparisons: 0, labels: 0 });
  });

  it('refuses without a key, or with one that is none, and erases nothing', async () => {
    const id = await predict('s 3');
    for (const query of ['', '?key=', `?key=${'k'.repeat(129)}`, '?key=a&key=b', '?other=1']) {
      const { status, body } = await erase<Problem>(query);
      expect([status, body.code]).toEqual([422, 'INVALID_INPUT']);
    }
    expect((await find(id)).status).toBe(200);
  });

  it('is for admins only', async () => {
    const user = { username: 'operator', password: 'an operator of the tests', role: 'operator' };
    await server.post('/users', JSON.stringify(user), headers);
    const as = { authorization: `Bearer ${await server.token('operator', user.password)}` };
    const { status, body } = await erase<Problem>('?key=s', as);
    expect([status, body.code]).toEqual([403, 'FORBIDDEN']);
  });
});

describe('npm run log -- verify, beside a running server', () => {
  it('ends well where nothing was changed, and keeps the heads; names what was changed and ends with 1', async () => {
    const id = await predict('s 4');
    const heads = join(dir, 'heads.json');
    const well = await run('verify', '--heads', heads);
    expect([well.code, well.stdout]).toEqual([0, '']);
    expect(well.stderr).toMatch(/^\d+ predictions in \d+ blocks of \d+ streams.*\nthe log is as/);
    const kept = readFileSync(heads, 'utf8');

    const database = server.app.get(DataSource, { strict: false });
    await database.query(`UPDATE predictions SET label = 'benign ' WHERE id = '${id}'`);
    const { block } = (await find(id)).body;
    const edited = await run('verify', '--heads', heads);
    expect([edited.code, edited.stdout]).toEqual([
      1,
      `edited: block ${block}, prediction ${id}: it is not what was stored\n`,
    ]);
    expect(readFileSync(heads, 'utf8')).toBe(kept);
  });

  it('says so where the file of heads is not one', async () => {
    const file = join(dir, 'other.json');
    writeFileSync(file, '{"a":1}');
    const { code, stderr } = await run('verify', '--heads', file);
    expect([code, stderr]).toEqual([
      1,
      `foretell: ${file} is not a file that \`verify --heads\` wrote\n`,
    ]);
  });
});

describe('npm run log -- erase, beside a running server', () => {
  it('erases as the route does', async () => {
    const id = await predict('s 5');
    const { code, stdout } = await run('erase', '--key', 's 5');
    expect([code, stdout]).toEqual([0, 'erased: 1 predictions, 0 comparisons, 0 labels\n']);
    expect((await find(id)).status).toBe(404);
  });
});
