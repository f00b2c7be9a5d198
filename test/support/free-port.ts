// Ports for servers that are started later, or again at the same address.
import { createServer } from 'node:net';

/** Below those that the system gives to connections and to port 0, and of each of Jest's workers its own: nobody takes one before its server does. */
const PORTS = 2000;
const FIRST_PORT = 12_000 + PORTS * (Number(process.env['JEST_WORKER_ID'] ?? 0) % 10);
let tried = Math.floor(Math.random() * PORTS);

/** A port that was free a moment ago on 127.0.0.1. */
export async function freePort(): Promise<number> {
  for (let left = PORTS; left > 0; left -= 1) {
    tried += 1;
    const port = FIRST_PORT + (tried % PORTS);
    if (await isFree(port)) return port;
  }
  throw new Error(`no port from ${FIRST_PORT} on is free`);
}

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => {
      resolve(false);
    });
    server.listen(port, '127.0.0.1', () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
