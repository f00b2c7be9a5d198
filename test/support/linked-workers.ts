// A primary and its workers in one process: the real parts of both sides, over channels that copy messages as those between processes do.
import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { Peer, type Channel } from '../../src/workers/peer.ts';
import { Relay } from '../../src/workers/relay.ts';
import { WorkerSiblings } from '../../src/workers/worker-siblings.ts';

export interface LinkedPeers {
  readonly primary: Peer;
  readonly worker: Peer;
  /** What a killed process does. */
  readonly cut: () => void;
}

const channelOf = (port: MessagePort): Channel => ({
  send: (message, sent) => {
    port.postMessage(message);
    sent(null);
  },
  on: (event: 'message' | 'disconnect', listener: (message: never) => void) =>
    port.on(event === 'message' ? 'message' : 'close', listener as () => void),
});

/** Both ends of one channel: `worker` asks the primary, `primary` asks the worker. */
export function linkPeers(): LinkedPeers {
  const { port1, port2 } = new MessageChannel();
  return {
    primary: new Peer(channelOf(port1)),
    worker: new Peer(channelOf(port2)),
    cut: () => {
      port1.close();
    },
  };
}

/** A primary that passes on what its workers tell each other. */
export class LinkedWorkers {
  readonly relay = new Relay();
  readonly links: LinkedPeers[] = [];

  async join(): Promise<WorkerSiblings> {
    const link = linkPeers();
    this.links.push(link);
    this.relay.serve(link.primary);
    return WorkerSiblings.join(link.worker);
  }

  end(): void {
    for (const { cut } of this.links) cut();
  }
}
