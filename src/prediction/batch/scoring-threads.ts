// The scoring threads of a server: one a model, started by the first batch, shared by all that run, ended some time after the last.
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ModelSlot, type LoadedModel } from '../../model/model-slot.ts';
import { BatchScorer } from './batch-scorer.ts';
import { modelFilesOf } from './model-files.ts';

/** A thread takes some 100 ms to start and holds the model in memory once more. */
const IDLE_MS = 60_000;

/** A batch's share of a scorer. */
export interface ScorerLease {
  readonly scorer: BatchScorer;
  /** Once, however the batch ended. */
  readonly release: () => void;
}

interface SharedScorer {
  /** A model in memory, whatever the slot says of its version by now. */
  readonly of: LoadedModel['scorer'];
  readonly scorer: Promise<BatchScorer>;
  leases: number;
  isRetired: boolean;
  idle?: NodeJS.Timeout;
}

@Injectable()
export class ScoringThreads implements OnApplicationShutdown {
  readonly #shared = new Map<LoadedModel['scorer'], SharedScorer>();
  readonly #ending = new Set<Promise<void>>();

  constructor(slot: ModelSlot) {
    slot.onSwap(({ scorer }) => {
      this.#retire((each) => each.of !== scorer);
    });
    slot.onClear(() => {
      this.#retire(() => true);
    });
  }

  /** Threads that run or start. */
  get count(): number {
    return this.#shared.size + this.#ending.size;
  }

  /** The batch keeps this model to its end, whatever is swapped meanwhile. Throws UNAVAILABLE. */
  async lease(model: LoadedModel): Promise<ScorerLease> {
    const shared = this.#shared.get(model.scorer) ?? this.#start(model);
    shared.leases += 1;
    clearTimeout(shared.idle);
    try {
      const scorer = await shared.scorer;
      if (scorer.isAlive)
        return {
          scorer,
          release: () => {
            this.#release(shared);
          },
        };
    } catch (error) {
      this.#forget(shared);
      throw error;
    }
    this.#forget(shared);
    return this.lease(model);
  }

  async onApplicationShutdown(): Promise<void> {
    for (const shared of this.#shared.values()) this.#end(shared);
    await Promise.all(this.#ending);
  }

  #start(model: LoadedModel): SharedScorer {
    const scorer = BatchScorer.start(modelFilesOf(model.bundle));
    const shared = { of: model.scorer, scorer, leases: 0, isRetired: false };
    this.#shared.set(model.scorer, shared);
    return shared;
  }

  #release(shared: SharedScorer): void {
    shared.leases -= 1;
    if (shared.leases > 0) return;
    if (shared.isRetired) this.#end(shared);
    else
      shared.idle = setTimeout(() => {
        this.#end(shared);
      }, IDLE_MS).unref();
  }

  #retire(which: (shared: SharedScorer) => boolean): void {
    for (const shared of [...this.#shared.values()].filter(which)) {
      shared.isRetired = true;
      clearTimeout(shared.idle);
      if (shared.leases === 0) this.#end(shared);
    }
  }

  #end(shared: SharedScorer): void {
    this.#forget(shared);
    const ended = shared.scorer
      .then((scorer) => scorer.close())
      .catch(() => {})
      .finally(() => this.#ending.delete(ended));
    this.#ending.add(ended);
  }

  #forget(shared: SharedScorer): void {
    clearTimeout(shared.idle);
    if (this.#shared.get(shared.of) === shared) this.#shared.delete(shared.of);
  }
}
