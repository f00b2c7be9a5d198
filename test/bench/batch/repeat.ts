// One request again and again, as fast as it is answered.
import { quantile } from '../figures.ts';

const WARM_UP = 3;
const ROUNDS = 15;

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

/** Asks and reads the answer to its end. Throws where it is not 200. */
export const asking =
  (url: string, headers: Readonly<Record<string, string>>, body: Uint8Array<ArrayBuffer>) =>
  async (): Promise<void> => {
    const answer = await fetch(url, { method: 'POST', headers, body });
    const bytes = await answer.arrayBuffer();
    if (answer.status !== 200)
      throw new Error(
        `${url} answered ${answer.status}: ${Buffer.from(bytes).toString().slice(0, 500)}`,
      );
  };
