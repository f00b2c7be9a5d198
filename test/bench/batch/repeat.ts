// One request again and again, as fast as it is answered.
import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { quantile } from '../figures.ts';

const WARM_UP = 3;
const ROUNDS = 15;
const AGENT = new Agent({ keepAlive: true });

/** Median milliseconds that `once` takes, after a few that do not count. */
export async function medianMs(once: () => Promise<void>, rounds = ROUNDS): Promise<number> {
  const took: number[] = [];
  for (let i = -WARM_UP; i < rounds; i++) {
    const began = performance.now();
    await once();
    if (i >= 0) took.push(performance.now() - began);
  }
  return quantile(took, 0.5);
}

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
