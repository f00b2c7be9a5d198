// Calibration as the server sees it: a thread for each task, one after the other, because each takes a core for a second.
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { startThread } from '../../common/start-thread.ts';
import { Config } from '../../config/load-config.ts';
import type { ServedBundle } from '../../model/model-bundle.ts';
import type { CalibrationTask } from './calibration-thread.ts';
import type { InputReference } from './input-watch.ts';
import type { Thresholds } from './stream-watch.ts';

const ENTRY = new URL('./calibration-thread', import.meta.url);

@Injectable()
export class Calibration implements OnModuleDestroy {
  #thread: Worker | null = null;
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(private readonly config: Config) {}

  /** The probability with which a row, or a count of rows, may be a finding by chance. */
  get chance(): number {
    return 1 / this.expectedRun;
  }

  thresholds(values: Float64Array): Promise<Thresholds> {
    const { expectedRun } = this;
    return this.run<Thresholds>({ task: 'stream', values, expectedRun });
  }

  /** null where the bundle has too few rows that training did not see. Throws BUNDLE_INVALID's message. */
  inputs({ dir, manifest, features }: ServedBundle): Promise<InputReference | null> {
    const bundle = { dir, manifest, features };
    return this.run<InputReference | null>({ task: 'inputs', bundle, chance: this.chance });
  }

  async onModuleDestroy(): Promise<void> {
    this.#closed = true;
    await this.#thread?.terminate();
  }

  private get expectedRun(): number {
    return this.config.monitoring.anomalyExpectedRun;
  }

  private run<Result>(task: CalibrationTask): Promise<Result> {
    const result = this.#last.then(() => this.inThread<Result>(task));
    this.#last = result.catch(() => undefined);
    return result;
  }

  private async inThread<Result>(task: CalibrationTask): Promise<Result> {
    if (this.#closed) throw new Error('the server is about to stop');
    const thread = startThread(ENTRY, task);
    thread.unref();
    this.#thread = thread;
    const ended = once(thread, 'exit').then(([code]) => {
      throw new Error(`the thread that calibrates ended (exit code ${String(code)})`);
    });
    try {
      const [result] = (await Promise.race([once(thread, 'message'), ended])) as [Result];
      return result;
    } finally {
      this.#thread = null;
      ended.catch(() => undefined);
    }
  }
}
