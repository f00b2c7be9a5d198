// A real PostgreSQL cluster of its own, with password login over loopback.
import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from '../../support/free-port.ts';
import { requireTool, ServerProcess, type StackServer } from './process.ts';

export interface PostgresOptions {
  /** The superuser. */
  readonly user?: string;
  readonly password?: string;
  readonly port?: number;
  /** More of initdb. */
  readonly initdbArgs?: readonly string[];
}

export async function startPostgres(options: PostgresOptions = {}): Promise<StackServer> {
  const { user = 'foretell', password = 'stack-password', initdbArgs = [] } = options;
  const [initdb, postgres] = [binary('initdb'), binary('postgres')];
  const dir = mkdtempSync(join(tmpdir(), 'stack-postgres-'));
  const account = ordinaryAccount();
  const passwordFile = join(dir, 'password');
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (account !== undefined)
    for (const path of [dir, passwordFile]) chownSync(path, account.uid, account.gid);
  const data = join(dir, 'data');
  execFileSync(
    initdb,
    [
      '-D',
      data,
      '-U',
      user,
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--no-locale',
      '--no-sync',
      ...initdbArgs,
    ],
    { ...account, stdio: 'pipe', cwd: dir },
  );
  const port = options.port ?? (await freePort());
  const url = `postgres://${user}:${password}@127.0.0.1:${port}/postgres`;
  const server = new ServerProcess({
    name: 'postgres',
    command: postgres,
    // No socket file, and no fsync: the data lives as long as the test.
    args: [...['-D', data, '-p', `${port}`, '-h', '127.0.0.1'], ...['-k', '', '-F']],
    ...(account === undefined ? {} : { account }),
    logFile: join(dir, 'log'),
    // Fast shutdown: does not wait for clients to leave.
    signal: 'SIGINT',
    ready: () => answers(url),
  });
  await server.start();
  return {
    url,
    down: () => server.stop(),
    up: () => server.start(),
    stop: async () => {
      await server.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Debian keeps one folder per major version, off the PATH; the newest wins. */
function binary(name: string): string {
  const root = '/usr/lib/postgresql';
  const versions = readdirSync('/usr/lib').includes('postgresql') ? readdirSync(root) : [];
  const newestFirst = versions.toSorted((a, b) => Number(b) - Number(a));
  return requireTool(name, [
    ...newestFirst.map((version) => join(root, version, 'bin', name)),
    `/usr/local/bin/${name}`,
    `/usr/bin/${name}`,
  ]);
}

/** PostgreSQL refuses to run as root; as anybody else it runs under the own account. */
function ordinaryAccount(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string): number =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}

/** Ready when it runs a query: its port opens before it lets anybody in. */
async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url });
  // A connection that the server ends is reported here as well, and would end the process.
  client.on('error', () => undefined);
  await client.connect();
  await client.query('SELECT 1');
  await client.end();
  return true;
}

/** Gives the role of the URL another password, which `tell` hears of as a URL, and ends all other connections: those opened from then on need it. */
export async function changePassword(
  url: string,
  password: string,
  tell: (url: string) => void,
): Promise<void> {
  const after = new URL(url);
  after.password = password;
  const admin = new Client({ connectionString: url });
  admin.on('error', () => undefined);
  await admin.connect();
  await admin.query(`ALTER ROLE "${after.username}" PASSWORD '${password}'`);
  tell(after.href);
  await admin.query(
    'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()',
  );
  await admin.end();
}
