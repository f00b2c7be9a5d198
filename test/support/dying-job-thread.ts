// A job's thread that dies over the part that it is asked for, as often as it is started.
import { parentPort } from 'node:worker_threads';

parentPort?.on('message', (order: { readonly kind: string }) => {
  process.exit(order.kind === 'end' ? 0 : 3);
});

export const url = new URL('./dying-job-thread', import.meta.url);
