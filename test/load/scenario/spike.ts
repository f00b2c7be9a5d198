// Spike: a steady load, then several times the capacity, then the steady load again.
import { chartOfMemory, chartsOfLoad } from '../charts.ts';
import { capacityOf, type Ground } from '../ground.ts';
import { judgeSpike } from '../judge/spike.ts';
import { kindsOf, type Outcome } from '../outcome.ts';
import { watch } from '../watch.ts';

const SECONDS = 24;
const FACTOR = 4;
const CALLERS = 512;
const LOOK_MS = 250;

export async function spike(ground: Ground, seconds = SECONDS): Promise<Outcome> {
  await ground.warmUp('ours');
  const capacity = capacityOf(await ground.busy('ours'));
  const usual = ground.steady('ours', capacity, seconds / 4);
  // Requests for which no caller is free are not sent: with more callers they would wait in the server instead.
  const burst = { ...usual, callers: CALLERS, perSecond: FACTOR * capacity, patienceMs: 0 };
  const stopWatch = watch(ground.server, LOOK_MS);
  const before = await ground.run('before', usual);
  const during = await ground.run(`${FACTOR} times the capacity`, burst);
  const after = await ground.run('after', { ...usual, seconds: seconds / 2 });
  const samples = await stopWatch();
  const phases = [before, during, after];
  const kept = ground.keptOf(phases);
  return {
    scenario: 'spike',
    seconds,
    criteria: judgeSpike({
      capacity,
      callers: CALLERS,
      before,
      spike: during,
      after,
      samples,
      kept,
    }),
    kinds: kindsOf([during]),
    charts: [
      ...chartsOfLoad('Spike', { '': phases }),
      chartOfMemory('Spike', before.startedAt, samples),
    ],
  };
}
