// The rows of one job, scored part by part: while parts are asked for in their order, reading goes on where it was.
import { performance } from 'node:perf_hooks';
import type { JobStorageConfig, S3Config } from '../config/load-config.ts';
import { compileEncoder } from '../features/encode-row.ts';
import type { ServedFeature } from '../features/feature-spec.ts';
import type { ExplanationChoice } from '../model/model-explainer.ts';
import { BatchScorer } from '../prediction/batch/batch-scorer.ts';
import type { BatchFormat } from '../prediction/batch/batch-format.ts';
import type { ModelFiles } from '../prediction/batch/model-files.ts';
import { readBlocks } from '../prediction/batch/read-blocks.ts';
import type { Position } from '../prediction/batch/row-block.ts';
import { scoreBlocks } from '../prediction/batch/score-blocks.ts';
import type { ScoredBlock } from '../prediction/batch/scored-block.ts';
import { writeResults } from '../prediction/batch/write-results.ts';
import { newSuffix, partFile } from './job-files.ts';
import { openInput, type InputPlace, type JobInput } from './job-input.ts';
import type { FinishedPart } from './job-table.ts';
import { resultBlocks, resultBytes } from './result-blocks.ts';
import type { JobStorage } from './storage/job-storage.ts';
import { openStorage } from './storage/open-storage.ts';
import type { S3Address } from './storage/s3-address.ts';
import { S3Buckets } from './storage/s3-buckets.ts';

/** Rows that take long make small parts: what a killed server loses is seconds, however many rows they are. */
const PART_MS = 2000;

export interface JobThreadOptions {
  readonly job: string;
  readonly format: BatchFormat;
  readonly input: InputPlace;
  /** Where the result is put as well, and in which format. */
  readonly output: (S3Address & { readonly format: BatchFormat }) | null;
  readonly explain: ExplanationChoice | null;
  readonly model: ModelFiles;
  readonly features: readonly ServedFeature[];
  readonly partRows: number;
  readonly storage: JobStorageConfig;
  readonly s3: S3Config;
}

/** The work was dropped because it was asked to be. */
export class Stopped extends Error {
  override readonly name = 'Stopped';
}

/** Rows on their way through the scorer, entered at one place. */
interface Passage {
  readonly input: JobInput;
  readonly blocks: AsyncIterator<ScoredBlock>;
  /** Where the next block begins. */
  at: Position;
}

export class JobScoring {
  #scorer: BatchScorer | null = null;
  #passage: Passage | null = null;
  #isStopped = false;

  readonly #buckets: S3Buckets;
  #storage: Promise<JobStorage> | null = null;

  constructor(private readonly options: JobThreadOptions) {
    this.#buckets = new S3Buckets(options.s3);
  }

  /**
   * Scores rows from a position on and keeps them as a file. Throws what is wrong with the input (AppError), StorageError, Stopped, or
   * MODEL_ERROR; the next call begins anew then.
   */
  async part(number: number, from: Position): Promise<FinishedPart> {
    const { job } = this.options;
    const storage = await this.#opened();
    const suffix = newSuffix();
    try {
      const passage = await this.#enter(from);
      const taken = new PartBlocks(passage, this.options.partRows, () => this.#isStopped);
      await storage.write(job, partFile(number, suffix), writeResults('ndjson', taken.blocks()));
      return { suffix, refused: taken.refused, end: passage.at, isLast: taken.isLast };
    } catch (error) {
      await this.#leave();
      if (this.#scorer?.isAlive === false) this.#scorer = null;
      throw error;
    }
  }

  /** Puts the result where the order wants it. Throws StorageError, Stopped. */
  async deliver(files: readonly string[]): Promise<void> {
    const { job, output } = this.options;
    if (output === null) return;
    const storage = await this.#opened();
    const bytes = this.#whileWanted(resultBytes(storage, job, files));
    const bucket = await this.#buckets.of(output.bucket);
    await bucket.write(
      output.key,
      output.format === 'ndjson' ? bytes : writeResults(output.format, resultBlocks(bytes)),
    );
  }

  /** What is under way ends with Stopped, soon. */
  stop(): void {
    this.#isStopped = true;
  }

  async close(): Promise<void> {
    await this.#leave();
    await this.#scorer?.close();
  }

  async #enter(from: Position): Promise<Passage> {
    const { at } = this.#passage ?? {};
    if (this.#passage !== null && at?.rows === from.rows && at.bytes === from.bytes)
      return this.#passage;
    await this.#leave();
    const { format, model, features, explain, input: place } = this.options;
    const input = await openInput(place, format, await this.#opened(), this.#buckets);
    const scorer = (this.#scorer ??= await BatchScorer.start(model));
    const contract = {
      features,
      encoder: compileEncoder(features),
    };
    const blocks = readBlocks(format, input.source, contract, { from, keepInputs: false });
    const scored = scoreBlocks(blocks, (block) => scorer.score(block, explain));
    this.#passage = { input, blocks: scored[Symbol.asyncIterator](), at: from };
    return this.#passage;
  }

  #opened(): Promise<JobStorage> {
    this.#storage ??= openStorage(this.options.storage, this.#buckets);
    return this.#storage;
  }

  async #leave(): Promise<void> {
    const passage = this.#passage;
    this.#passage = null;
    await passage?.blocks.return?.();
    await passage?.input.close();
  }

  async *#whileWanted(
    bytes: AsyncIterable<Uint8Array>,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const chunk of bytes) {
      if (this.#isStopped) throw new Stopped('the delivery was dropped');
      yield chunk;
    }
  }
}

/** The blocks of one part: as many as make its rows or its time, and the passage stays open behind them. */
class PartBlocks {
  refused = 0;
  isLast = false;

  constructor(
    private readonly passage: Passage,
    private readonly rows: number,
    private readonly isStopped: () => boolean,
  ) {}

  async *blocks(): AsyncGenerator<ScoredBlock, void, undefined> {
    const { passage } = this;
    const until = performance.now() + PART_MS;
    const enough = passage.at.rows + this.rows;
    while (passage.at.rows < enough && performance.now() < until) {
      if (this.isStopped()) throw new Stopped('the part was dropped');
      const next = await passage.blocks.next();
      if (next.done === true) {
        this.isLast = true;
        return;
      }
      this.refused += next.value.refused.length;
      yield next.value;
      passage.at = next.value.end;
    }
  }
}
