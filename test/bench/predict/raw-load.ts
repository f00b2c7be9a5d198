// Puts a server under the load of plain sockets from another process, pinned to another core where the system can do that.
import { execFile, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What one measurement saw. Times in milliseconds, processor time of the server's whole process in microseconds a request. */
export interface RawLoad {
  readonly requests: number;
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Answers other than 200, by status; 0: a broken connection. */
  readonly failed: Readonly<Record<string, number>>;
}

export interface RawOrder {
  readonly url: string;
  readonly pid: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
}

const GENERATOR = join(import.meta.dirname, 'raw-load.mjs');
const CAN_PIN = spawnSync('taskset', ['--version']).status === 0;

/** The command, bound to one core: the server's is 0, the load's is 1. */
export const pinned = (
  core: 0 | 1,
  command: readonly [string, ...string[]],
): [string, ...string[]] => (CAN_PIN ? ['taskset', '-c', String(core), ...command] : [...command]);

const run = promisify(execFile);

export async function measureRaw(order: RawOrder): Promise<RawLoad> {
  const { hostname, port } = new URL(order.url);
  const head = [
    'POST /predict HTTP/1.1',
    `Host: ${hostname}:${port}`,
    ...Object.entries(order.headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(order.body)}`,
  ];
  const [program, ...args] = pinned(1, [process.execPath, GENERATOR]);
  const child = run(program, args);
  child.child.stdin?.end(
    JSON.stringify({
      ...order,
      host: hostname,
      port: Number(port),
      request: `${head.join('\r\n')}\r\n\r\n${order.body}`,
    }),
  );
  const found = JSON.parse((await child).stdout) as RawLoad;
  if (Object.keys(found.failed).length > 0)
    throw new Error(`not every request was answered with 200: ${JSON.stringify(found.failed)}`);
  return found;
}
