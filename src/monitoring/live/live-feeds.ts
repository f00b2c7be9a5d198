// All feeds that are watched, and those who watch: kept alive, asked for their credentials, sent away when the server stops.
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { AppError } from '../../common/errors.ts';
import { LiveInstruments } from '../../metrics/instruments.ts';
import { LiveFeed } from './live-feed.ts';
import { LiveStateService } from './live-state.service.ts';
import type { LiveQuery } from './live.dto.ts';
import type { LiveViewer } from './live-viewer.ts';
import { tickSecondsOf } from './ticks.ts';

/** How often credentials are asked for, and silence is broken that has lasted for two thirds of what clients are promised. */
const LOOK_MS = 5000;
const SILENT_MS = 10_000;
/** A feed waits so long for its last viewer to come back. */
const LINGER_MS = 30_000;
/** Of one process: each is a connection, and events that wait for it. */
const MOST_VIEWERS = 1000;
const RETRY_AFTER_SECONDS = 30;

@Injectable()
export class LiveFeeds implements OnModuleDestroy {
  readonly #feeds = new Map<string, LiveFeed>();
  readonly #viewers = new Set<LiveViewer>();
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(
    private readonly states: LiveStateService,
    private readonly instruments: LiveInstruments,
  ) {}

  /** Throws MODEL_NOT_FOUND for a version that nobody knows, UNAVAILABLE where no one more can watch. */
  async expectRoom(query: LiveQuery): Promise<void> {
    await this.states.expectKnown(query);
    if (this.#isClosed) throw new AppError('UNAVAILABLE', 'The server is about to stop.');
    if (this.#viewers.size >= MOST_VIEWERS)
      throw new AppError('UNAVAILABLE', 'As many watch as this server allows; try again later.', {
        retryAfterSeconds: RETRY_AFTER_SECONDS,
      });
  }

  /** Until the viewer leaves. */
  watch(query: LiveQuery, viewer: LiveViewer, lastId: string | undefined): void {
    const key = JSON.stringify([query.window, query.version]);
    let feed = this.#feeds.get(key);
    if (feed === undefined) {
      feed = new LiveFeed(this.states.statesOf(query), tickSecondsOf(query.window) * 1000);
      this.#feeds.set(key, feed);
    }
    this.#add(viewer);
    feed.join(viewer, lastId);
    viewer.onEnd(() => {
      this.#remove(viewer);
      feed.leave(viewer);
      if (!feed.isWatched) this.#forgetLater(key, feed);
    });
  }

  /** Before the server stops accepting: no stream would end by itself. */
  onModuleDestroy(): void {
    this.#isClosed = true;
    clearInterval(this.#timer);
    for (const viewer of this.#viewers) viewer.end();
  }

  #add(viewer: LiveViewer): void {
    this.#viewers.add(viewer);
    this.instruments.watchedBy(this.#viewers.size);
    this.#timer ??= setInterval(() => {
      this.#lookAfterAll();
    }, LOOK_MS).unref();
  }

  #remove(viewer: LiveViewer): void {
    this.#viewers.delete(viewer);
    this.instruments.watchedBy(this.#viewers.size);
    if (this.#viewers.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #lookAfterAll(): void {
    for (const viewer of this.#viewers) {
      viewer.keepAlive(SILENT_MS);
      void viewer.expectAdmitted();
    }
  }

  #forgetLater(key: string, feed: LiveFeed): void {
    setTimeout(() => {
      if (!feed.isWatched && this.#feeds.get(key) === feed) this.#feeds.delete(key);
    }, LINGER_MS).unref();
  }
}
