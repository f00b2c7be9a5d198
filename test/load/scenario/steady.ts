// Steady: the mix at a share of capacity, on bare Fastify and on our server by turns.
import { chartsOfLoad } from '../charts.ts';
import { capacityOf, type Ground, type ServerName } from '../ground.ts';
import { judgeSteady } from '../judge/steady.ts';
import { kindsOf, type Outcome } from '../outcome.ts';
import type { Pair, PhaseRecord } from '../record.ts';

const SECONDS = 24;
/** So short that what else the machine does lasts longer than a pair of them, and that the median is one of many. */
const SLICE_SECONDS = 2;
const LEAST_ROUNDS = 3;

export async function steady(ground: Ground, seconds = SECONDS): Promise<Outcome> {
  await ground.warmUp('bare');
  await ground.warmUp('ours');
  const rounds = Math.max(LEAST_ROUNDS, Math.floor(seconds / SLICE_SECONDS / 2));
  const busy: Pair[] = [];
  const pairs: Pair[] = [];
  for (let round = 1; round <= rounds; round++) {
    const fast = await pairOf((server) => ground.busy(server));
    // Anew in each round: what the machine has left for the server may have changed.
    const capacity = capacityOf(fast.ours);
    busy.push(fast);
    const slice = seconds / rounds / 2;
    pairs.push(
      await pairOf((server) =>
        ground.run(
          `${LINES[server]}, ${round} of ${rounds}`,
          ground.steady(server, capacity, slice),
        ),
      ),
    );
  }
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

const pairOf = async (measure: (server: ServerName) => Promise<PhaseRecord>): Promise<Pair> => ({
  bare: await measure('bare'),
  ours: await measure('ours'),
});
