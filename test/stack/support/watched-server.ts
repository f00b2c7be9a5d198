// The product on a port of its own that Prometheus can go on scraping through a kill and a restart, and callers that predict.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publish } from '../../support/prediction-server.ts';
import { startServer, type StartedServer } from '../../support/started-server.ts';
import type { TinyBundleOptions } from '../../support/tiny-bundle.ts';
import type { RawRow } from '../../../src/features/feature-spec.ts';
import { freePort } from '../../support/free-port.ts';

import { PredictionLoad } from './prediction-load.ts';

const ADMIN_PASSWORD = 'the admin of the stack tests';

export class WatchedServer {
  private process: StartedServer | null = null;
  private credential: Readonly<Record<string, string>> = {};

  private constructor(
    private readonly dir: string,
    private readonly port: number,
    private readonly settings: Readonly<Record<string, string>>,
  ) {}

  /** Serves a tiny model; stop it afterwards. */
  static async start(
    settings: Readonly<Record<string, string>>,
    model?: TinyBundleOptions,
  ): Promise<WatchedServer> {
    const dir = mkdtempSync(join(tmpdir(), 'stack-watched-'));
    await publish(dir, model);
    const server = new WatchedServer(dir, await freePort(), settings);
    await server.up();
    return server;
  }

  /** host:port. */
  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  get databaseFile(): string {
    return join(this.dir, 'foretell.db');
  }

  async up(): Promise<void> {
    this.process = await startServer({
      env: {
        VAR_DIR: this.dir,
        PORT: String(this.port),
        ADMIN_PASSWORD,
        BCRYPT_COST: '4',
        ...this.settings,
      },
      command: ['node', 'dist/src/main.js'],
    });
    const body = new URLSearchParams({ username: 'admin', password: ADMIN_PASSWORD });
    const answer = await fetch(`${this.url}/token`, { method: 'POST', body });
    const { access_token: token } = (await answer.json()) as { access_token: string };
    this.credential = { authorization: `Bearer ${token}` };
  }

  async kill(): Promise<void> {
    await this.process?.stop('SIGKILL');
  }

  /** Callers that go on until they are stopped. */
  load(row: RawRow, connections: number): PredictionLoad {
    return new PredictionLoad({
      url: this.url,
      headers: { ...this.credential, 'content-type': 'application/json' },
      body: JSON.stringify({ features: row }),
      connections,
    });
  }

  /** Predicts all rows in one request, which is logged row by row. */
  async predictBatch(rows: readonly RawRow[]): Promise<void> {
    const answer = await fetch(`${this.url}/predict/batch`, {
      method: 'POST',
      headers: { ...this.credential, 'content-type': 'application/x-ndjson' },
      body: rows.map((row) => JSON.stringify(row)).join('\n'),
    });
    const answered = (await answer.text()).split('\n').filter((line) => line.includes('"id"'));
    if (answer.status !== 200 || answered.length !== rows.length)
      throw new Error(`${rows.length} rows: ${answer.status} and ${answered.length} answers`);
  }

  async metrics(): Promise<string> {
    return (await fetch(`${this.url}/metrics`)).text();
  }

  async stop(): Promise<void> {
    await this.process?.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }

  private get url(): string {
    return `http://${this.address}`;
  }
}
