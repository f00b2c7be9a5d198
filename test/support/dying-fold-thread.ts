// A search's thread that dies on the first fold that it is given; the tests of ml/search start it in place of the real one.
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', () => process.exit(3));

export const url = new URL('./dying-fold-thread', import.meta.url);
