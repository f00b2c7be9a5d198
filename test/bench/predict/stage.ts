// Where predictions are measured: a state folder with the model, and a request of a signed-in caller that every server gets to the byte.
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer, type StartedServer } from '../../support/started-server.ts';
import { exampleBody, PASSWORD, signIn } from '../client.ts';
import { startCommand } from '../start-command.ts';
import { BOOSTING, trainBenchModel } from './bench-model.ts';
import { pinned } from './generator.ts';

export class Stage {
  private constructor(
    private readonly dir: string,
    /** Path of the model's ONNX file. */
    readonly model: string,
    readonly request: {
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string;
    },
  ) {}

  /** `candidate` as params.yaml would have it. */
  static async open(candidate: object = BOOSTING): Promise<Stage> {
    const dir = mkdtempSync(join(tmpdir(), 'foretell-bench-'));
    const model = await trainBenchModel(dir, candidate);
    const server = await startServer({ env: environment(dir), command: startCommand() });
    try {
      const headers = await signIn(server);
      return new Stage(dir, model, { headers, body: await exampleBody(server, headers) });
    } finally {
      await server.stop();
    }
  }

  /** Names of the model's features. */
  get features(): readonly string[] {
    const { features } = JSON.parse(this.request.body) as { features: Record<string, number> };
    return Object.keys(features);
  }

  /** The database of the servers. */
  get database(): string {
    return this.path('var/foretell.db');
  }

  path(name: string): string {
    return join(this.dir, name);
  }

  /** The settings of a server over this state: a token outlives every server that is started on it. */
  environment(settings: Readonly<Record<string, string>> = {}): Record<string, string> {
    return { ...environment(this.dir), ...settings };
  }

  /** The same over a copy of this state, for a server that shares no database with the others. */
  environmentOfItsOwn(name: string, settings: Readonly<Record<string, string>>) {
    const folder = this.path(name);
    cpSync(this.path('var'), join(folder, 'var'), { recursive: true });
    return { ...environment(folder), ...settings };
  }

  /** Our server, on the core of the servers. */
  start(settings: Readonly<Record<string, string>> = {}): Promise<StartedServer> {
    return startServer({
      env: this.environment(settings),
      command: pinned(0, startCommand()),
    });
  }

  close(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

const environment = (dir: string): Record<string, string> => ({
  VAR_DIR: join(dir, 'var'),
  ADMIN_PASSWORD: PASSWORD,
  JWT_EXPIRES_IN: '12h',
  MODEL_POLL_SECONDS: '3600',
});

/** Of a process, as the system counts it: megabytes of 10^6 bytes. */
export function residentOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  return (Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024) / 1e6;
}
