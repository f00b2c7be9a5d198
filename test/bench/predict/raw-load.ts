// The closed loop: connections that ask again as soon as they are answered, and what a server took for that.
import { join } from 'node:path';
import { generate, type Target } from './generator.ts';

/** What one measurement saw. Times in milliseconds, processor time of the server's whole process in microseconds a request. */
export interface RawLoad {
  readonly requests: number;
  readonly perSecond: number;
  readonly cpuUs: number;
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  /** Answers other than 200, by status; 0: a broken connection. */
  readonly failed: Readonly<Record<string, number>>;
}

export interface RawOrder extends Target {
  readonly connections: number;
  readonly warmUpMs: number;
  readonly measureMs: number;
  /** Answers before it ends, however long that takes. */
  readonly atLeast?: number;
}

const GENERATOR = join(import.meta.dirname, 'raw-load.mjs');

/** Throws where a request is not answered with 200, or none is answered. */
export async function measureRaw(order: RawOrder): Promise<RawLoad> {
  const { connections, warmUpMs, measureMs, atLeast = 0 } = order;
  const timing = { connections, warmUpMs, measureMs, atLeast };
  const found = await generate<RawLoad>(GENERATOR, order, timing);
  if (Object.keys(found.failed).length > 0)
    throw new Error(`not every request was answered with 200: ${JSON.stringify(found.failed)}`);
  if (measureMs > 0 && found.requests === 0) throw new Error('no request was answered');
  return found;
}
