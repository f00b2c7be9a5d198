// Starts one real server as a plain process on a free loopback port, waits until it answers, and stops it by its own process group.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export const TOOLS = resolve(__dirname, '../../../.tools');

export interface StackServer {
  readonly url: string;
  /** Takes the server down and keeps its state: the fault that a client sees. */
  down(): Promise<void>;
  /** Starts it again on the same port over the same state. */
  up(): Promise<void>;
  /** Takes it down for good and removes its files. */
  stop(): Promise<void>;
}

export interface ServerCommand {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Runs the process as another account; for servers that refuse to be root. */
  readonly account?: { readonly uid: number; readonly gid: number };
  readonly logFile: string;
  /** Where it is started; beside its log unless given, for some leave files there. */
  readonly cwd?: string;
  /** Whether it answers as it should. */
  readonly ready: () => Promise<boolean>;
  readonly signal?: NodeJS.Signals;
}

const START_MS = 300_000;
const STOP_MS = 60_000;

/** The first of the places where the tool is, or an error that says how to get it: a missing tool fails a suite, it never skips it. */
export function requireTool(name: string, places: readonly string[]): string {
  const found = places.find((place) => existsSync(place));
  if (found === undefined) throw new Error(`${name} is missing: run .ci/install-tools`);
  return found;
}

export class ServerProcess {
  private child: ChildProcess | null = null;

  constructor(private readonly server: ServerCommand) {}

  async start(): Promise<void> {
    const { command, args, env, account, logFile, cwd = dirname(logFile) } = this.server;
    const log = openSync(logFile, 'a');
    const child = spawn(command, args, {
      // A group of its own: what a launcher leaves behind when it ends can then be ended too.
      detached: true,
      stdio: ['ignore', log, log],
      cwd,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], LANG: 'C.UTF-8', ...env },
      ...account,
    });
    this.child = child;
    const spawned = new Promise<never>((_, reject) => child.once('error', reject));
    await Promise.race([this.untilReady(child), spawned]);
  }

  async stop(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child?.pid === undefined || hasEnded(child)) return;
    const { pid } = child;
    const ended = new Promise((end) => child.once('exit', end));
    child.kill(this.server.signal ?? 'SIGTERM');
    const stuck = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(stuck);
    killStragglers(pid);
  }

  private async untilReady(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + START_MS;
    while (!(await this.server.ready().catch(() => false))) {
      if (hasEnded(child) || Date.now() > deadline) {
        await this.stop();
        throw new Error(`${this.server.name} did not start:\n${this.lastLines()}`);
      }
      await pause(200);
    }
  }

  private lastLines(): string {
    return readFileSync(this.server.logFile, 'utf8').split('\n').slice(-20).join('\n');
  }
}

const hasEnded = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** MLflow's launcher does not always take its worker with it. */
function killStragglers(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // The group is empty.
  }
}
