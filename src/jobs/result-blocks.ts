// The result of a job, read back from its parts: as it is stored (NDJSON), or as scored blocks for the writers of the other formats.
import { setImmediate as turn } from 'node:timers/promises';
import { AppError, type FieldError } from '../common/errors.ts';
import type { RangeWarning } from '../features/feature-spec.ts';
import { START, type RefusedRow } from '../prediction/batch/row-block.ts';
import type { ScoredBlock } from '../prediction/batch/scored-block.ts';
import { StorageError, type JobStorage } from './storage/job-storage.ts';

/** Some milliseconds to parse: what a prediction meanwhile waits for. */
const BLOCK_ROWS = 500;
const NEWLINE = 0x0a;

const RETRY_AFTER_SECONDS = 5;

/** Throws UNAVAILABLE where the files cannot be read now. */
export async function* resultBytes(
  storage: JobStorage,
  job: string,
  files: readonly string[],
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for (const file of files) yield* storage.read(job, file);
  } catch (cause) {
    if (!(cause instanceof StorageError)) throw cause;
    const options = { cause, retryAfterSeconds: RETRY_AFTER_SECONDS };
    throw new AppError('UNAVAILABLE', cause.message, options);
  }
}

export async function* resultBlocks(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<ScoredBlock, void, undefined> {
  const labels = new Labels();
  let lines: string[] = [];
  for await (const line of linesOf(bytes)) {
    lines.push(line);
    if (lines.length < BLOCK_ROWS) continue;
    yield blockOf(lines, labels);
    lines = [];
    await turn();
  }
  if (lines.length > 0) yield blockOf(lines, labels);
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of bytes) {
    const text = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, from)) {
      yield text.toString('utf8', from, at);
      from = at + 1;
    }
    rest = text.subarray(from);
  }
}

/** One line of a result, as writers of batches have it. */
type Line = { readonly index: number } & (
  | {
      readonly label: string;
      readonly probability: number;
      readonly warnings?: readonly RangeWarning[];
      readonly explanation?: object;
    }
  | { readonly line?: number; readonly errors: readonly FieldError[] }
);

/** A block calls its classes positive and negative; here the first that comes is the one and the other is the other. */
class Labels {
  #names: readonly string[] = [];

  codeOf(label: string): number {
    if (!this.#names.includes(label)) this.#names = [...this.#names, label];
    return this.#names.indexOf(label);
  }

  get named(): ScoredBlock['labels'] {
    const [negative = '', positive = ''] = this.#names;
    return { positive, negative };
  }
}

function blockOf(texts: readonly string[], labels: Labels): ScoredBlock {
  const probability = new Float32Array(texts.length);
  const positive = new Uint8Array(texts.length);
  const refused: RefusedRow[] = [];
  const warnings = new Map<number, readonly RangeWarning[]>();
  const explanations: string[] = [];
  const rows = texts.map((text) => JSON.parse(text) as Line);
  for (const [at, row] of rows.entries()) {
    if ('errors' in row) {
      refused.push({ at, line: row.line ?? null, errors: row.errors });
      continue;
    }
    probability[at] = row.probability;
    positive[at] = labels.codeOf(row.label);
    if (row.warnings !== undefined) warnings.set(at, row.warnings);
    if (row.explanation !== undefined) explanations[at] = JSON.stringify(row.explanation);
  }
  return {
    first: rows[0]?.index ?? 0,
    count: rows.length,
    labels: labels.named,
    probability,
    positive,
    refused,
    warnings,
    inputs: null,
    ids: null,
    explanations: explanations.length === 0 ? null : explanations,
    explainMs: 0,
    inferMs: 0,
    end: START,
  };
}
