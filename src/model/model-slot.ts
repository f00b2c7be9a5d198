// The live model: the one mutable cell of the server. A version enters only after its bundle proved itself; the one before it leaves when
// its last score is done.
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { AppError, type ErrorCode } from '../common/errors.ts';
import type { RowEncoder } from '../features/encode-row.ts';
import type { RowScanner } from '../features/scan-row.ts';
import type { ServedBundle } from './model-bundle.ts';
import type { LazyExplainer } from './model-explainer.ts';
import type { OnnxScorer } from './onnx-scorer.ts';
import { openModel, proveModel } from './open-model.ts';
import type { ModelVersion } from './registry/model-registry.ts';

/** Everything that answering with one version takes. Frozen; whoever holds it keeps a consistent view through a swap. */
export interface LoadedModel {
  readonly version: ModelVersion;
  readonly bundle: ServedBundle;
  readonly encoder: RowEncoder;
  readonly scanner: RowScanner;
  /** score() may be started as long as nothing was awaited since current(); retain() keeps it alive for longer. */
  readonly scorer: OnnxScorer;
  /** Opened when somebody first asks why, and freed with the model. */
  readonly explainer: LazyExplainer;
  /** ISO 8601, UTC. */
  readonly loadedAt: string;
}

/** Why the last version that was offered is not served. */
export interface LoadFailure {
  readonly name: string;
  readonly version: string;
  readonly code: ErrorCode;
  /** Fit for anyone to read: our own words, without a path of this machine. */
  readonly reason: string;
  readonly at: string;
}

export type SwapListener = (model: LoadedModel) => void;
export type FailureListener = (failure: LoadFailure) => void;

@Injectable()
export class ModelSlot implements OnApplicationShutdown {
  #live: LoadedModel | null = null;
  #lastFailure: LoadFailure | null = null;
  #closed = false;
  readonly #listeners = new Set<SwapListener>();
  readonly #failureListeners = new Set<FailureListener>();
  readonly #clearListeners = new Set<() => void>();

  /** The model to answer with. Throws MODEL_NOT_READY. */
  current(): LoadedModel {
    if (this.#live === null)
      throw new AppError(
        'MODEL_NOT_READY',
        'No verified model is being served yet; try again later.',
      );
    return this.#live;
  }

  /** The same, or null while there is none. */
  peek(): LoadedModel | null {
    return this.#live;
  }

  /** The live model if it is that version, else null. */
  byVersion(version: string): LoadedModel | null {
    return this.#live?.version.version === version ? this.#live : null;
  }

  /** null once a version has been taken. */
  get lastFailure(): LoadFailure | null {
    return this.#lastFailure;
  }

  /** Calls the listener at every swap, and now if a model is live. Returns how to stop. */
  onSwap(listener: SwapListener): () => void {
    this.#listeners.add(listener);
    if (this.#live !== null) listener(this.#live);
    return () => this.#listeners.delete(listener);
  }

  /** Calls the listener when nothing is served any more. Returns how to stop. */
  onClear(listener: () => void): () => void {
    this.#clearListeners.add(listener);
    return () => this.#clearListeners.delete(listener);
  }

  /** Calls the listener whenever a version could not be taken. Returns how to stop. */
  onFailure(listener: FailureListener): () => void {
    this.#failureListeners.add(listener);
    return () => this.#failureListeners.delete(listener);
  }

  /**
   * Verifies a version and makes it the live one: shapes and digests of its files, the form of its graph, its golden rows. Whatever fails
   * is thrown, BUNDLE_INVALID where the bundle is at fault, and the model before it stays.
   */
  async offer(version: ModelVersion, bundleDir: string): Promise<void> {
    await this.#take(version, bundleDir, () => !this.#closed);
  }

  /** The same, but gives way to a model that is live, or went live meanwhile. */
  async offerFirst(version: ModelVersion, bundleDir: string): Promise<void> {
    await this.#take(version, bundleDir, () => !this.#closed && this.#live === null);
  }

  /** Notes why a version is not served; also for what fails before it can be offered, as its download. */
  failed({ name, version }: ModelVersion, error: unknown): void {
    const at = new Date().toISOString();
    const failure = Object.freeze({ name, version, ...publicReason(error), at });
    this.#lastFailure = failure;
    for (const listener of this.#failureListeners) listener(failure);
  }

  /** Stops serving; the model is freed when its last score in flight is done. */
  async clear(): Promise<void> {
    const last = this.#live;
    if (last === null) return;
    this.#live = null;
    for (const listener of this.#clearListeners) listener();
    await last.scorer.release();
  }

  /** Takes over what may change about the live version: its aliases, stage, tags. Nothing happens for another version. */
  describe(version: ModelVersion): void {
    if (this.#live === null || !isSame(this.#live.version, version)) return;
    this.#live = Object.freeze({ ...this.#live, version });
  }

  /** After the last answer is out: frees the model. */
  async onApplicationShutdown(): Promise<void> {
    this.#closed = true;
    await this.clear();
  }

  async #take(version: ModelVersion, bundleDir: string, wanted: () => boolean): Promise<void> {
    try {
      const model = await loadVerified(version, bundleDir);
      if (wanted()) await this.#swap(model);
      else await model.scorer.release();
    } catch (error) {
      this.failed(version, error);
      throw error;
    }
  }

  async #swap(next: LoadedModel): Promise<void> {
    const previous = this.#live;
    this.#live = next;
    this.#lastFailure = null;
    for (const listener of this.#listeners) listener(next);
    // Frees its session when the last score in flight is done.
    await previous?.scorer.release();
  }
}

export const isSame = (a: ModelVersion, b: ModelVersion): boolean =>
  a.name === b.name && a.version === b.version && a.createdAt === b.createdAt;

const publicReason = (error: unknown): Pick<LoadFailure, 'code' | 'reason'> =>
  error instanceof AppError
    ? { code: error.code, reason: error.message }
    : { code: 'INTERNAL', reason: 'its files could not be read; the log says why' };

async function loadVerified(version: ModelVersion, bundleDir: string): Promise<LoadedModel> {
  const model = await openModel(bundleDir);
  try {
    await proveModel(model);
  } catch (error) {
    await model.scorer.release();
    throw error;
  }
  return Object.freeze({ version, ...model, loadedAt: new Date().toISOString() });
}
