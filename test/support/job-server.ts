// A server whose jobs a test orders and waits for, over a state folder that outlives it.
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { parseConfig } from '../../src/config/load-config.ts';
import { createApp } from '../../src/create-app.ts';
import { untilTrue } from './until.ts';
import type { Problem } from './prediction-server.ts';
import { databaseSettings } from './test-database.ts';

const ADMIN_PASSWORD = 'the admin of the job tests';
const ENDED = ['done', 'failed', 'cancelled'];

export interface JobAnswer {
  readonly id: string;
  readonly state: string;
  readonly format: string;
  readonly rows_done: number;
  readonly rows_refused: number;
  readonly rows_total: number | null;
  readonly bytes_read: number;
  readonly bytes_total: number;
  readonly model: { readonly name: string; readonly version: string } | null;
  readonly error: { readonly code: string; readonly detail: string } | null;
}

export interface ResultRow {
  readonly index: number;
  readonly line?: number;
  readonly label?: string;
  readonly probability?: number;
  readonly errors?: readonly { readonly field: string; readonly code: string }[];
}

export interface Replied<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

type Sent = Omit<RequestInit, 'headers'> & { readonly headers?: Record<string, string> };

/** Rows of the tiny bundle, each other than its neighbours. */
export const jobRow = (index: number) => ({
  'mean radius': 10 + (index % 1000) / 100,
  'mean texture': index % 7 === 0 ? null : 15,
  side: index % 2 === 0 ? 'left' : 'right',
});

export const jobRows = (count: number): string =>
  Array.from({ length: count }, (_, i) => `${JSON.stringify(jobRow(i))}\n`).join('');

export class JobServer {
  private token = '';

  private constructor(
    readonly app: NestFastifyApplication,
    readonly varDir: string,
    private readonly url: string,
  ) {}

  static newFolder(): string {
    return mkdtempSync(join(tmpdir(), 'jobs-'));
  }

  /** Over what the folder holds: a model in its registry, say, and the jobs of the server before. */
  static async start(
    varDir: string,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<JobServer> {
    const app = await createApp(
      parseConfig({
        VAR_DIR: varDir,
        ADMIN_PASSWORD,
        BCRYPT_COST: '4',
        LOG_LEVEL: 'error',
        MODEL_POLL_SECONDS: '3600',
        ...(await databaseSettings(varDir)),
        ...settings,
      }),
    );
    await app.listen(0, '127.0.0.1');
    const server = new JobServer(app, varDir, await app.getUrl());
    server.token = await server.login('admin', ADMIN_PASSWORD);
    return server;
  }

  async login(username: string, password: string): Promise<string> {
    const body = new URLSearchParams({ username, password });
    const answer = await fetch(`${this.url}/token`, { method: 'POST', body });
    return ((await answer.json()) as { access_token: string }).access_token;
  }

  /** As the admin unless another authorization is given. */
  raw(path: string, init: Sent = {}): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token}`, ...init.headers };
    return fetch(this.url + path, { ...init, headers });
  }

  async send<Body>(path: string, init: Sent = {}): Promise<Replied<Body>> {
    const { status, headers, ...answer } = await this.raw(path, init).then(async (response) => ({
      status: response.status,
      headers: response.headers,
      text: await response.text(),
    }));
    return { status, headers, body: (answer.text === '' ? null : JSON.parse(answer.text)) as Body };
  }

  order(
    body: NonNullable<RequestInit['body']>,
    type = 'application/x-ndjson',
    path = '/jobs',
  ): Promise<Replied<JobAnswer & Problem>> {
    return this.send(path, { method: 'POST', body, headers: { 'content-type': type } });
  }

  async job(id: string): Promise<JobAnswer> {
    return (await this.send<JobAnswer>(`/jobs/${id}`)).body;
  }

  async ended(id: string, limitMs = 60_000): Promise<JobAnswer> {
    await untilTrue(async () => ENDED.includes((await this.job(id)).state), limitMs);
    return this.job(id);
  }

  /** Until so many of its rows are in the result. */
  async underWay(id: string, rows = 1): Promise<JobAnswer> {
    await untilTrue(async () => (await this.job(id)).rows_done >= rows, 60_000, 5);
    return this.job(id);
  }

  async result(id: string, accept = 'application/x-ndjson'): Promise<Buffer> {
    const answer = await this.raw(`/jobs/${id}/result`, { headers: { accept } });
    return Buffer.from(await answer.arrayBuffer());
  }

  async rows(id: string): Promise<ResultRow[]> {
    const lines = (await this.result(id)).toString().trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as ResultRow);
  }

  delete(id: string): Promise<Replied<Problem | null>> {
    return this.send(`/jobs/${id}`, { method: 'DELETE' });
  }

  /** Names of a job's files. */
  files(id: string): readonly string[] {
    const dir = join(this.varDir, 'jobs', id);
    return existsSync(dir) ? readdirSync(dir) : [];
  }

  /** Ids of all jobs that have files. */
  stored(): readonly string[] {
    const dir = join(this.varDir, 'jobs');
    return existsSync(dir) ? readdirSync(dir) : [];
  }

  /** The folder stays. */
  stop(): Promise<void> {
    return this.app.close();
  }

  async remove(): Promise<void> {
    await this.stop();
    rmSync(this.varDir, { recursive: true, force: true });
  }
}
