// 10,000 rows as one flat tensor of the Open Inference Protocol through the whole product with a linear model, against bare Fastify that parses the
// same rows as objects and answers a constant.
import { startServer } from '../../support/started-server.ts';
import { contenders, BARE } from '../predict/contenders.ts';
import { LINEAR } from '../predict/bench-model.ts';
import { pinned } from '../predict/generator.ts';
import { Stage } from '../predict/stage.ts';
import type { BatchResult } from './parts.ts';
import { asking, medianMs } from './repeat.ts';
import { benchRows, payloadOf, tensorOf } from './rows.ts';

const ROWS = 10_000;
const GOAL = 1.3;

export async function measureTensor(boosting: Stage): Promise<BatchResult> {
  const rows = benchRows(boosting.features, ROWS);
  const objects = await perSecondOfBare(boosting, payloadOf('json', rows));
  const tensor = await perSecondOfOurs(tensorOf(rows));
  const figures = [
    {
      what: 'rows a second as objects, parsed by bare Fastify',
      value: objects,
      unit: '1/s',
      digits: 0,
    },
    {
      what: 'rows a second as one flat tensor, a linear model, all the way',
      value: tensor,
      unit: '1/s',
      digits: 0,
    },
    {
      what: 'the tensor, of Fastify parsing objects',
      value: tensor / objects,
      unit: 'x',
      goal: GOAL,
      atLeast: true,
    },
  ];
  return { figures, measured: {} };
}

async function perSecondOfBare(stage: Stage, body: Buffer): Promise<number> {
  const bare = contenders(stage).find(({ name }) => name === BARE);
  if (bare === undefined) throw new Error('there is no bare server');
  const server = await startServer({ env: bare.env, command: pinned(0, bare.command) });
  try {
    const headers = { 'content-type': 'application/json' };
    return (
      (ROWS * 1000) / (await medianMs(asking(`${server.url}/predict`, headers, Buffer.from(body))))
    );
  } finally {
    await server.stop();
  }
}

async function perSecondOfOurs(body: Buffer): Promise<number> {
  const stage = await Stage.open(LINEAR);
  try {
    const server = await stage.start({ PREDICTION_LOG: 'off', BODY_LIMIT_BYTES: '16777216' });
    try {
      const ask = asking(
        `${server.url}/v2/models/foretell/infer`,
        stage.request.headers,
        Buffer.from(body),
      );
      return (ROWS * 1000) / (await medianMs(ask));
    } finally {
      await server.stop();
    }
  } finally {
    stage.close();
  }
}
