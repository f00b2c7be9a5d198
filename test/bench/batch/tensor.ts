// 10,000 rows as one flat tensor of the Open Inference Protocol through the whole product with a linear model, against bare Fastify that parses the
// same rows as objects and answers a constant.
import { contenders, BARE } from '../predict/contenders.ts';
import { LINEAR } from '../predict/bench-model.ts';
import { pinned } from '../predict/generator.ts';
import { Stage } from '../predict/stage.ts';
import { startCommand } from '../start-command.ts';
import type { BatchResult } from './parts.ts';
import { alternate, asking, medianRatio, rowsPerSecond } from './repeat.ts';
import { benchRows, payloadOf, tensorOf } from './rows.ts';
import { withServers } from './with-servers.ts';

const ROWS = 10_000;
const GOAL = 1.3;

export async function measureTensor(boosting: Stage): Promise<BatchResult> {
  const rows = benchRows(boosting.features, ROWS);
  const { objects, tensor } = await timesOf(boosting, payloadOf('json', rows), tensorOf(rows));
  const figures = [
    {
      what: 'rows a second as objects, parsed by bare Fastify',
      value: rowsPerSecond(objects, ROWS),
      unit: '1/s',
      digits: 0,
    },
    {
      what: 'rows a second as one flat tensor, a linear model, all the way',
      value: rowsPerSecond(tensor, ROWS),
      unit: '1/s',
      digits: 0,
    },
    {
      what: 'the tensor, of Fastify parsing objects',
      value: medianRatio(tensor, objects),
      unit: 'x',
      goal: GOAL,
      atLeast: true,
    },
  ];
  return { figures, measured: { objects, tensor } };
}

async function timesOf(boosting: Stage, objects: Buffer, tensor: Buffer) {
  const bare = contenders(boosting).find(({ name }) => name === BARE);
  if (bare === undefined) throw new Error('there is no bare server');
  const linear = await Stage.open(LINEAR);
  try {
    return await withServers(async (start) => {
      const theirs = await start({ env: bare.env(), command: pinned(0, bare.command) });
      const ours = await start({
        env: linear.environment({ PREDICTION_LOG: 'off', BODY_LIMIT_BYTES: '16777216' }),
        command: startCommand(),
      });
      const json = { 'content-type': 'application/json' };
      const { headers } = linear.request;
      return alternate({
        objects: asking(`${theirs.url}/predict`, json, Buffer.from(objects)),
        tensor: asking(`${ours.url}/v2/models/foretell/infer`, headers, Buffer.from(tensor)),
      });
    });
  } finally {
    linear.close();
  }
}
