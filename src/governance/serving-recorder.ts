// Writes into the history what this server does: which version it serves from when to when, what it could not load, and moves of the alias
// that were made in the registry by other hands. Serving never waits for it: events queue up while the database is away.
import { randomUUID } from 'node:crypto';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { messageOf } from '../common/errors.ts';
import { Challenger, CHALLENGER_ALIAS } from '../model/challenger.ts';
import { ModelSlot, type LoadedModel, type LoadFailure } from '../model/model-slot.ts';
import { CHAMPION } from './promotion.ts';
import { endOf, factsOf, ModelHistory, type NewEvent } from './model-history.ts';
import { OutsideMoves } from './outside-moves.ts';
import { ServerPresence, streamOf } from './server-presence.ts';

/** How often the server says that it lives, and tries again to write what it could not. */
const BEAT_MS = 5000;

@Injectable()
export class ServingRecorder
  implements OnApplicationBootstrap, BeforeApplicationShutdown, OnApplicationShutdown
{
  private readonly logger = new Logger('History');
  private readonly server = randomUUID();
  private readonly stream = streamOf(this.server);
  /** What each slot serves, as it was written down. */
  private readonly serving = new Map<string, NewEvent>();
  private readonly lastFailures = new Map<string, string>();
  private readonly waiting: (() => Promise<void>)[] = [];
  private writing: Promise<void> | null = null;
  private readonly sayAlive = async (): Promise<void> => {
    await this.presence.seen(this.server);
    await this.presence.closeLost(this.server);
  };
  private timer: NodeJS.Timeout | undefined;

  constructor(
    slot: ModelSlot,
    challenger: Challenger,
    private readonly history: ModelHistory,
    private readonly presence: ServerPresence,
    private readonly outsideMoves: OutsideMoves,
  ) {
    this.watch(slot, CHAMPION);
    this.watch(challenger.slot, CHALLENGER_ALIAS);
  }

  onApplicationBootstrap(): void {
    this.beat();
    this.timer = setInterval(() => {
      this.beat();
    }, BEAT_MS);
    this.timer.unref();
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /** After the last answer is out, and before the database closes. */
  async onApplicationShutdown(): Promise<void> {
    for (const alias of [...this.serving.keys()]) this.ended(alias, 'The server was stopped.');
    this.write(() => this.presence.leave(this.server));
    await this.written();
  }

  /** Resolves when what happened so far is written, or cannot be now. */
  async written(): Promise<void> {
    await this.writing;
  }

  private watch(slot: ModelSlot, alias: string): void {
    slot.onSwap((model) => {
      this.swapped(alias, model);
    });
    slot.onClear(() => {
      this.ended(alias, 'Nothing is served in its place.');
    });
    slot.onFailure((failure) => {
      this.failed(alias, failure);
    });
  }

  private swapped(alias: string, { version, bundle }: LoadedModel): void {
    this.ended(alias, null);
    this.lastFailures.delete(alias);
    const started: NewEvent = {
      ...factsOf(version, bundle),
      at: Date.now(),
      kind: 'serving_started',
      model: version.name,
      alias,
      version: version.version,
      actor: 'server',
      stream: this.stream,
    };
    this.serving.set(alias, started);
    this.write(() => this.presence.seen(this.server));
    this.write(() => this.history.append(started));
    if (alias === CHAMPION) void this.outsideMoves.notice(version.name);
  }

  private ended(alias: string, reason: string | null): void {
    const started = this.serving.get(alias);
    if (started === undefined) return;
    this.serving.delete(alias);
    const ended = endOf(started, { at: Date.now(), reason, stream: this.stream });
    this.write(() => this.history.append(ended));
  }

  /** A registry that stays away fails again at every poll: said once. */
  private failed(alias: string, { name, version, reason, code }: LoadFailure): void {
    const failure = `${version} ${code} ${reason}`;
    if (this.lastFailures.get(alias) === failure) return;
    this.lastFailures.set(alias, failure);
    const at = Date.now();
    this.write(() =>
      this.history.append({
        at,
        kind: 'load_failed',
        model: name,
        alias,
        version,
        actor: 'server',
        reason,
        stream: this.stream,
      }),
    );
    if (alias === CHAMPION) void this.outsideMoves.notice(name);
  }

  private beat(): void {
    void this.outsideMoves.lookAgain();
    // While the database is away, beats do not pile up.
    if (this.waiting.includes(this.sayAlive)) this.drain();
    else this.write(this.sayAlive);
  }

  /** One after the other, in the order of what happened. */
  private write(work: () => Promise<void>): void {
    this.waiting.push(work);
    this.drain();
  }

  private drain(): void {
    this.writing ??= this.writeWaiting();
  }

  private async writeWaiting(): Promise<void> {
    try {
      for (let work = this.waiting[0]; work !== undefined; work = this.waiting[0]) {
        await work();
        this.waiting.shift();
      }
    } catch (error) {
      this.logger.warn(`The history cannot be written yet: ${messageOf(error)}`);
    } finally {
      // In the same turn in which the queue was seen empty: what is added later starts the next writing.
      this.writing = null;
    }
  }
}
