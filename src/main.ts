// Process entry: config, then a server in this process, or several workers behind one port. No logic.
import cluster from 'node:cluster';
import { messageOf } from './common/errors.ts';
import { loadServerConfig, type ServerConfig } from './config/load-config.ts';

async function main(): Promise<void> {
  if (cluster.isWorker) {
    await (await import('./workers/worker.ts')).serveAsWorker();
    return;
  }
  const settings = await loadServerConfig();
  if (settings.config.server.workers === 1) await serveAlone(settings);
  else await (await import('./workers/primary.ts')).superviseWorkers(settings);
}

/** Loaded here and not above: the primary of several workers needs no application, which takes most of a server's memory. */
async function serveAlone({ config, secrets }: ServerConfig): Promise<void> {
  const { openServer } = await import('./serve.ts');
  const server = await openServer(config, { secrets });
  const drain = (): void => {
    server.drain().then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', drain);
  process.once('SIGINT', drain);
  process.stdout.write(await server.listen());
}

/** One line that says what to do, exit code 1. */
function fail(error: unknown): never {
  process.stderr.write(`foretell: ${messageOf(error)}\n`);
  process.exit(1);
}

main().catch(fail);
