// The thread that measures drift: it reads the reference, takes the rows of the window some at a time, and measures. Whatever it does comes after what
// the server has to answer.
import { constants, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { AppError, messageOf, type ErrorCode } from '../../common/errors.ts';
import { type DriftReference, readDriftReference } from '../../model/drift-reference.ts';
import { readHoldout, type ServedBundle } from '../../model/model-bundle.ts';
import type { SampledRow } from '../../prediction/window-sample.ts';
import type { DesignRows } from '../../statistics/drift/design-rows.ts';
import type { ConventionName } from '../../statistics/drift/drift-of.ts';
import { measureDrift, type MeasuredDrift } from './measure-drift.ts';
import { RawColumns } from './raw-columns.ts';

export interface DriftThreadOptions {
  readonly bundle: Pick<ServedBundle, 'dir' | 'manifest' | 'features' | 'explainer'>;
  readonly convention: ConventionName;
}

/** `rows`: how many come; then those, some at a time; null: that was all. One answer each, in their order. */
export type DriftOrder = { readonly rows: number } | readonly SampledRow[] | null;

/** What the reference is; null where the bundle has none. */
export type DriftStart = Pick<DriftReference, 'digest' | 'rows' | 'predictions'> | null;

export interface DriftFailure {
  /** null: none of the catalogue. */
  readonly code: ErrorCode | null;
  readonly detail: string;
}

export type DriftAnswer =
  | { readonly started: DriftStart }
  | { readonly taken: number }
  | { readonly measured: MeasuredDrift }
  | { readonly failure: DriftFailure };

// On Linux this is the thread's own; elsewhere it would be the whole server's.
if (platform() === 'linux') setPriority(0, constants.priority.PRIORITY_LOW);

const { bundle, convention } = workerData as DriftThreadOptions;
const { features } = bundle.features;

class Measurement {
  readonly #reference: DriftReference;
  readonly #columns: RawColumns;
  readonly #scores: number[] = [];
  readonly #labels: string[] = [];

  constructor(reference: DriftReference, rows: number) {
    this.#reference = reference;
    this.#columns = new RawColumns(features, rows);
  }

  take(rows: readonly SampledRow[]): void {
    for (const { inputs, probability, label } of rows) {
      this.#columns.add(JSON.parse(inputs) as Readonly<Record<string, unknown>>);
      this.#scores.push(probability);
      this.#labels.push(label);
    }
  }

  async finish(): Promise<MeasuredDrift> {
    const window = {
      features: this.#columns.design,
      scores: this.#scores,
      labels: this.#labels,
    };
    const options = { convention, importance: importance(), heldOut: await heldOut() };
    return measureDrift(this.#reference, window, options);
  }
}

/** null where the bundle does not tell. */
function importance(): ReadonlyMap<string, number> | null {
  const figures = bundle.explainer?.importance?.features;
  return figures === undefined
    ? null
    : new Map(figures.map(({ name, mean_absolute_contribution: of }) => [name, of]));
}

async function heldOut(): Promise<DesignRows | null> {
  const holdout = await readHoldout(bundle);
  if (holdout === null) return null;
  const columns = new RawColumns(features, holdout.rows.length);
  for (const row of holdout.rows)
    columns.add(Object.fromEntries(holdout.columns.map((name, i) => [name, row[i]])));
  return columns.design;
}

let measurement: Measurement | null = null;

async function answerTo(order: DriftOrder): Promise<DriftAnswer> {
  if (order !== null && 'rows' in order) {
    const reference = await readDriftReference(bundle);
    if (reference === null) return { started: null };
    measurement = new Measurement(reference, order.rows);
    const { digest, rows, predictions } = reference;
    return { started: { digest, rows, predictions } };
  }
  if (measurement === null) throw new Error('expected the number of rows before the rows');
  if (order === null) return { measured: await measurement.finish() };
  measurement.take(order);
  return { taken: order.length };
}

function toFailure(error: unknown): DriftFailure {
  return error instanceof AppError
    ? { code: error.code, detail: error.message }
    : { code: null, detail: messageOf(error) };
}

let last: Promise<unknown> = Promise.resolve();

parentPort?.on('message', (order: DriftOrder) => {
  last = last.then(async () => {
    const answer = await answerTo(order).catch((error: unknown) => ({ failure: toFailure(error) }));
    parentPort?.postMessage(answer);
  });
});
