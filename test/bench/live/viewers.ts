// npm run bench -- live: what viewers of the live stream cost a server that answers a few predictions a second: processor time of all its
// threads, alone and watched, one after the other and twice, so that what else happens falls on both.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { cleanEnvironment, startServer, type StartedServer } from '../../support/started-server.ts';
import { exampleBody, json, PASSWORD, residentMegabytes, signIn } from '../client.ts';
import { writeResults } from '../document.ts';
import { figureTable, report, type Figure } from '../figures.ts';
import { options } from '../options.ts';
import { startCommand } from '../start-command.ts';

const VIEWERS = 100;
const GOAL_PERCENT = 5;
const REQUESTS_PER_SECOND = 20;
const SECONDS = options.seconds ?? 30;
const ROUNDS = 2;
/** Just-in-time compilation; not counted. */
const WARM_UP_MS = 5000;
/** Of /proc. */
const TICKS_PER_SECOND = 100;
const WINDOWS = ['15m', '1h', '24h'] as const;

class Viewers {
  bytes = 0;
  private answers: readonly IncomingMessage[] = [];

  async open(url: string, headers: Record<string, string>, count: number): Promise<void> {
    this.answers = await Promise.all(
      Array.from({ length: count }, async () => {
        const request = get(url, { headers, agent: false });
        const [answer] = (await once(request, 'response')) as [IncomingMessage];
        if (answer.statusCode !== 200) throw new Error(`${url} answered ${answer.statusCode}`);
        return answer.on('data', (chunk: Buffer) => (this.bytes += chunk.length));
      }),
    );
  }

  leave(): void {
    for (const answer of this.answers) answer.on('error', () => undefined).destroy();
    this.answers = [];
  }
}

const varDir = mkdtempSync(join(tmpdir(), 'foretell-live-'));
const env = { VAR_DIR: varDir, ADMIN_PASSWORD: PASSWORD, JWT_EXPIRES_IN: '1d' };
try {
  execFileSync('node', ['dist/ml/train.js'], { env: cleanEnvironment(env), stdio: 'ignore' });
  const server = await startServer({ env, command: startCommand() });
  try {
    const figures = await measure(server);
    await writeResults('live', figureTable(figures), { figures });
    report(figures);
  } finally {
    await server.stop();
  }
} finally {
  rmSync(varDir, { recursive: true, force: true });
}

async function measure(server: StartedServer): Promise<readonly Figure[]> {
  const headers = await signIn(server);
  const stopLoad = await lightLoad(server, headers);
  const viewers = new Viewers();
  const alone: number[] = [];
  const watched = new Map<string, number[]>(WINDOWS.map((window) => [window, []]));
  await pause(WARM_UP_MS);
  const memoryAlone = await residentMegabytes(server);
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push(await processorPercent(server));
    for (const window of WINDOWS) {
      await viewers.open(`${server.url}/monitoring/stream?window=${window}`, headers, VIEWERS);
      await pause(WARM_UP_MS);
      watched.get(window)?.push(await processorPercent(server));
      viewers.leave();
    }
  }
  const memoryWatched = await residentMegabytes(server);
  stopLoad();
  const base = mean(alone);
  return [
    {
      what: `${REQUESTS_PER_SECOND} predictions/s, nobody watches`,
      value: base,
      unit: '% of a core',
    },
    ...WINDOWS.map((window) => ({
      what: `${VIEWERS} viewers of ${window}, beside that`,
      value: mean(watched.get(window) ?? []) - base,
      unit: '% of a core',
      goal: GOAL_PERCENT,
    })),
    { what: 'resident memory, before any viewer', value: memoryAlone, unit: 'MiB', digits: 0 },
    { what: 'resident memory, after all', value: memoryWatched, unit: 'MiB', digits: 0 },
  ];
}

/** At a steady pace, whatever the server answers. Returns how to end it. */
async function lightLoad(
  server: StartedServer,
  headers: Record<string, string>,
): Promise<() => void> {
  const body = await exampleBody(server, headers);
  const timer = setInterval(() => {
    fetch(`${server.url}/predict`, { method: 'POST', headers, body }).then(json, () => undefined);
  }, 1000 / REQUESTS_PER_SECOND);
  return () => {
    clearInterval(timer);
  };
}

async function processorPercent({ pid }: StartedServer): Promise<number> {
  const [began, used] = [performance.now(), processorSeconds(pid)];
  await pause(SECONDS * 1000);
  return (100 * (processorSeconds(pid) - used)) / ((performance.now() - began) / 1000);
}

/** Of all threads, user and system. */
function processorSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name of the process stands in brackets and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
