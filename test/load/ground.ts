// Where a scenario runs: our server with a state of its own, bare Fastify that answers the same bytes, and the load on either.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inLog } from '../bench/crash/stored-log.ts';
import { quantile } from '../bench/figures.ts';
import { pinned } from '../bench/predict/generator.ts';
import type { Stage } from '../bench/predict/stage.ts';
import { say } from '../bench/workbench/say.ts';
import { startServer, type StartedServer } from '../support/started-server.ts';
import { isAnswered, tookOf } from './judge/criterion.ts';
import { Load, type Phase } from './load.ts';
import { mixOf, type Kind } from './mix.ts';
import type { Kept, LoadSeen, PhaseRecord } from './record.ts';

export type ServerName = 'ours' | 'bare';

/** As many as a busy web application keeps open. */
const CALLERS = 64;
const WARM_UP_SECONDS = 3;
const BUSY_SECONDS = 2;
/** What is steady load, of capacity: so little that half the processor can be away for a while, and most of what a server in use meets. */
const STEADY_SHARE = 0.3;
/** A steady load waits for a caller as long as a user would. */
const PATIENCE_MS = 10_000;
const PROGRESS_SECONDS = 5;
const CLOSED = { callers: CALLERS, perSecond: null, patienceMs: PATIENCE_MS };
const BASELINE = join(import.meta.dirname, 'baseline.mjs');

export class Ground {
  private constructor(
    readonly server: StartedServer,
    private readonly bare: StartedServer,
    private readonly load: Load<ServerName>,
    private readonly database: string,
  ) {}

  static async open(stage: Stage): Promise<Ground> {
    const server = await stage.start();
    const kinds = await mixOf(server);
    const bare = await startBaseline(stage, server, kinds);
    return new Ground(server, bare, new Load({ ours: server, bare }, kinds), stage.database);
  }

  /** Until the compiler has done its work. */
  async warmUp(server: ServerName): Promise<void> {
    await this.load.run({ ...CLOSED, server, seconds: WARM_UP_SECONDS });
  }

  /** As fast as it answers. */
  busy(server: ServerName): Promise<PhaseRecord> {
    return this.load.run({ ...CLOSED, server, seconds: BUSY_SECONDS });
  }

  /** The load that everything is compared at. */
  steady(server: ServerName, capacity: number, seconds: number): Phase<ServerName> {
    const perSecond = Math.max(1, Math.floor(STEADY_SHARE * capacity));
    return { server, callers: CALLERS, perSecond, seconds, patienceMs: PATIENCE_MS };
  }

  /** Says now and then how it goes. */
  async run(name: string, phase: Phase<ServerName>): Promise<PhaseRecord> {
    const since: LoadSeen[] = [];
    let second = 0;
    const tell = (seen: LoadSeen): void => {
      since.push(seen);
      second += 1;
      const shown = second % PROGRESS_SECONDS === 0 || second === Math.floor(phase.seconds);
      if (!shown) return;
      say(`  ${name}, ${second} s: ${progressOf(since)}`);
      since.length = 0;
    };
    return this.load.run(phase, tell);
  }

  /** Looks into the log. */
  keptOf(phases: readonly PhaseRecord[]): Kept {
    const ids = phases.flatMap((phase) => phase.ids);
    const missing = inLog(this.database, (log) => log.countMissing(ids));
    return { acknowledged: ids.length, missing };
  }

  async close(): Promise<void> {
    this.load.close();
    await this.bare.stop();
    await this.server.stop();
  }
}

/** Requests of the mix a second while the server was busy. */
export function capacityOf({ answers, seconds }: PhaseRecord): number {
  const capacity = answers.filter(isAnswered).length / seconds;
  say(`  capacity: ${capacity.toFixed(0)} requests a second`);
  return capacity;
}

/** Asks our server once for each kind, for the bytes of its answer. */
async function startBaseline(
  stage: Stage,
  { url }: StartedServer,
  kinds: readonly Kind[],
): Promise<StartedServer> {
  const answers = kinds.map(async ({ name, method, path, headers, body }) => {
    const sent = method === 'POST' ? { method, headers, body } : { headers };
    const answer = await fetch(url + path, sent);
    if (!answer.ok) throw new Error(`${name}: expected 200, got ${answer.status}`);
    const type = answer.headers.get('content-type');
    return { method, path, type, body: await answer.text() };
  });
  const file = stage.path('answers.json');
  writeFileSync(file, JSON.stringify(await Promise.all(answers)));
  return startServer({ env: {}, command: pinned(0, [process.execPath, BASELINE, file]) });
}

function progressOf(seen: readonly LoadSeen[]): string {
  const answers = seen.flatMap((each) => each.answers);
  const took = tookOf(answers);
  const others = answers.filter((answer) => !isAnswered(answer)).length;
  const ms = (q: number): string => quantile(took, q).toFixed(2);
  return (
    `${(answers.length / seen.length).toFixed(0)} answers/s, ${others} of them not 200; ` +
    `predictions p50 ${ms(0.5)}, p99 ${ms(0.99)} ms`
  );
}
