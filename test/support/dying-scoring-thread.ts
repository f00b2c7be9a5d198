// A scoring thread that opens its model and dies on the first rows; tests start it in place of the real one.
import { parentPort } from 'node:worker_threads';

parentPort?.postMessage({ failure: null });
parentPort?.on('message', () => process.exit(3));

export const url = new URL('./dying-scoring-thread', import.meta.url);
