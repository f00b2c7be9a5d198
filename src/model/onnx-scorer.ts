// Runs one ONNX model: of the house unless another form is given. No Nest: ml/ uses it too.
import { readFile } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { AppError, messageOf } from '../common/errors.ts';
import { invalid } from './bundle-schema.ts';
import { MicroBatcher } from './micro-batcher.ts';

export interface Scores {
  /** P(positive) of each row, [rows]. */
  readonly probability: Float32Array;
  /** 1 where the probability reaches the model's threshold, [rows]. */
  readonly label: Uint8Array;
}

/** How rows enter a session and probabilities leave it. */
export interface OnnxForm {
  /** `rows` is row-major [count, features]. */
  feeds(rows: Float32Array, count: number): InferenceSession.FeedsType;
  /** What has to be computed. */
  readonly outputs: readonly string[];
  scores(outputs: InferenceSession.ReturnType, count: number): Scores;
}

/** The form of a session that takes rows of that many features, or in words what keeps it from having one. */
export type FindForm = (session: InferenceSession, featureCount: number) => OnnxForm | string;

const FILE = 'model.onnx';

const OPTIONS: InferenceSession.SessionOptions = {
  // A row takes microseconds: handing parts of it to a thread pool costs more than it saves, and the pool's spinning threads would take
  // the cores of the event loop. Throughput comes from batches and from processes.
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  executionProviders: ['cpu'],
  // Errors reach us as exceptions; ONNX Runtime need not print them too.
  logSeverityLevel: 4,
};

/** A loaded model. Owners count: load() makes the first, each retain() adds one, and the last release() frees the session. */
export class OnnxScorer {
  /** Rows asked for one by one, which share runs. */
  readonly rows = new MicroBatcher(this);
  readonly #session: InferenceSession;
  readonly #form: OnnxForm;
  #whenFreed: () => Promise<void> = () => Promise.resolve();
  #owners = 1;

  private constructor(
    session: InferenceSession,
    form: OnnxForm,
    /** Cells of a row. */
    readonly featureCount: number,
  ) {
    this.#session = session;
    this.#form = form;
  }

  /** Loads a model, given its path or its bytes. Throws BUNDLE_INVALID where it cannot be loaded or is not of the form. */
  static async load(
    source: string | Uint8Array,
    featureCount: number,
    findForm: FindForm = houseForm,
  ): Promise<OnnxScorer> {
    const bytes = typeof source === 'string' ? await readFile(source) : source;
    const session = await openSession(bytes, FILE);
    const form = findForm(session, featureCount);
    if (typeof form !== 'string') return new OnnxScorer(session, form, featureCount);
    await session.release();
    throw invalid(FILE, form);
  }

  /** Scores the first `count` rows of `rows`, row-major [count, featureCount]. Throws MODEL_ERROR. */
  async score(rows: Float32Array, count: number): Promise<Scores> {
    if (count === 0) return { probability: new Float32Array(0), label: new Uint8Array(0) };
    const cells = count * this.featureCount;
    if (rows.length < cells)
      throw new RangeError(`${count} rows take ${cells} cells, not ${rows.length}`);
    this.retain();
    try {
      const feeds = this.#form.feeds(rows.subarray(0, cells), count);
      return this.#form.scores(await this.#session.run(feeds, this.#form.outputs), count);
    } catch (error) {
      throw new AppError('MODEL_ERROR', 'ONNX Runtime could not run the model', { cause: error });
    } finally {
      await this.release();
    }
  }

  /** Keeps the session alive until a matching release(). Throws MODEL_ERROR where it has been freed already. */
  retain(): void {
    if (this.#owners === 0) throw new AppError('MODEL_ERROR', 'the model has been released');
    this.#owners += 1;
  }

  /** Gives up one share; frees the session when it was the last one. */
  async release(): Promise<void> {
    if (this.#owners === 0) return;
    this.#owners -= 1;
    if (this.#owners > 0) return;
    await this.#session.release();
    await this.#whenFreed();
  }

  /** What else is to be freed with the model. */
  onFreed(free: () => Promise<void>): void {
    this.#whenFreed = free;
  }
}

/** A session for the bytes of that file of a bundle; whoever opens it releases it. Throws BUNDLE_INVALID. */
export async function openSession(bytes: Uint8Array, file: string): Promise<InferenceSession> {
  try {
    return await InferenceSession.create(bytes, OPTIONS);
  } catch (error) {
    throw invalid(file, `ONNX Runtime cannot load it: ${messageOf(error)}`, error);
  }
}

/** `features` float32 [N, F] -> `label` int64 [N], `probability` float32 [N, 1]. */
function houseForm(session: InferenceSession, featureCount: number): OnnxForm | string {
  const inputs = session.inputMetadata.map(describe);
  if (inputs.length !== 1 || inputs[0] !== `features float32 [N, ${featureCount}]`)
    return `expected the one input features float32 [N, ${featureCount}], found ${list(inputs)}`;
  const outputs = session.outputMetadata.map(describe);
  for (const expected of ['label int64 [N]', 'probability float32 [N, 1]'])
    if (!outputs.includes(expected))
      return `expected the output ${expected}, found ${list(outputs)}`;
  return {
    feeds: (rows, count) => ({ features: new Tensor('float32', rows, [count, featureCount]) }),
    outputs: ['label', 'probability'],
    scores: ({ label, probability }, count) => ({
      probability: probability?.data as Float32Array,
      label: firstBytes(label?.data as BigInt64Array, count),
    }),
  };
}

/** Labels are 0 and 1: the first byte of each says which (the runtime is built for little-endian machines), without a BigInt for every row. */
function firstBytes({ buffer, byteOffset }: BigInt64Array, count: number): Uint8Array {
  const size = BigInt64Array.BYTES_PER_ELEMENT;
  const bytes = new Uint8Array(buffer, byteOffset, count * size);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i += 1) labels[i] = bytes[i * size] as number;
  return labels;
}

/** "features float32 [N, 30]"; a symbolic dimension reads N. */
export function describe(value: InferenceSession.ValueMetadata): string {
  if (!value.isTensor) return `${value.name} (not a tensor)`;
  const dims = value.shape.map((dim) => (typeof dim === 'number' && dim >= 0 ? dim : 'N'));
  return `${value.name} ${value.type} [${dims.join(', ')}]`;
}

export const list = (values: readonly string[]): string => values.slice(0, 5).join('; ') || 'none';
