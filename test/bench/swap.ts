// npm run bench -- swap: what clients notice of 20 swaps under 64 connections, how long a rollback takes, what 200 swaps leave in memory.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FileModelRegistry } from '../../src/model/registry/file-model-registry.ts';
import { cleanEnvironment, startServer, type StartedServer } from '../support/started-server.ts';
import { exampleBody, json, PASSWORD, residentMegabytes, signIn } from './client.ts';
import { quantile, report, type Figure } from './figures.ts';
import { startLoad, type LoadRecord } from './load.ts';
import { startCommand } from './start-command.ts';
import { registerTwin } from './twin.ts';

const NAME = 'foretell';
const CONNECTIONS = 64;
const SWAPS = 20;
const MEMORY_SWAPS = [5, 200] as const;
/** Just-in-time compilation and the first writes; not counted. */
const WARM_UP_MS = 5000;
const STEADY_MS = 5000;
/** The time after a swap that counts as around it. */
const AFTERMATH_MS = 1000;
const BETWEEN_SWAPS_MS = 2000;

interface Window {
  readonly from: number;
  readonly to: number;
}

const now = (): number => performance.timeOrigin + performance.now();

/** One served model of two versions, and who steers it. */
class Stage {
  private version = '1';

  private constructor(
    readonly server: StartedServer,
    readonly headers: Record<string, string>,
    readonly body: string,
    private readonly registry: FileModelRegistry,
  ) {}

  static async open(varDir: string): Promise<Stage> {
    const server = await startServer({
      // The model moves when this benchmark says so.
      env: { VAR_DIR: varDir, ADMIN_PASSWORD: PASSWORD, MODEL_POLL_SECONDS: '3600' },
      command: startCommand(),
    });
    const headers = await signIn(server);
    const registry = new FileModelRegistry(join(varDir, 'registry'));
    const stage = new Stage(server, headers, await exampleBody(server, headers), registry);
    stage.version = await stage.served();
    return stage;
  }

  post(path: string, body = '{}'): Promise<Response> {
    return fetch(this.server.url + path, { method: 'POST', headers: this.headers, body });
  }

  /** The version that answers now. */
  async served(): Promise<string> {
    return (await json<{ model: { version: string } }>(await this.post('/predict', this.body)))
      .model.version;
  }

  /** Moves the alias to the other version and lets the server follow. */
  async swap(): Promise<void> {
    this.version = this.version === '1' ? '2' : '1';
    await this.registry.setAlias(NAME, 'champion', this.version);
    const { changed } = await json<{ changed: boolean }>(await this.post('/models/reload'));
    if (!changed) throw new Error(`the server did not swap to version ${this.version}`);
  }

  /** Milliseconds from the order to roll back to the first answer of the version before. */
  async rollback(): Promise<number> {
    const before = await this.served();
    const other = before === '1' ? '2' : '1';
    const order = { version: other, force: true, reason: 'benchmark' };
    await json(await this.post(`/models/${NAME}/promote`, JSON.stringify(order)));
    while ((await this.served()) !== other) await pause(5);
    const began = now();
    await json(await this.post(`/models/${NAME}/rollback`));
    while ((await this.served()) !== before) await pause(5);
    return now() - began;
  }
}

/** Two versions of the default model in a registry. */
async function prepare(varDir: string): Promise<void> {
  const env = cleanEnvironment({ VAR_DIR: varDir });
  execFileSync('node', ['dist/ml/train.js'], { env, stdio: 'ignore' });
  await registerTwin(varDir, NAME);
}

async function swapUnderLoad(stage: Stage): Promise<readonly Figure[]> {
  const { server, headers, body } = stage;
  const load = startLoad({ url: server.url, headers, body, connections: CONNECTIONS });
  try {
    await pause(WARM_UP_MS);
    const measuredFrom = now();
    await pause(STEADY_MS);
    const windows: Window[] = [];
    const swapMs: number[] = [];
    for (let i = 0; i < SWAPS; i += 1) {
      const from = now();
      await stage.swap();
      swapMs.push(now() - from);
      windows.push({ from, to: now() + AFTERMATH_MS });
      await pause(AFTERMATH_MS + BETWEEN_SWAPS_MS);
    }
    const busyRollbackMs = await stage.rollback();
    const record = await load.stop();
    const rollbackMs = await stage.rollback();
    return figuresOf(record, { measuredFrom, windows, swapMs, busyRollbackMs, rollbackMs });
  } finally {
    load.kill();
  }
}

interface Observed {
  readonly measuredFrom: number;
  readonly windows: readonly Window[];
  readonly swapMs: readonly number[];
  /** With every connection waiting for the event loop, each step of a rollback waits its turn too. */
  readonly busyRollbackMs: number;
  readonly rollbackMs: number;
}

function figuresOf(record: LoadRecord, observed: Observed): readonly Figure[] {
  const { measuredFrom, windows, swapMs, busyRollbackMs, rollbackMs } = observed;
  const steady: number[] = [];
  const around: number[] = [];
  // The rollback has a figure of its own: its promotion runs the gate, which takes the processor from the server.
  const until = windows.at(-1)?.to ?? 0;
  for (const [i, startedAt] of record.startedAt.entries()) {
    const tookMs = record.tookMs[i] ?? 0;
    const endedAt = startedAt + tookMs;
    if (startedAt < measuredFrom || startedAt > until) continue;
    const touched = windows.some(({ from, to }) => startedAt <= to && endedAt >= from);
    (touched ? around : steady).push(tookMs);
  }
  const failed = Object.values(record.failed).reduce((sum, count) => sum + count, 0);
  const steadyP99 = quantile(steady, 0.99);
  process.stdout.write(
    `${record.startedAt.length} requests on ${CONNECTIONS} connections; steady p50 ${quantile(steady, 0.5).toFixed(1)} ms; ` +
      `swap p50 ${quantile(swapMs, 0.5).toFixed(0)} ms, slowest ${Math.max(...swapMs).toFixed(0)} ms; ` +
      `rollback under this load ${busyRollbackMs.toFixed(0)} ms\n`,
  );
  return [
    { what: `failed requests during ${SWAPS} swaps`, value: failed, unit: 'requests', goal: 0 },
    { what: 'p99 around a swap', value: quantile(around, 0.99), unit: 'ms', goal: 2 * steadyP99 },
    { what: 'rollback, order to first answer', value: rollbackMs / 1000, unit: 's', goal: 1 },
  ];
}

/** Resident memory as swaps add up, with some traffic between them. */
async function memoryOfSwaps(stage: Stage): Promise<Figure> {
  for (let i = 0; i < 2000; i += 1) await stage.served();
  const [few, many] = MEMORY_SWAPS;
  let base = 0;
  for (let swaps = 1; swaps <= many; swaps += 1) {
    await stage.swap();
    for (let i = 0; i < 10; i += 1) await stage.served();
    if (swaps === few) base = await residentMegabytes(stage.server);
  }
  const value = await residentMegabytes(stage.server);
  process.stdout.write(`resident memory after ${few} swaps: ${base.toFixed(0)} MiB\n`);
  return { what: `resident memory after ${many} swaps`, value, unit: 'MiB', goal: 1.2 * base };
}

async function on<T>(varDir: string, measure: (stage: Stage) => Promise<T>): Promise<T> {
  const stage = await Stage.open(varDir);
  try {
    return await measure(stage);
  } finally {
    await stage.server.stop();
  }
}

const varDir = mkdtempSync(join(tmpdir(), 'foretell-swap-'));
try {
  await prepare(varDir);
  report([...(await on(varDir, swapUnderLoad)), await on(varDir, memoryOfSwaps)]);
} finally {
  rmSync(varDir, { recursive: true, force: true });
}
