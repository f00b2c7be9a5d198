// Starts a load generator: a process of its own, pinned to another core than the server's where the system can do that.
import { spawn, spawnSync } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** The server and the one request that it is asked again and again. */
export interface Target {
  readonly url: string;
  readonly pid: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const CAN_PIN = spawnSync('taskset', ['--version']).status === 0;

/** The command, bound to one core: the server's is 0, the load's is 1. */
export const pinned = (
  core: 0 | 1,
  command: readonly [string, ...string[]],
): [string, ...string[]] => (CAN_PIN ? ['taskset', '-c', String(core), ...command] : [...command]);

export interface Request {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Empty where there is none. */
  readonly body: string;
}

/** The request as it goes over the wire. */
export function requestText(url: string, { method, path, headers, body }: Request): string {
  const head = [
    `${method} ${path} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

/** Runs a generator on an order until it ends by itself; answers its record. */
export async function generate<Record>(
  script: string,
  { url, headers, body, pid }: Target,
  order: object,
): Promise<Record> {
  const { hostname, port } = new URL(url);
  const request = requestText(url, { method: 'POST', path: '/predict', headers, body });
  const [program, ...args] = pinned(1, [process.execPath, script]);
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify({ ...order, pid, host: hostname, port: Number(port), request }));
  return JSON.parse(await text(child.stdout)) as Record;
}
