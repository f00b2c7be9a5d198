// One of several processes that serve: the same application, with a primary that starts it, writes its log and ends it.
import cluster from 'node:cluster';
import { loadWorkerConfig } from '../config/load-config.ts';
import { openServer, type OpenServer } from '../serve.ts';
import { Peer, type Channel } from './peer.ts';
import { SecretsOfPrimary } from './secrets-of-primary.ts';
import { WorkerSiblings } from './worker-siblings.ts';

/** Resolves when it listens. Throws what keeps it from that. */
export async function serveAsWorker(): Promise<void> {
  const primary = new Peer(process as Channel);
  let server: OpenServer | null = null;
  let ending = false;

  const end = async (code: number): Promise<void> => {
    if (ending) return;
    ending = true;
    await server?.drain();
    // What was counted since the last look: a worker that ends in good order loses nothing of it.
    const counted = await primary.respond('metrics').catch(() => []);
    await primary.ask('leave', counted).catch(() => null);
    process.exit(code);
  };
  const endNow = (code: number): void => {
    end(code).catch(() => process.exit(1));
  };
  primary.answer('drain', () => {
    endNow(0);
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      endNow(0);
    });
  outlivePrimary(() => {
    endNow(1);
  });

  const siblings = await WorkerSiblings.join(primary);
  const config = loadWorkerConfig(SecretsOfPrimary.by(siblings, primary));
  server = await openServer(config, { siblings });
  await primary.ask('listening', await server.listen());
}

/** node:cluster ends a worker in the moment in which its primary dies, with requests in flight, unless the worker seems to be leaving. */
function outlivePrimary(end: () => void): void {
  const { worker } = cluster;
  worker?.on('disconnect', () => {
    worker.exitedAfterDisconnect = true;
    end();
  });
}
