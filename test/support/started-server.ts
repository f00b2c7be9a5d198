// Starts the product as its user does (`npm start`) in a process of its own and reads what it prints.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

export interface StartedServer {
  readonly url: string;
  /** Everything printed so far, both streams. */
  readonly output: () => string;
  readonly pid: number;
  /** Milliseconds from the command to the printed greeting. */
  readonly readyMs: number;
  /** Sends a signal and answers the exit code. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<number | null>;
}

export interface StartOptions {
  readonly env: Readonly<Record<string, string>>;
  /** The command; `npm start` unless said. */
  readonly command?: readonly [string, ...string[]];
  readonly cwd?: string;
  readonly timeoutMs?: number;
}

/** The environment of the caller without anything that would configure the product. */
export function cleanEnvironment(env: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME, LANG } = process.env;
  return { PATH, HOME, LANG, HOST: '127.0.0.1', PORT: '0', ...env };
}

/** Resolves when the greeting with the URL is printed; throws with the output where the process ends or the time runs out. */
export async function startServer(options: StartOptions): Promise<StartedServer> {
  const [program, ...args] = options.command ?? ['npm', 'start'];
  const began = performance.now();
  const child = spawn(program, args, {
    cwd: options.cwd ?? process.cwd(),
    env: cleanEnvironment(options.env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  const url = await greetingUrl(child, () => text, options.timeoutMs ?? 600_000);
  return {
    url,
    output: () => text,
    pid: child.pid ?? 0,
    readyMs: performance.now() - began,
    stop: async (signal = 'SIGTERM') => {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      child.kill(signal);
      const [code] = (await once(child, 'exit')) as [number | null];
      return code;
    },
  };
}

async function greetingUrl(
  child: ChildProcess,
  output: () => string,
  timeoutMs: number,
): Promise<string> {
  const until = Date.now() + timeoutMs;
  while (Date.now() < until) {
    const url = /serving on (http:\/\/\S+)/.exec(output())?.[1];
    if (url !== undefined) return url;
    if (child.exitCode !== null) throw new Error(`exited with ${child.exitCode}:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  child.kill('SIGKILL');
  throw new Error(`not ready within ${timeoutMs} ms:\n${output()}`);
}
