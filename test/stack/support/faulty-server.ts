// Servers that fail on purpose: one that takes connections and says nothing, and a proxy that cuts answers short.
import { createServer as createHttpServer, type Server } from 'node:http';
import { createServer, type AddressInfo, type Socket } from 'node:net';

interface FaultyServer {
  readonly url: string;
  stop(): Promise<void>;
}

export async function startSilentServer(): Promise<FaultyServer> {
  const open = new Set<Socket>();
  const server = createServer((socket) => open.add(socket));
  return {
    url: await listen(server),
    stop: () => {
      for (const socket of open) socket.destroy();
      return close(server);
    },
  };
}

/** Passes everything on, but of answers to matching paths only the first bytes, as a proxy that lost its upstream may. */
export async function startCuttingProxy(
  upstream: string,
  path: RegExp,
  bytes: number,
): Promise<FaultyServer> {
  const server: Server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void forward(request.method ?? 'GET', request.url ?? '/', Buffer.concat(chunks)).then(
        ({ status, type, body }) => {
          const cut = path.test(request.url ?? '') ? body.subarray(0, bytes) : body;
          response.writeHead(status, { 'Content-Type': type }).end(cut);
        },
      );
    });
  });
  const forward = async (
    method: string,
    url: string,
    body: Buffer,
  ): Promise<{ status: number; type: string; body: Buffer }> => {
    const answer = await fetch(upstream + url, {
      method,
      headers: { 'Content-Type': 'application/json' },
      ...(body.length === 0 ? {} : { body: new Uint8Array(body) }),
    });
    return {
      status: answer.status,
      type: answer.headers.get('content-type') ?? '',
      body: Buffer.from(await answer.arrayBuffer()),
    };
  };
  return {
    url: await listen(server),
    stop: () => {
      server.closeAllConnections();
      return close(server);
    },
  };
}

async function listen(server: Server | ReturnType<typeof createServer>): Promise<string> {
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const close = (server: Server | ReturnType<typeof createServer>): Promise<void> =>
  new Promise((closed) =>
    server.close(() => {
      closed();
    }),
  );
