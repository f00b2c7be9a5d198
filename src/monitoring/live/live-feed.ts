// One window of one version, or of all, watched by any number of viewers: computed once for all of them, and not while nobody looks.
import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { messageOf } from '../../common/errors.ts';
import { EventMemory, eventOf } from './event-memory.ts';
import { WrittenState } from './live-change.ts';
import type { LiveStates } from './live-state.service.ts';
import type { LiveViewer } from './live-viewer.ts';

const logger = new Logger('Monitoring');

export class LiveFeed {
  readonly #memory = new EventMemory(randomBytes(6).toString('base64url'));
  /** Those who have every event so far. */
  readonly #upToDate = new Set<LiveViewer>();
  /** Those who wait for the next state. */
  readonly #waiting = new Set<LiveViewer>();
  #state: WrittenState | null = null;
  /** Of the last event, where somebody asked for it. */
  #snapshot: { readonly id: string; readonly event: Buffer } | null = null;
  #timer: NodeJS.Timeout | undefined;
  #isTicking = false;
  #isFailing = false;

  constructor(
    private readonly next: LiveStates,
    private readonly tickMs: number,
  ) {}

  get isWatched(): boolean {
    return this.#upToDate.size + this.#waiting.size > 0;
  }

  /** `lastId`: of the last event that the viewer has; undefined for none. */
  join(viewer: LiveViewer, lastId: string | undefined): void {
    const isRunning = this.isWatched;
    const missed = lastId === undefined ? null : this.#memory.after(lastId);
    if (missed !== null) {
      for (const event of missed) viewer.send(event);
      this.#upToDate.add(viewer);
    } else if (isRunning && this.#state !== null) {
      viewer.send(this.#snapshotOf(this.#state));
      this.#upToDate.add(viewer);
    } else this.#waiting.add(viewer);
    if (!isRunning) void this.#tick();
  }

  leave(viewer: LiveViewer): void {
    this.#upToDate.delete(viewer);
    this.#waiting.delete(viewer);
    if (!this.isWatched) clearTimeout(this.#timer);
  }

  /** What cannot be computed now is tried again at the next tick; viewers keep what they have. */
  async #tick(): Promise<void> {
    if (this.#isTicking) return;
    this.#isTicking = true;
    const due = performance.now() + this.tickMs;
    try {
      this.#take(new WrittenState(await this.next(Date.now())));
      this.#isFailing = false;
    } catch (error) {
      if (!this.#isFailing && this.isWatched)
        logger.warn(`The live view stands still: ${messageOf(error)}`);
      this.#isFailing = true;
    }
    this.#isTicking = false;
    clearTimeout(this.#timer);
    if (this.isWatched)
      this.#timer = setTimeout(() => void this.#tick(), due - performance.now()).unref();
  }

  #take(state: WrittenState): void {
    const change = this.#state === null ? null : state.changeSince(this.#state);
    this.#state = state;
    const event =
      change === null
        ? this.#memory.add('snapshot', state.toString())
        : this.#memory.add('change', change);
    for (const viewer of this.#upToDate) viewer.send(event);
    for (const viewer of this.#waiting) {
      viewer.send(change === null ? event : this.#snapshotOf(state));
      this.#upToDate.add(viewer);
    }
    this.#waiting.clear();
  }

  /** The same bytes for all who ask between two ticks. */
  #snapshotOf(state: WrittenState): Buffer {
    const id = this.#memory.lastId;
    if (this.#snapshot?.id !== id)
      this.#snapshot = { id, event: eventOf(id, 'snapshot', state.toString()) };
    return this.#snapshot.event;
  }
}
