// Keeps the slot on the version that the configured URI names: loads it at start, then asks the registry again and again.
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { AppError, messageOf } from '../common/errors.ts';
import { Config } from '../config/load-config.ts';
import { isSame, ModelSlot } from './model-slot.ts';
import { ModelRegistry, type ModelVersion } from './registry/model-registry.ts';

/** Share of the poll interval by which polls vary, so that many servers do not ask one registry at once. */
const JITTER = 0.2;

@Injectable()
export class ModelLoader implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Model');
  private timer: NodeJS.Timeout | undefined;
  private stopped = false;
  /** The version whose bundle was refused: another look at the same files would find the same. */
  private refused: ModelVersion | null = null;
  private lastProblem: string | null = null;

  constructor(
    private readonly config: Config,
    private readonly registry: ModelRegistry,
    private readonly slot: ModelSlot,
  ) {}

  /** Never fails: without a model the server starts and says that it is not ready. */
  async onApplicationBootstrap(): Promise<void> {
    await this.check();
    this.scheduleNext();
  }

  beforeApplicationShutdown(): void {
    this.stopped = true;
    clearTimeout(this.timer);
  }

  /** One look at the registry; loads the version if it is another one. Problems are logged, each once. */
  async check(): Promise<void> {
    try {
      const version = await this.registry.resolve(this.config.model.uri);
      await this.follow(version);
    } catch (error) {
      this.report(error);
    }
  }

  private async follow(version: ModelVersion): Promise<void> {
    const live = this.slot.peek();
    if (live !== null && isSame(live.version, version)) {
      this.slot.describe(version);
      this.settled();
      return;
    }
    if (this.refused !== null && isSame(this.refused, version)) return;
    try {
      await this.slot.offer(version, await this.registry.fetchBundle(version));
    } catch (error) {
      if (error instanceof AppError && error.code === 'BUNDLE_INVALID') this.refused = version;
      throw error;
    }
    this.settled();
    this.logger.log(`Serving ${version.name}, version ${version.version}`);
  }

  private settled(): void {
    this.refused = null;
    this.lastProblem = null;
  }

  private report(error: unknown): void {
    const live = this.slot.peek();
    const state =
      live === null ? 'No model is served' : `Version ${live.version.version} stays live`;
    const problem = `${state} for ${this.config.model.uri}: ${messageOf(error)}`;
    if (problem === this.lastProblem) return;
    this.lastProblem = problem;
    this.logger.warn(problem);
  }

  /** The next look starts an interval after the last one ended, so that they never overlap. */
  private scheduleNext(): void {
    if (this.stopped) return;
    const factor = 1 + JITTER * (Math.random() - 0.5);
    const delay = this.config.model.pollSeconds * 1000 * factor;
    this.timer = setTimeout(() => {
      void this.check().finally(() => {
        this.scheduleNext();
      });
    }, delay);
    this.timer.unref();
  }
}
