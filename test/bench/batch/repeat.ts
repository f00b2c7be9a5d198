// One request again and again, as fast as it is answered.
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { quantile } from '../figures.ts';

const WARM_UP = 10;
const ROUNDS = 201;
const AGENT = new Agent({ keepAlive: true });

export type Task = () => Promise<void>;

/** Milliseconds that a task took, by round. */
export type Times = readonly number[];

/**
 * Each task once a round, one after the other, after a few rounds that do not count: what changes on a shared machine changes for all of them,
 * so that the ratio of two within a round tells of the tasks.
 */
export async function alternate<Name extends string>(
  tasks: Readonly<Record<Name, Task>>,
): Promise<Readonly<Record<Name, Times>>> {
  const names = Object.keys(tasks) as Name[];
  const took = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<
    Name,
    number[]
  >;
  for (let round = -WARM_UP; round < ROUNDS; round++)
    for (const name of names) {
      const began = performance.now();
      await tasks[name]();
      if (round >= 0) took[name].push(performance.now() - began);
    }
  return took;
}

/** Of `rows` rows a round; the median of the rounds. */
export const rowsPerSecond = (times: Times, rows: number): number =>
  (rows * 1000) / quantile(times, 0.5);

/** How many times faster than the slowest of `others` in the same round; the median of the rounds. */
export const medianRatio = (times: Times, ...others: readonly Times[]): number =>
  quantile(
    times.map((ms, round) => Math.max(...others.map((other) => other[round] ?? Number.NaN)) / ms),
    0.5,
  );

/**
 * Asks and reads the answer to its end. Throws where it is not 200. By node:http, which drops the answer as it comes: fetch takes as much of a
 * core as the server.
 */
export const asking =
  (url: string, headers: Readonly<Record<string, string>>, body: Uint8Array<ArrayBuffer>) =>
  async (): Promise<void> => {
    const sent = request(url, {
      method: 'POST',
      agent: AGENT,
      headers: { ...headers, 'content-length': String(body.length) },
    });
    sent.end(body);
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    if (answer.statusCode !== 200)
      throw new Error(`${url} answered ${answer.statusCode}: ${await text(answer)}`);
    await finished(answer.resume());
  };
