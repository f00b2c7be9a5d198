// Which servers live. One that was killed cannot write that it stopped serving: another, or its next start, does so in its place, with the
// time at which it was last seen (at most a beat before its death).
import { LessThan, Not, type Repository } from 'typeorm';
import { AppError } from '../common/errors.ts';
import type { ModelEvent } from './model-event.entity.ts';
import { endOf, type ModelHistory } from './model-history.ts';
import type { ServingHeartbeat } from './serving-heartbeat.entity.ts';

/** Four beats: nothing that lives is silent for so long. */
const LOST_AFTER_MS = 20_000;
const LOST = 'The server was lost; this is when it was last seen.';

export class ServerPresence {
  constructor(
    private readonly heartbeats: Repository<ServingHeartbeat>,
    private readonly history: ModelHistory,
    private readonly now: () => number = Date.now,
  ) {}

  async seen(server: string): Promise<void> {
    await this.heartbeats.upsert({ server, seenAt: this.now() }, ['server']);
  }

  async leave(server: string): Promise<void> {
    await this.heartbeats.delete({ server });
  }

  /** Ends what lost servers were serving. Two who do so at once write one end: the next event of a stream exists once. */
  async closeLost(self: string): Promise<void> {
    const seenAt = LessThan(this.now() - LOST_AFTER_MS);
    for (const lost of await this.heartbeats.findBy({ server: Not(self), seenAt }))
      await this.close(lost);
  }

  private async close({ server, seenAt }: ServingHeartbeat): Promise<void> {
    const stream = streamOf(server);
    const events = await this.history.inStream(stream);
    let sequence = events.at(-1)?.sequence ?? 0;
    for (const started of openServings(events)) {
      const at = Math.max(seenAt, started.at);
      const ended = endOf(started, { at, reason: LOST, stream });
      sequence += 1;
      const written = await this.history.claim(ended, sequence).then(() => true, falseIfConflict);
      if (!written) return;
    }
    await this.heartbeats.delete({ server });
  }
}

/** The stream of a server's doings. */
export const streamOf = (server: string): string => `server:${server}`;

function falseIfConflict(error: unknown): false {
  if (error instanceof AppError && error.code === 'CONFLICT') return false;
  throw error;
}

/** Started and not ended, at most one per alias. */
function openServings(events: readonly ModelEvent[]): readonly ModelEvent[] {
  const open = new Map<string | null, ModelEvent>();
  for (const event of events) {
    if (event.kind === 'serving_started') open.set(event.alias, event);
    if (event.kind === 'serving_ended') open.delete(event.alias);
  }
  return [...open.values()];
}
