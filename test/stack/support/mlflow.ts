// A real MLflow server: runs and models in SQLite or PostgreSQL, artifacts through its proxy onto disk or S3.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/free-port.ts';
import { requireTool, ServerProcess, TOOLS, type StackServer } from './process.ts';
import type { S3Server } from './s3.ts';

export interface MlflowServer extends StackServer {
  /** Where the artifacts lie when they are not on S3: faults are made here. */
  readonly artifactDir: string;
}

export interface MlflowOptions {
  readonly s3?: S3Server;
  /** postgres://... of an empty database for runs and models; SQLite unless given. */
  readonly database?: string;
  /** The value of --allowed-hosts; it replaces MLflow's own list. */
  readonly allowedHosts?: string;
  /** Asks everyone for a password, the administrator (admin) for this one. */
  readonly adminPassword?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startMlflow(options: MlflowOptions = {}): Promise<MlflowServer> {
  const command = requireTool('mlflow', [join(TOOLS, 'mlflow/bin/mlflow')]);
  const dir = mkdtempSync(join(tmpdir(), 'stack-mlflow-'));
  const artifactDir = join(dir, 'artifacts');
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const server = new ServerProcess({
    name: 'mlflow',
    command,
    args: [
      ...['server', '--host', '127.0.0.1', '--port', `${port}`, '--workers', '1'],
      ...['--backend-store-uri', backendStore(options.database, dir), '--serve-artifacts'],
      ...[
        '--artifacts-destination',
        options.s3 === undefined ? artifactDir : `s3://${options.s3.bucket}/mlflow`,
      ],
      ...(options.allowedHosts === undefined ? [] : ['--allowed-hosts', options.allowedHosts]),
      ...(options.adminPassword === undefined ? [] : ['--app-name', 'basic-auth']),
    ],
    env: {
      MLFLOW_DISABLE_TELEMETRY: 'true',
      // 0.4 GB instead of 1.7 GB of memory.
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      ...(options.s3 === undefined ? {} : s3Environment(options.s3)),
      ...(options.adminPassword === undefined ? {} : authEnvironment(options.adminPassword)),
      ...options.env,
    },
    logFile: join(dir, 'log'),
    // Its launcher lingers for ten seconds after SIGTERM; every answered request is already on the disk.
    signal: 'SIGKILL',
    ready: async () => (await fetch(`${url}/health`)).ok,
  });
  await server.start();
  return {
    url,
    artifactDir,
    down: () => server.stop(),
    up: () => server.start(),
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** The driver is named: SQLAlchemy's default for PostgreSQL is another one. */
const backendStore = (database: string | undefined, dir: string): string =>
  database === undefined
    ? `sqlite:///${join(dir, 'mlflow.db')}`
    : database.replace(/^postgres:/, 'postgresql+psycopg2:');

const s3Environment = (s3: S3Server): Record<string, string> => ({
  MLFLOW_S3_ENDPOINT_URL: s3.url,
  AWS_ACCESS_KEY_ID: s3.accessKey,
  AWS_SECRET_ACCESS_KEY: s3.secretKey,
  AWS_DEFAULT_REGION: 'us-east-1',
});

const authEnvironment = (adminPassword: string): Record<string, string> => ({
  MLFLOW_FLASK_SERVER_SECRET_KEY: 'stack-tests-only',
  MLFLOW_AUTH_ADMIN_PASSWORD: adminPassword,
});
