// A process of its own that keeps a number of keep-alive connections busy with POST /predict, so that measuring does not take from the
// server's event loop. Started by load.ts: the order comes as the first line of stdin, its end stops the load, the record goes to stdout.
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import type { LoadOrder, LoadRecord } from './load.ts';

const now = (): number => performance.timeOrigin + performance.now();

/** One request; resolves to its status, 0 where no answer came. */
const send = (agent: Agent, { url, headers, body }: LoadOrder): Promise<number> =>
  new Promise((resolve) => {
    const sent = request(`${url}/predict`, { agent, method: 'POST', headers }, (answer) => {
      answer.resume();
      answer.once('end', () => {
        resolve(answer.statusCode ?? 0);
      });
      answer.once('error', () => {
        resolve(0);
      });
    });
    sent.once('error', () => {
      resolve(0);
    });
    sent.end(body);
  });

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  let stopped = false;
  lines.once('close', () => (stopped = true));
  const order = await new Promise<LoadOrder>((resolve) =>
    lines.once('line', (line) => {
      resolve(JSON.parse(line) as LoadOrder);
    }),
  );
  const agent = new Agent({ keepAlive: true, maxSockets: order.connections });
  const record: LoadRecord = { startedAt: [], tookMs: [], failed: {} };
  const connection = async (): Promise<void> => {
    while (!stopped) {
      const startedAt = now();
      const status = await send(agent, order);
      record.startedAt.push(startedAt);
      record.tookMs.push(now() - startedAt);
      if (status !== 200) record.failed[status] = (record.failed[status] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: order.connections }, connection));
  agent.destroy();
  process.stdout.write(JSON.stringify(record));
}

await main();
