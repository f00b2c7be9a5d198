// Waiting until requests that were sent have reached their server.
import { untilTrue } from '../../support/until.ts';

const LIMIT_MS = 30_000;

/** Until the server answers so many requests at the same time, beside the one that asks for that. */
export async function untilInFlight(url: string, wanted: () => number): Promise<void> {
  await untilTrue(
    async () => {
      // First, for one that is answered meanwhile is in flight no longer.
      const least = wanted();
      const answer = await fetch(`${url}/metrics`, { headers: { connection: 'close' } });
      const [, count] = /^http_requests_in_flight (\d+)$/m.exec(await answer.text()) ?? [];
      return Number(count) - 1 >= least;
    },
    LIMIT_MS,
    10,
  );
}
