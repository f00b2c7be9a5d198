// npm run load [-- scenario ...] [--minutes N] [--seconds N]: puts the built server under load and judges how it took that. Linux only.
import { chosen, options } from '../bench/options.ts';
import { Stage } from '../bench/predict/stage.ts';
import { registerTwin } from '../bench/twin.ts';
import { say } from '../bench/workbench/say.ts';
import { Ground } from './ground.ts';
import { SCENARIOS, type Outcome, type ScenarioName } from './outcome.ts';
import { kindsTableOf, tableOf, writeReport } from './report.ts';
import { NAME, soak } from './scenario/soak.ts';
import { spike } from './scenario/spike.ts';
import { steady } from './scenario/steady.ts';

const USAGE = `Usage: npm run load -- [scenario ...] [options]
Puts the server under the load of callers as they come, and fails where a criterion is broken. Scenarios, all unless named:
  steady   a mix of requests at a steady pace, beside bare Fastify that answers the same bytes
  spike    that, then several times the capacity, then that again
  soak     that for long, while versions of the model take over from each other
  --seconds N, --minutes N   how long the load of each scenario lasts (together where both are given); defaults are short
Reports are written to coverage/load: a table by scenario, report.html with charts, summary.json.
`;

const RUN: Readonly<Record<ScenarioName, (ground: Ground, seconds?: number) => Promise<Outcome>>> =
  { steady, spike, soak };
const SECONDS_PER_MINUTE = 60;

async function runAll(names: readonly ScenarioName[], seconds: number | undefined): Promise<void> {
  const stage = await Stage.open();
  try {
    await registerTwin(stage.path('var'), NAME);
    for (const name of names) {
      say(`\nload: ${name}`);
      const ground = await Ground.open(stage);
      try {
        const outcome = await RUN[name](ground, seconds);
        const broken = writeReport(outcome);
        say(`\n${tableOf(outcome)}\n\n${kindsTableOf(outcome)}\n`);
        for (const line of broken) say(`BROKEN ${line}`);
        if (broken.length > 0) process.exitCode = 1;
      } finally {
        await ground.close();
      }
    }
  } finally {
    stage.close();
  }
}

if (options.help) {
  process.stdout.write(USAGE);
} else {
  const { suites, minutes = 0, seconds = 0 } = options;
  const length = minutes * SECONDS_PER_MINUTE + seconds;
  await runAll(chosen('scenario', suites, SCENARIOS), length === 0 ? undefined : length);
}
