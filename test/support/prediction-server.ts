// The whole application on a free port with state of its own: a real database, a real registry with tiny ONNX models.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { parseConfig } from '../../src/config/load-config.ts';
import { createApp } from '../../src/create-app.ts';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';
import { databaseSettings } from './test-database.ts';
import { writeTinyBundle, type TinyBundleOptions } from './tiny-bundle.ts';

const PASSWORD = 'the admin of the prediction tests';
const NAME = 'foretell';
const ENVIRONMENT = {
  ADMIN_PASSWORD: PASSWORD,
  BCRYPT_COST: '4',
  LOG_LEVEL: 'error',
  BODY_LIMIT_BYTES: '20000',
  // The tests say when to look.
  MODEL_POLL_SECONDS: '3600',
  DRIFT_EVERY: 'off',
};

export interface Answer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface Problem {
  readonly code: string;
  readonly detail: string;
  readonly instance: string;
  readonly errors?: readonly {
    readonly field: string;
    readonly code: string;
    readonly expected: string;
  }[];
}

export class PredictionServer {
  private constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    private readonly varDir: string,
  ) {}

  /** Starts with what `prepare` leaves in the state folder: publish(varDir), say. Stop it afterwards. */
  static async start(
    prepare?: (varDir: string) => Promise<unknown>,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<PredictionServer> {
    const varDir = mkdtempSync(join(tmpdir(), 'predict-'));
    await prepare?.(varDir);
    const database = await databaseSettings(varDir);
    const app = await createApp(
      parseConfig({ VAR_DIR: varDir, ...ENVIRONMENT, ...settings, ...database }),
    );
    await app.listen(0, '127.0.0.1');
    return new PredictionServer(app, await app.getUrl(), varDir);
  }

  /** Registers a tiny model under an alias, as the champion unless said. */
  publish(options?: TinyBundleOptions, alias?: string): Promise<string> {
    return publish(this.varDir, options, alias);
  }

  async send<Body>(path: string, init: RequestInit = {}): Promise<Answer<Body>> {
    const response = await fetch(this.url + path, init);
    const text = await response.text();
    const body = /^[[{]/.test(text) ? (JSON.parse(text) as Body) : (text as Body);
    return { status: response.status, headers: response.headers, body };
  }

  async token(username = 'admin', password = PASSWORD): Promise<string> {
    const body = new URLSearchParams({ username, password });
    return (await this.send<{ readonly access_token: string }>('/token', { method: 'POST', body }))
      .body.access_token;
  }

  post<Body>(path: string, body: string, headers: Record<string, string>): Promise<Answer<Body>> {
    return this.send<Body>(path, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  }

  async stop(): Promise<void> {
    await this.app.close();
    rmSync(this.varDir, { recursive: true, force: true });
  }
}

/** Writes a tiny bundle and registers it under an alias, as the champion unless said; answers its version. */
export async function publish(
  varDir: string,
  options?: TinyBundleOptions,
  alias?: string,
): Promise<string> {
  const bundleDir = mkdtempSync(join(varDir, 'bundle-'));
  await writeTinyBundle(bundleDir, options);
  return register(varDir, bundleDir, alias);
}

/** Registers the bundle in a folder under an alias, as the champion unless said; answers its version. */
export async function register(
  varDir: string,
  bundleDir: string,
  alias = 'champion',
): Promise<string> {
  const registry = new FileModelRegistry(join(varDir, 'registry'));
  const { version } = await registry.register({ name: NAME, bundleDir, runId: null });
  await registry.setAlias(NAME, alias, version);
  return version;
}
