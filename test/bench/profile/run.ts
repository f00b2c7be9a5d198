// npm run profile: a CPU profile of the server under load, as a summary by module, a flame graph to open in a browser, and the profile itself.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startServer } from '../../support/started-server.ts';
import { exampleBody, PASSWORD, signIn } from '../client.ts';
import { BOOSTING, trainBenchModel } from '../predict/bench-model.ts';
import { pinned } from '../predict/generator.ts';
import { measureRaw } from '../predict/raw-load.ts';
import { startCommand } from '../start-command.ts';
import { say } from '../workbench/say.ts';
import { byModule, framesOf, type CpuProfile } from './cpu-profile.ts';
import { flameGraph } from './flame-graph.ts';

const CONNECTIONS = 64;
const WARM_UP_MS = 4000;
const MEASURE_MS = 6000;
const TOLD = 25;
const INTERVAL_US = 200;

const { values } = parseArgs({
  options: {
    help: { type: 'boolean', default: false },
    out: { type: 'string', default: 'var/profile' },
    log: { type: 'string', default: 'acknowledged' },
  },
});

async function profile(out: string, mode: string): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), 'foretell-profile-'));
  try {
    await trainBenchModel(dir, BOOSTING);
    const server = await startServer({
      env: { VAR_DIR: join(dir, 'var'), ADMIN_PASSWORD: PASSWORD, PREDICTION_LOG: mode },
      command: pinned(
        0,
        startCommand(
          '--cpu-prof',
          `--cpu-prof-dir=${dir}`,
          '--cpu-prof-name=main.cpuprofile',
          `--cpu-prof-interval=${INTERVAL_US}`,
        ),
      ),
    });
    const headers = await signIn(server);
    const load = await measureRaw({
      url: server.url,
      pid: server.pid,
      headers,
      body: await exampleBody(server, headers),
      connections: CONNECTIONS,
      warmUpMs: WARM_UP_MS,
      measureMs: MEASURE_MS,
    });
    await server.stop();
    const name = readdirSync(dir).find((each) => each === 'main.cpuprofile');
    if (name === undefined) throw new Error('the server left no profile');
    const text = readFileSync(join(dir, name), 'utf8');
    const root = framesOf(JSON.parse(text) as CpuProfile, MEASURE_MS);
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, 'server.cpuprofile'), text);
    writeFileSync(join(out, 'flame.html'), flameGraph('The server under 64 connections', root));
    say(
      `${load.perSecond.toFixed(0)} predictions a second, ${load.cpuUs.toFixed(1)} us of processor time each (profiled)`,
    );
    say('');
    for (const { module, share } of byModule(root).slice(0, TOLD))
      say(`${(100 * share).toFixed(1).padStart(6)} %  ${module}`);
    say('');
    say(`Flame graph: ${resolve(out, 'flame.html')}`);
    say(`Profile (open it in the browser's developer tools): ${resolve(out, 'server.cpuprofile')}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

if (values.help)
  say(
    'Usage: npm run profile -- [--out DIR] [--log acknowledged|async|off]\n' +
      'Profiles the server under 64 connections and writes flame.html and server.cpuprofile.',
  );
else await profile(values.out, values.log);
