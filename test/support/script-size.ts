// What a page fetches of scripts, as it comes over the wire.
import type { Page } from 'playwright-core';

export interface FetchedScripts {
  /** Bytes so far, compressed as the server sent them. */
  readonly bytes: () => number;
  /** Those that came without compression although they are worth it. */
  readonly uncompressed: () => readonly string[];
}

const WORTH_IT = 1024;

/** From now on; the page's context should be fresh, since what is in its cache is not fetched. */
export async function fetchedScripts(page: Page): Promise<FetchedScripts> {
  const session = await page.context().newCDPSession(page);
  const uncompressed: string[] = [];
  let bytes = 0;
  session.on('Network.responseReceived', ({ type, response: { url, headers } }) => {
    if (type !== 'Script') return;
    const length = Number(headers['content-length']);
    bytes += length;
    if (headers['content-encoding'] !== 'br' && length > WORTH_IT) uncompressed.push(url);
  });
  await session.send('Network.enable');
  return { bytes: () => bytes, uncompressed: () => uncompressed };
}
