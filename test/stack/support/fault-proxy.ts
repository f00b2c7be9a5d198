// Stands between a client and a real server and passes everything on as it is, until a test makes it misbehave.
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

export interface Fault {
  /** Answers this instead of asking the server. */
  readonly answer?: { readonly status: number; readonly type: string; readonly body: string };
  /** Waits this long before the request goes on. */
  readonly delayMs?: number;
  /** What the server is told that it was called. */
  readonly host?: string;
}

export interface FaultProxy {
  readonly url: string;
  /** null: none. */
  set(fault: Fault | null): void;
  stop(): Promise<void>;
}

export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
  let fault: Fault | null = null;
  const target = new URL(upstream);
  const server = createServer((incoming, outgoing) => {
    void misbehave(incoming, outgoing);
  });
  const misbehave = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const { answer, delayMs = 0, host = target.host } = fault ?? {};
    await pause(delayMs);
    if (answer !== undefined) {
      incoming.resume();
      outgoing.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
      return;
    }
    const { method, url: path, headers } = incoming;
    const onward = request(target, { method, path, headers: { ...headers, host } }, (answered) => {
      outgoing.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(outgoing);
    });
    onward.once('error', () => outgoing.destroy());
    incoming.pipe(onward);
  };
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    set: (next) => {
      fault = next;
    },
    stop: () => {
      server.closeAllConnections();
      return new Promise((closed) =>
        server.close(() => {
          closed();
        }),
      );
    },
  };
}
