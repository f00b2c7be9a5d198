// The primary of several server processes. It serves nothing itself: it starts the workers, writes their log, adds up their metrics, counts
// failed logins and requests, follows Vault, and passes on what they tell each other.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { Logger } from '@nestjs/common';
import { AppLogger } from '../common/app-logger.ts';
import type { Config, ServerConfig } from '../config/load-config.ts';
import { Crew, FirstWorkerError } from './crew.ts';
import { Relay } from './relay.ts';
import { REFRESH_SECRETS, SECRETS_TOPIC } from './secrets-of-primary.ts';
import { SharedAttempts } from './shared-attempts.ts';
import { SharedLog } from './shared-log.ts';
import { SharedMetrics } from './shared-metrics.ts';
import { SharedRate } from './shared-rate.ts';

/** How long a worker is waited for that takes over new secrets. */
const TAKE_OVER_MS = 1000;

/** Resolves when all workers listen; the process ends by a signal. Throws where the first worker cannot start without having said why. */
export async function superviseWorkers({ config, secrets }: ServerConfig): Promise<void> {
  Logger.overrideLogger(new AppLogger({ json: config.production, level: config.server.logLevel }));
  const log = config.database.kind === 'sqlite' ? new SharedLog(config.database) : null;
  const attempts = new SharedAttempts(config);
  const { rateLimit, workers } = config.server;
  const rate = rateLimit === null ? null : new SharedRate(rateLimit, workers);
  const relay = new Relay();
  const metrics = new SharedMetrics();
  await secrets?.follow({
    log: new Logger('Vault'),
    changed: (message) => relay.agree({ topic: SECRETS_TOPIC, message, withinMs: TAKE_OVER_MS }),
  });
  // Rows cross as they are: JSON would have to be parsed, and knows neither NaN nor undefined.
  cluster.setupPrimary({ serialization: 'advanced' });
  const crew = new Crew({
    size: workers,
    env: { PORT: String(await definitePort(config.server)) },
    joins: (worker) => {
      for (const part of [attempts, rate, relay, metrics, log]) part?.serve(worker);
      worker.answer(REFRESH_SECRETS, () => secrets?.refresh());
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
    await secrets?.close();
    return well;
  });
  try {
    process.stdout.write(await crew.start());
  } catch (error) {
    await secrets?.close();
    endAsTheFirst(error);
  }
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
