// Steady: the mix at a share of capacity, on bare Fastify and on our server by turns.
import { chartsOfLoad } from '../charts.ts';
import { capacityOf, type Ground, type ServerName } from '../ground.ts';
import { judgeSteady } from '../judge/steady.ts';
import { kindsOf, type Outcome } from '../outcome.ts';
import type { Pair, PhaseRecord } from '../record.ts';

const SECONDS = 24;
/** So short that what else the machine does lasts longer than a pair of them. */
const SLICE_SECONDS = 3;
const LEAST_PAIRS = 3;
const BUSY_PAIRS = 3;

export async function steady(ground: Ground, seconds = SECONDS): Promise<Outcome> {
  await ground.warmUp('bare');
  await ground.warmUp('ours');
  const busy = await pairsOf(BUSY_PAIRS, (server) => ground.busy(server));
  const capacity = capacityOf(busy.map(({ ours }) => ours));
  const count = Math.max(LEAST_PAIRS, Math.floor(seconds / SLICE_SECONDS / 2));
  const pairs = await pairsOf(count, (server, i) => {
    const name = `${LINES[server]}, ${i} of ${count}`;
    return ground.run(name, ground.steady(server, capacity, seconds / count / 2));
  });
  const [ours, bare] = [pairs.map((pair) => pair.ours), pairs.map((pair) => pair.bare)];
  return {
    scenario: 'steady',
    seconds,
    criteria: judgeSteady({ busy, pairs, kept: ground.keptOf(ours) }),
    kinds: kindsOf(ours),
    charts: chartsOfLoad('Steady', { [LINES.bare]: bare, [LINES.ours]: ours }),
  };
}

const LINES = { bare: 'bare Fastify', ours: 'Foretell' };

async function pairsOf(
  count: number,
  measure: (server: ServerName, i: number) => Promise<PhaseRecord>,
): Promise<readonly Pair[]> {
  const pairs: Pair[] = [];
  for (let i = 1; i <= count; i++)
    pairs.push({ bare: await measure('bare', i), ours: await measure('ours', i) });
  return pairs;
}
