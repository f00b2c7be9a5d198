// The primary of several server processes. It serves nothing itself: it starts the workers, writes their log, adds up their metrics, counts
// failed logins and requests, and passes on what they tell each other.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { AppLogger } from '../common/app-logger.ts';
import type { Config } from '../config/load-config.ts';
import { Crew, FirstWorkerError } from './crew.ts';
import { Relay } from './relay.ts';
import { SharedAttempts } from './shared-attempts.ts';
import { SharedLog } from './shared-log.ts';
import { SharedMetrics } from './shared-metrics.ts';
import { SharedRate } from './shared-rate.ts';

/** Resolves when all workers listen; the process ends by a signal. Throws where the first worker cannot start without having said why. */
export async function superviseWorkers(config: Config): Promise<void> {
  Logger.overrideLogger(new AppLogger({ json: config.production, level: config.server.logLevel }));
  const log = config.database.kind === 'sqlite' ? new SharedLog(config.database) : null;
  const attempts = new SharedAttempts(config);
  const { rateLimit, workers } = config.server;
  const rate = rateLimit === null ? null : new SharedRate(rateLimit, workers);
  const relay = new Relay();
  const metrics = new SharedMetrics();
  // Rows cross as they are: JSON would have to be parsed, and knows neither NaN nor undefined.
  cluster.setupPrimary({ serialization: 'advanced' });
  const crew = new Crew({
    size: workers,
    env: { PORT: String(await definitePort(config.server)) },
    joins: (worker) => {
      for (const part of [attempts, rate, relay, metrics, log]) part?.serve(worker);
    },
    listens: (worker) => {
      metrics.listens(worker);
    },
    gone: (worker) => {
      relay.leave(worker);
      void metrics.gone(worker);
    },
  });
  endOnSignal(async () => {
    const well = await crew.end();
    await log?.close();
    return well;
  });
  process.stdout.write(await crew.start().catch(endAsTheFirst));
}

/** With PORT=0 each worker would be given the same free port, but those that start after all others died another one. */
async function definitePort({ port, host }: Config['server']): Promise<number> {
  if (port !== 0) return port;
  const probe = createServer().listen(0, host);
  await once(probe, 'listening');
  const free = (probe.address() as AddressInfo).port;
  probe.close();
  await once(probe, 'close');
  return free;
}

/** The first signal ends in good order, a second one at once. */
function endOnSignal(end: () => Promise<boolean>): void {
  let ended: Promise<void> | null = null;
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      ended ??= end().then(
        (well) => process.exit(well ? 0 : 1),
        () => process.exit(1),
      );
    });
}

/** A worker that ends with an exit code has said why in one line; there is nothing to add. */
function endAsTheFirst(error: unknown): never {
  if (error instanceof FirstWorkerError && error.end.signal === null)
    process.exit(error.end.code ?? 1);
  throw error;
}
