// GET /predictions/export and npm run log -- export: the same rows in three formats, whatever becomes of the client or of the database.
import { execFile } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { getRepositoryToken } from '@nestjs/typeorm';
import { parse } from 'csv-parse/sync';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';
import type { Repository, SelectQueryBuilder } from 'typeorm';
import { Config } from '../../src/config/load-config.ts';
import { toIso } from '../../src/database/epoch-ms.ts';
import { EXPORT_FORMATS, type ExportFormat } from '../../src/prediction/export/export-formats.ts';
import { PAGE_ROWS } from '../../src/prediction/export/log-pages.ts';
import { LoggedPrediction } from '../../src/prediction/logged-prediction.entity.ts';
import { logRow } from '../contract/prediction-writer.contract.ts';
import { PredictionServer, type Problem } from '../support/prediction-server.ts';
import { cleanEnvironment } from '../support/started-server.ts';
import { ENGINE } from '../support/test-database.ts';
import { untilTrue } from '../support/until.ts';

const AWKWARD = 'says "left",\r\nthen\nright; 漢 \u{1f600}';
const USER = randomUUID();
const FIRST = 1_764_000_000_000;
/** Pages and a bit; many rows share a millisecond. */
const ROWS = Array.from({ length: 2 * PAGE_ROWS + 60 }, (_, i) =>
  logRow({
    createdAt: FIRST + Math.floor(i / 40),
    userId: i % 7 === 0 ? USER : randomUUID(),
    key: [null, `row ${i}`, AWKWARD, ''][i % 4] ?? null,
    modelVersion: i % 5 === 0 ? '2' : '1',
    inputs: JSON.stringify({ 'mean radius': i / 3, side: i % 2 === 0 ? AWKWARD : null }),
    label: i % 3 === 0 ? AWKWARD : 'benign',
    probability: i / 997,
    warnings: i % 2 === 0 ? '[]' : '[{"feature":"side","code":"outside_training_range"}]',
    explanation: i % 11 === 0 ? '{"contributions":{"mean radius":-0.125}}' : null,
  }),
);

/** What an export says of a row, with what is JSON as values. */
const exported = (row: LoggedPrediction) => ({
  id: row.id,
  created_at: toIso(row.createdAt),
  user_id: row.userId,
  credential: row.credential,
  key: row.key,
  model_name: row.modelName,
  model_version: row.modelVersion,
  inputs: JSON.parse(row.inputs) as unknown,
  probability: row.probability,
  label: row.label,
  threshold: row.threshold,
  warnings: JSON.parse(row.warnings) as unknown,
  duration_ms: row.durationMs,
  cpu_percent: row.cpuPercent,
  memory_bytes: row.memoryBytes,
  explanation: row.explanation === null ? null : (JSON.parse(row.explanation) as unknown),
});
type Exported = ReturnType<typeof exported>;

const inOrder = (rows: readonly LoggedPrediction[]): Exported[] =>
  [...rows]
    .sort((a, b) => a.createdAt - b.createdAt || (a.id < b.id ? -1 : 1))
    .map((row) => exported(row));

const NUMBERS: readonly string[] = [
  'probability',
  'threshold',
  'duration_ms',
  'cpu_percent',
  'memory_bytes',
];

const JSONS: readonly string[] = ['inputs', 'warnings', 'explanation'];

/** Reads an export with the libraries that others would take. */
async function read(format: ExportFormat, bytes: Buffer): Promise<Exported[]> {
  switch (format) {
    case 'jsonl':
      return bytes
        .toString()
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as Exported);
    case 'csv':
      return parse(bytes, {
        columns: true,
        record_delimiter: '\r\n',
        cast: (field, { header, column, quoting }) => {
          if (header) return field;
          if (NUMBERS.includes(String(column))) return Number(field);
          if (field === '' && !quoting) return null;
          return JSONS.includes(String(column)) ? (JSON.parse(field) as unknown) : field;
        },
      });
    case 'parquet': {
      const file = new Uint8Array(bytes).buffer;
      const rows = (await parquetReadObjects({ file })) as Record<string, unknown>[];
      return rows.map((row) => ({
        ...(row as unknown as Exported),
        created_at: (row['created_at'] as Date).toISOString(),
        inputs: JSON.parse(String(row['inputs'])) as unknown,
        warnings: JSON.parse(String(row['warnings'])) as unknown,
        // JSON.parse(null) is null.
        explanation: JSON.parse(row['explanation'] as string) as unknown,
        memory_bytes: Number(row['memory_bytes']),
      }));
    }
  }
}

const tableOf = (server: PredictionServer): Repository<LoggedPrediction> =>
  server.app.get<Repository<LoggedPrediction>>(getRepositoryToken(LoggedPrediction), {
    strict: false,
  });

/** How many pages an export has read so far; what the server does with the same table by itself is not counted. */
function countPages(server: PredictionServer): () => number {
  const queries = jest.spyOn(tableOf(server), 'createQueryBuilder');
  return () =>
    queries.mock.results.filter(({ value }) =>
      (value as SelectQueryBuilder<LoggedPrediction>).getQuery().includes('explanation'),
    ).length;
}
afterEach(() => {
  jest.restoreAllMocks();
});

async function started(rows: readonly LoggedPrediction[]): Promise<PredictionServer> {
  const server = await PredictionServer.start(undefined, { RETENTION_DAYS: '0' });
  const table = tableOf(server);
  for (let at = 0; at < rows.length; at += 50) await table.insert(rows.slice(at, at + 50));
  return server;
}

const headersOf = async (server: PredictionServer): Promise<Record<string, string>> => ({
  authorization: `Bearer ${await server.token()}`,
});

const EXPORT = '/predictions/export';

describe('GET /predictions/export', () => {
  let server: PredictionServer;
  let headers: Record<string, string>;
  beforeAll(async () => {
    server = await started(ROWS);
    headers = await headersOf(server);
  });
  afterAll(() => server.stop());

  const download = async (query: string, accept?: string): Promise<Response> =>
    fetch(`${server.url}${EXPORT}${query}`, {
      headers: { ...headers, ...(accept !== undefined && { accept }) },
    });
  const bytesOf = async (answer: Response): Promise<Buffer> =>
    Buffer.from(await answer.arrayBuffer());

  it.each(EXPORT_FORMATS)('gives every stored row, oldest first, as %s', async (format) => {
    const answer = await download(`?format=${format}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-disposition')).toBe(
      `attachment; filename="predictions.${format}"`,
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await read(format, await bytesOf(answer))).toEqual(inOrder(ROWS));
  });

  it.each([
    ['from', `?from=${toIso(FIRST + 5)}`, ({ createdAt }) => createdAt >= FIRST + 5],
    ['to', `?to=${toIso(FIRST + 5)}`, ({ createdAt }) => createdAt < FIRST + 5],
    ['version', '?version=2', ({ modelVersion }) => modelVersion === '2'],
    ['label', '?label=benign', ({ label }) => label === 'benign'],
    ['user', `?user=${USER}`, ({ userId }) => userId === USER],
    [
      'several at once',
      `?user=${USER}&version=2&from=${toIso(FIRST + 3)}`,
      (row) => row.userId === USER && row.modelVersion === '2' && row.createdAt >= FIRST + 3,
    ],
  ] satisfies [string, string, (row: LoggedPrediction) => boolean][])(
    'filters by %s',
    async (_name, query, matches) => {
      const expected = inOrder(ROWS.filter(matches));
      expect(expected.length).toBeGreaterThan(2);
      expect(await read('jsonl', await bytesOf(await download(query)))).toEqual(expected);
    },
  );

  it.each(EXPORT_FORMATS)(
    'is a whole file without rows where none match, as %s',
    async (format) => {
      const bytes = await bytesOf(await download(`?format=${format}&label=none`));
      expect(await read(format, bytes)).toEqual([]);
      if (format === 'csv') expect(bytes.toString()).toMatch(/^id,created_at,.*,explanation\r\n$/);
    },
  );

  it('gives instants, numbers and text their types in Parquet', async () => {
    const bytes = await bytesOf(await download('?format=parquet'));
    const { schema, created_by } = parquetMetadata(new Uint8Array(bytes).buffer);
    const types = schema.map(({ name, type, repetition_type, logical_type }) => [
      name,
      type,
      repetition_type,
      logical_type?.type,
    ]);
    expect(types).toEqual(
      expect.arrayContaining([
        ['created_at', 'INT64', 'REQUIRED', 'TIMESTAMP'],
        ['key', 'BYTE_ARRAY', 'OPTIONAL', 'STRING'],
        ['inputs', 'BYTE_ARRAY', 'REQUIRED', 'STRING'],
        ['probability', 'DOUBLE', 'REQUIRED', undefined],
        ['memory_bytes', 'INT64', 'REQUIRED', undefined],
        ['explanation', 'BYTE_ARRAY', 'OPTIONAL', 'STRING'],
      ]),
    );
    expect(created_by).toMatch(/^foretell \d/);
  });

  it.each([
    [undefined, '', 'application/x-ndjson'],
    ['application/x-ndjson', '', 'application/x-ndjson'],
    ['text/csv', '', 'text/csv; charset=utf-8; header=present'],
    ['application/vnd.apache.parquet', '', 'application/vnd.apache.parquet'],
    ['text/csv;q=0.5, application/vnd.apache.parquet;q=0.9', '', 'application/vnd.apache.parquet'],
    ['text/csv;q=0, */*', '', 'application/x-ndjson'],
    ['image/png', '', 'application/x-ndjson'],
    ['text/csv', '&format=parquet', 'application/vnd.apache.parquet'],
  ])('answers Accept: %s and %p with %s', async (accept, format, expected) => {
    const answer = await download(`?label=none${format}`, accept);
    await answer.arrayBuffer();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, expected]);
  });

  it.each(['format=xml', 'from=yesterday', 'limit=5'])('refuses ?%s by its name', async (query) => {
    const { status, body } = await server.send<Problem>(`${EXPORT}?${query}`, { headers });
    expect([status, body.code]).toEqual([422, 'INVALID_INPUT']);
    expect(body.errors?.map(({ field }) => field)).toContain(query.split('=', 1)[0]);
    expect(JSON.stringify(body)).not.toMatch(/xml|yesterday/);
  });

  it('needs the scope to read', async () => {
    expect((await server.send<Problem>(EXPORT)).status).toBe(401);
  });

  it('reads nothing for a HEAD', async () => {
    const pages = countPages(server);
    const answer = await fetch(server.url + EXPORT, { method: 'HEAD', headers });
    expect(answer.status).toBe(200);
    expect(pages()).toBe(0);
  });
});

describe('an export of more than a connection holds', () => {
  const PAGES = 10;
  const TABLE = 'predictions';
  let server: PredictionServer;
  let headers: Record<string, string>;
  beforeAll(async () => {
    const wide = (i: number): LoggedPrediction =>
      // 5 MB a page, and random: nothing compresses it.
      logRow({
        createdAt: FIRST + i,
        inputs: JSON.stringify({ a: randomBytes(15_000).toString('base64') }),
      });
    server = await started(Array.from({ length: PAGES * PAGE_ROWS }, (_, i) => wide(i)));
    headers = await headersOf(server);
  });
  afterAll(() => server.stop());

  /** An answer of which nothing is read yet. */
  const open = (format: ExportFormat): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      get(`${server.url}${EXPORT}?format=${format}`, { headers }, resolve).on('error', reject);
    });
  const rename = (from: string, to: string): Promise<unknown> =>
    tableOf(server).query(`ALTER TABLE ${from} RENAME TO ${to}`);

  it('is read no faster than it is taken, and no further once the client has left', async () => {
    const pages = countPages(server);
    const answer = await open('jsonl');
    let read: number;
    do {
      read = pages();
      await pause(1000);
    } while (pages() !== read);
    expect(read).toBeGreaterThan(0);
    expect(read).toBeLessThan(PAGES - 4);
    answer.destroy();
    const metrics = async (): Promise<string> => (await server.send<string>('/metrics')).body;
    await untilTrue(async () => (await metrics()).includes('code="499"'), 30_000);
    await pause(300);
    expect(pages()).toBe(read);
  });

  it.each(EXPORT_FORMATS)(
    'is a broken transfer as %s when the table goes meanwhile',
    async (format) => {
      const answer = await open(format);
      expect(answer.statusCode).toBe(200);
      await rename(TABLE, 'away');
      try {
        const chunks: Buffer[] = [];
        const all = async (): Promise<void> => {
          for await (const chunk of answer) chunks.push(chunk as Buffer);
        };
        await expect(all()).rejects.toThrow(/aborted/);
        expect(answer.complete).toBe(false);
        if (format === 'parquet')
          expect(() => parquetMetadata(new Uint8Array(Buffer.concat(chunks)).buffer)).toThrow();
      } finally {
        await rename('away', TABLE);
      }
    },
  );

  it('is a problem, and no broken file, where nothing can be read from the start', async () => {
    await rename(TABLE, 'away');
    try {
      const { status, headers: said } = await server.send<Problem>(EXPORT, { headers });
      expect(status).toBe(500);
      expect(said.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(said.get('content-disposition')).toBeNull();
    } finally {
      await rename('away', TABLE);
    }
  });
});

describe('npm run log -- export, beside a running server', () => {
  let server: PredictionServer;
  let dir: string;
  beforeAll(async () => {
    server = await started(ROWS);
    dir = mkdtempSync(join(tmpdir(), 'log-export-'));
  });
  afterAll(async () => {
    await server.stop();
    rmSync(dir, { recursive: true });
  });

  interface Ended {
    readonly code: number;
    readonly stdout: string;
    readonly stderr: string;
  }

  const run = (args: readonly string[], env: Record<string, string> = {}): Promise<Ended> => {
    const { database } = server.app.get(Config, { strict: false });
    const DATABASE_URL = database.kind === 'sqlite' ? `sqlite:${database.path}` : database.url;
    return new Promise((resolve) => {
      execFile(
        process.execPath,
        ['--import', 'tsx', 'src/log.ts', 'export', ...args],
        { env: cleanEnvironment({ DATABASE_URL, ...env }), maxBuffer: 1e9 },
        (error, stdout, stderr) => {
          resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
        },
      );
    });
  };

  it('prints the rows of a filter as JSON Lines, and how many there were on the other stream', async () => {
    const { code, stdout, stderr } = await run(['--version', '2']);
    const expected = inOrder(ROWS.filter(({ modelVersion }) => modelVersion === '2'));
    expect([code, stderr]).toEqual([0, `${expected.length} predictions exported\n`]);
    expect(await read('jsonl', Buffer.from(stdout))).toEqual(expected);
  });

  it('writes a file in the format of its ending', async () => {
    const out = join(dir, 'all.parquet');
    const { code, stdout, stderr } = await run(['--out', out]);
    expect([code, stdout, stderr]).toEqual([
      0,
      '',
      `${ROWS.length} predictions exported to ${out}\n`,
    ]);
    expect(await read('parquet', readFileSync(out))).toEqual(inOrder(ROWS));
    expect(readdirSync(dir)).toEqual(['all.parquet']);
  });

  it('leaves the file that was there where it fails', async () => {
    const out = join(dir, 'kept.csv');
    writeFileSync(out, 'what was there');
    await tableOf(server).query('ALTER TABLE predictions RENAME TO away');
    const { code, stderr } = await run(['--out', out]);
    await tableOf(server).query('ALTER TABLE away RENAME TO predictions');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^foretell: .*predictions.*\n$/);
    expect(readFileSync(out, 'utf8')).toBe('what was there');
    expect(readdirSync(dir).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('names every option that does not fit, and never its value', async () => {
    const { code, stdout, stderr } = await run(['--from', 'yesterday', '--format', 'xml']);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      'foretell: --format must be jsonl, csv or parquet; --from must be a date or an ISO 8601 instant with an offset or Z\n',
    );
  });

  if (ENGINE === 'sqlite')
    it('makes no database where there is none', async () => {
      const path = join(dir, 'none.db');
      const { code, stderr } = await run([], { DATABASE_URL: `sqlite:${path}` });
      expect(code).toBe(1);
      expect(stderr).toMatch(/^foretell: there is no database file .*DATABASE_URL/);
      expect(existsSync(path)).toBe(false);
    });
});
