// Soak: a steady load for long, and in the middle of each fifth another version of the model takes over, promoted or rolled back.
import { setTimeout as pause } from 'node:timers/promises';
import { json, signIn } from '../../bench/client.ts';
import { say } from '../../bench/workbench/say.ts';
import type { StartedServer } from '../../support/started-server.ts';
import { chartOfMemory, chartsOfLoad } from '../charts.ts';
import { capacityOf, type Ground } from '../ground.ts';
import { judgeSoak } from '../judge/soak.ts';
import { kindsOf, type Outcome } from '../outcome.ts';
import { watch } from '../watch.ts';

export const NAME = 'foretell';
const SECONDS = 40;
const SWAPS = 5;
/** Of the steady load: the rate was found once and has to suit the machine for minutes. */
const SHARE = 0.5;
const LOOK_MS = 1000;
const TAKEN_OVER_MS = 50;

export async function soak(ground: Ground, seconds = SECONDS): Promise<Outcome> {
  await ground.warmUp('ours');
  const capacity = capacityOf(await ground.busy('ours'));
  const stopWatch = watch(ground.server, LOOK_MS);
  const [load, swaps] = await Promise.all([
    ground.run('soak', ground.steady('ours', SHARE * capacity, seconds)),
    swapNowAndThen(ground.server, (seconds * 1000) / SWAPS),
  ]);
  const samples = await stopWatch();
  const kept = ground.keptOf([load]);
  return {
    scenario: 'soak',
    seconds,
    criteria: judgeSoak({ load, samples, swaps, kept }),
    kinds: kindsOf([load]),
    charts: [
      ...chartsOfLoad('Soak', { '': [load] }),
      chartOfMemory('Soak', load.startedAt, samples),
    ],
  };
}

/** In the middle of each fifth, so that what it costs falls on the first and the last alike. Answers how many took over. */
async function swapNowAndThen(server: StartedServer, everyMs: number): Promise<number> {
  const headers = await signIn(server);
  const order = async (path: string, body: object): Promise<void> => {
    const request = { method: 'POST', headers, body: JSON.stringify(body) };
    await json(await fetch(`${server.url}/models/${NAME}/${path}`, request));
  };
  const served = async (): Promise<string> => {
    const info = await fetch(`${server.url}/model-info`, { headers });
    return (await json<{ version: string }>(info)).version;
  };
  let swaps = 0;
  await pause(everyMs / 2);
  for (let i = 0; i < SWAPS; i++) {
    const [before, began] = [await served(), performance.now()];
    if (i % 2 === 0) await order('promote', { version: '2', force: true, reason: 'soak' });
    else await order('rollback', {});
    while ((await served()) === before && performance.now() - began < everyMs / 2)
      await pause(TAKEN_OVER_MS);
    const now = await served();
    if (now !== before) swaps += 1;
    const tookMs = performance.now() - began;
    say(`  version ${now} for ${before} after ${tookMs.toFixed(0)} ms`);
    if (i < SWAPS - 1) await pause(Math.max(0, everyMs - tookMs));
  }
  return swaps;
}
