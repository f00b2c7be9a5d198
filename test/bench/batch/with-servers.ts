// Servers for as long as something is measured.
import { startServer, type StartedServer } from '../../support/started-server.ts';

/** Stops all that `measure` started, however it ends. */
export async function withServers<T>(
  measure: (start: typeof startServer) => Promise<T>,
): Promise<T> {
  const servers: StartedServer[] = [];
  try {
    return await measure(async (options) => {
      const server = await startServer(options);
      servers.push(server);
      return server;
    });
  } finally {
    for (const server of servers) await server.stop();
  }
}
