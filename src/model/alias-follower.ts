// Keeps one slot on the version that a URI names: looks into the registry now and then, and whenever it is asked to.
import { Logger } from '@nestjs/common';
import { AppError, messageOf, type ErrorCode } from '../common/errors.ts';
import { isSame, type ModelSlot } from './model-slot.ts';
import type { ModelRegistry, ModelVersion } from './registry/model-registry.ts';

/** Share of the poll interval by which polls vary, so that many servers do not ask one registry at once. */
const JITTER = 0.2;
/** Errors that lie in the version itself: only another version, or an operator, is a reason to try again. */
const AT_FAULT: ReadonlySet<ErrorCode> = new Set(['BUNDLE_INVALID', 'MODEL_ERROR']);

export interface Followed {
  readonly uri: string;
  readonly registry: ModelRegistry;
  readonly slot: ModelSlot;
  readonly pollSeconds: number;
}

export type ProblemListener = (error: unknown) => void;

export class AliasFollower {
  readonly #followed: Followed;
  readonly #logger = new Logger('Model');
  readonly #listeners = new Set<ProblemListener>();
  #timer: NodeJS.Timeout | undefined;
  #following = false;
  /** The version whose bundle was refused: another look at the same files would find the same. */
  #refused: { readonly version: ModelVersion; readonly error: unknown } | null = null;
  #lastProblem: string | null = null;
  #running: Promise<unknown> | null = null;
  #waiting: Promise<unknown> | null = null;

  constructor(followed: Followed) {
    this.#followed = followed;
  }

  /** Looks now, as check() does and with its answer, and from then on at every interval. */
  async start(): Promise<unknown> {
    this.#following = true;
    const problem = await this.check();
    this.#scheduleNext();
    return problem;
  }

  stop(): void {
    this.#following = false;
    clearTimeout(this.#timer);
  }

  /** Calls the listener after every look that failed, also where the log is silent because it said the same before. */
  onProblem(listener: ProblemListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * One look at the registry; loads the version if it is another one. Never rejects: answers what keeps the version from being served, or
   * null; the log has each problem once. A look asked for during another starts after it, because the one under way may have asked the
   * registry already.
   */
  check(): Promise<unknown> {
    if (this.#running === null) {
      this.#running = this.#look().finally(() => {
        this.#running = null;
      });
      return this.#running;
    }
    this.#waiting ??= this.#running.then(() => {
      this.#waiting = null;
      return this.check();
    });
    return this.#waiting;
  }

  /** The same, and a version that was refused is tried again. */
  recheck(): Promise<unknown> {
    this.#refused = null;
    return this.check();
  }

  /** Resolves when no look is under way. */
  async idle(): Promise<void> {
    while (this.#running !== null) await this.#running;
  }

  async #look(): Promise<unknown> {
    const { registry, uri } = this.#followed;
    try {
      return await this.#follow(await registry.resolve(uri));
    } catch (error) {
      this.#report(error);
      return error;
    }
  }

  async #follow(version: ModelVersion): Promise<unknown> {
    const { slot } = this.#followed;
    const live = slot.peek();
    if (live !== null && isSame(live.version, version)) {
      slot.describe(version);
    } else {
      if (this.#refused !== null && isSame(this.#refused.version, version))
        return this.#refused.error;
      await this.#load(version);
    }
    this.#refused = null;
    this.#lastProblem = null;
    return null;
  }

  async #load(version: ModelVersion): Promise<void> {
    const { slot, registry, uri } = this.#followed;
    try {
      const bundleDir = await registry.fetchBundle(version).catch((error: unknown) => {
        slot.failed(version, error);
        throw error;
      });
      await slot.offer(version, bundleDir);
      this.#logger.log(`Serving ${version.name}, version ${version.version}, for ${uri}`);
    } catch (error) {
      if (error instanceof AppError && AT_FAULT.has(error.code)) this.#refused = { version, error };
      throw error;
    }
  }

  #report(error: unknown): void {
    for (const listener of this.#listeners) listener(error);
    const live = this.#followed.slot.peek();
    const state =
      live === null ? 'No model is served' : `Version ${live.version.version} stays live`;
    const problem = `${state} for ${this.#followed.uri}: ${messageOf(error)}`;
    if (problem === this.#lastProblem) return;
    this.#lastProblem = problem;
    this.#logger.warn(problem);
  }

  /** The next look starts an interval after the last one ended, so that they never overlap. */
  #scheduleNext(): void {
    if (!this.#following) return;
    const factor = 1 + JITTER * (Math.random() - 0.5);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        void this.check().finally(() => {
          this.#scheduleNext();
        });
      },
      this.#followed.pollSeconds * 1000 * factor,
    );
    this.#timer.unref();
  }
}
