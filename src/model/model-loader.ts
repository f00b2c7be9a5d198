// Keeps the slot on the version that the configured URI names: loads it at start, then follows it. Where the registry cannot give it at
// start, the version that was served last takes its place.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Injectable,
  Logger,
  type BeforeApplicationShutdown,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { AppError, messageOf } from '../common/errors.ts';
import { Siblings } from '../common/siblings.ts';
import { Config } from '../config/load-config.ts';
import { AliasFollower } from './alias-follower.ts';
import { LastGoodFile, registryId } from './last-good.ts';
import { ModelSlot } from './model-slot.ts';
import { ModelRegistry, type ModelVersion } from './registry/model-registry.ts';

/** How long a start waits for the registry before it serves what it served last: a server that hangs takes half a minute to give up. */
const START_PATIENCE_MS = 3000;

/** Told to the other workers: the alias may name another version now. */
const MOVED = 'champion_moved';
/** How long the answer about a move waits for the others to have loaded the version: a download on a slow line. They go on by themselves. */
export const ALL_FOLLOW_WITHIN_MS = 30_000;

export interface Reloaded {
  readonly version: ModelVersion;
  readonly changed: boolean;
}

@Injectable()
export class ModelLoader implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly follower: AliasFollower;
  private readonly logger = new Logger('Model');
  private readonly lastGood: LastGoodFile;
  /** Settles when last-good.json is written. */
  private remembered: Promise<unknown> = Promise.resolve();

  constructor(
    config: Config,
    registry: ModelRegistry,
    private readonly slot: ModelSlot,
    private readonly siblings: Siblings,
  ) {
    const { uri, pollSeconds } = config.model;
    this.follower = new AliasFollower({ uri, registry, slot, pollSeconds });
    this.lastGood = new LastGoodFile(join(config.varDir, 'last-good.json'), {
      registry: registryId(config.registry),
      uri,
    });
    siblings.on(MOVED, () => this.follower.recheck());
    slot.onSwap(({ version, bundle }) => {
      // One after the other: of two swaps in a row the later one is what the file ends with.
      this.remembered = this.remembered.then(() => this.remember(version, bundle.dir));
    });
  }

  /** Never fails: without a model the server starts and says that it is not ready. */
  async onApplicationBootstrap(): Promise<void> {
    const patience = new AbortController();
    const waited = sleep(START_PATIENCE_MS, null, { signal: patience.signal }).catch(() => null);
    const problem = await Promise.race([this.follower.start(), waited]);
    patience.abort();
    if (this.slot.peek() === null && !isAnswer(problem)) await this.serveLastGood();
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.follower.stop();
    await this.remembered;
  }

  /**
   * One look at the registry by this process and all others; each loads the version if it is another one. Never rejects: answers what went
   * wrong here, or null.
   */
  async check(): Promise<unknown> {
    const [problem] = await Promise.all([this.follower.check(), this.tellOthers()]);
    return problem;
  }

  /**
   * The same for operators: tries a refused version again, and throws what keeps the version that the URI names from being served. The
   * others have looked, too, when it ends.
   */
  async reload(): Promise<Reloaded> {
    const before = this.slot.peek();
    // One after the other: where the bundle has to be downloaded, the others find it on the disk.
    const problem = await this.follower.recheck();
    await this.tellOthers();
    const after = this.slot.peek();
    if (problem !== null) throw explained(problem, after?.version.version);
    const { version, scorer } = this.slot.current();
    return { version, changed: before?.scorer !== scorer };
  }

  private tellOthers(): Promise<void> {
    return this.siblings.tell(MOVED, null, ALL_FOLLOW_WITHIN_MS);
  }

  private async serveLastGood(): Promise<void> {
    const last = await this.lastGood.read();
    if (last === null) return;
    const { name, version } = last.version;
    try {
      await this.slot.offerFirst(last.version, last.bundleDir);
      this.logger.warn(`Serving ${name}, version ${version}, as before the start`);
    } catch (error) {
      this.logger.warn(`Version ${version}, served before, cannot be: ${messageOf(error)}`);
    }
  }

  /** Serving does not depend on it: a full disk costs the next start its fallback, no more. */
  private async remember(version: ModelVersion, bundleDir: string): Promise<void> {
    try {
      await this.lastGood.write({ version, bundleDir });
    } catch (error) {
      this.logger.warn(`last-good.json could not be written: ${messageOf(error)}`);
    }
  }
}

/** The registry answered, and what it said is that there is nothing to serve. */
const isAnswer = (problem: unknown): boolean =>
  problem instanceof AppError &&
  (problem.code === 'MODEL_NOT_FOUND' || problem.code === 'BAD_REQUEST');

function explained(problem: unknown, live: string | undefined): AppError {
  const state = live === undefined ? 'No model is served.' : `Version ${live} stays live.`;
  const [code, reason] =
    problem instanceof AppError
      ? [problem.code, problem.message]
      : (['UNAVAILABLE', 'The version could not be read; the log says why'] as const);
  return new AppError(code, `${reason.replace(/\.$/, '')}. ${state}`, { cause: problem });
}
