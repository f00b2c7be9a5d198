// Starts a worker thread on one of our modules, compiled or not.
import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';

/** .js when compiled; .ts under tsx and Jest. */
const EXTENSION = extname(import.meta.url);

/** Starts the module at `entry`, a URL without extension, with `workerData`. */
export function startThread(entry: URL, workerData: unknown): Worker {
  const url = `${entry.href}${EXTENSION}`;
  if (EXTENSION === '.js') return new Worker(new URL(url), { workerData });
  // TypeScript is read by a thread only once tsx is registered in it.
  const withTsx = `import('tsx/esm/api').then(({ register }) => { register(); return import('${url}'); })`;
  return new Worker(withTsx, { eval: true, workerData });
}

/** Tells a thread that there will be no more (`null`) and waits for its end. Never terminate one that uses SQLite: its binding ends the whole process when it is cut off in a call. */
export async function endThread(thread: Worker): Promise<void> {
  const ended = once(thread, 'exit');
  thread.ref();
  thread.postMessage(null);
  await ended;
}
