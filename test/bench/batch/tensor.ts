// 10,000 rows as one flat tensor of the Open Inference Protocol through the whole product with a linear model, against bare Fastify that parses the
// same rows as objects and answers a constant.
import { startServer, type StartedServer } from '../../support/started-server.ts';
import { contenders, BARE } from '../predict/contenders.ts';
import { LINEAR } from '../predict/bench-model.ts';
import { pinned } from '../predict/generator.ts';
import { Stage } from '../predict/stage.ts';
import type { BatchResult } from './parts.ts';
import { alternate, asking, medianRatio, rowsPerSecond } from './repeat.ts';
import { benchRows, payloadOf, tensorOf } from './rows.ts';

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
  const linear = await Stage.open(LINEAR);
  const servers: StartedServer[] = [];
  const urlOf = async (starting: Promise<StartedServer>): Promise<string> => {
    const server = await starting;
    servers.push(server);
    return server.url;
  };
  try {
    const bare = contenders(boosting).find(({ name }) => name === BARE);
    if (bare === undefined) throw new Error('there is no bare server');
    const theirs = await urlOf(startServer({ env: bare.env, command: pinned(0, bare.command) }));
    const ours = await urlOf(linear.start({ PREDICTION_LOG: 'off', BODY_LIMIT_BYTES: '16777216' }));
    const json = { 'content-type': 'application/json' };
    return await alternate({
      objects: asking(`${theirs}/predict`, json, Buffer.from(objects)),
      tensor: asking(
        `${ours}/v2/models/foretell/infer`,
        linear.request.headers,
        Buffer.from(tensor),
      ),
    });
  } finally {
    for (const server of servers) await server.stop();
    linear.close();
  }
}
