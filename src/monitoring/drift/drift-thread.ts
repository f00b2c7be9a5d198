// The thread that measures drift: it reads the reference, takes the rows of the window some at a time, and measures, or tells how one column of them is
// distributed. Whatever it does comes after what the server has to answer.
import { constants, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { AppError, messageOf, type ErrorCode } from '../../common/errors.ts';
import { type DriftReference, readDriftReference } from '../../model/drift-reference.ts';
import { readHoldout, type ServedBundle } from '../../model/model-bundle.ts';
import type { SampledRow } from '../../prediction/window-sample.ts';
import type { DesignRows } from '../../statistics/drift/design-rows.ts';
import type { ConventionName } from '../../statistics/drift/drift-of.ts';
import { columnDistribution, type ColumnDistribution } from './column-distribution.ts';
import { sidesOf } from './column-sides.ts';
import { measureDrift, type MeasuredDrift, type WindowRows } from './measure-drift.ts';
import { RawColumns } from './raw-columns.ts';

export interface DriftThreadOptions {
  readonly bundle: Pick<ServedBundle, 'dir' | 'manifest' | 'features' | 'explainer'>;
}

/** `rows`: how many come; then those, some at a time; then what is asked of them. One answer each, in their order. */
export type DriftOrder =
  | { readonly rows: number }
  | readonly SampledRow[]
  | { readonly measure: ConventionName }
  | { readonly distribute: string };

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
  | { readonly distributed: ColumnDistribution }
  | { readonly failure: DriftFailure };

// On Linux this is the thread's own; elsewhere it would be the whole server's.
if (platform() === 'linux') setPriority(0, constants.priority.PRIORITY_LOW);

const { bundle } = workerData as DriftThreadOptions;
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

  async measure(convention: ConventionName): Promise<MeasuredDrift> {
    const options = { convention, importance: importance(), heldOut: await heldOut() };
    return measureDrift(this.#reference, this.window, options);
  }

  distribute(column: string): ColumnDistribution {
    return columnDistribution(sidesOf(column, bundle.features, this.#reference, this.window));
  }

  private get window(): WindowRows {
    return { features: this.#columns.design, scores: this.#scores, labels: this.#labels };
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
  if ('rows' in order) {
    const reference = await readDriftReference(bundle);
    if (reference === null) return { started: null };
    measurement = new Measurement(reference, order.rows);
    const { digest, rows, predictions } = reference;
    return { started: { digest, rows, predictions } };
  }
  if (measurement === null) throw new Error('expected the number of rows before the rows');
  if ('measure' in order) return { measured: await measurement.measure(order.measure) };
  if ('distribute' in order) return { distributed: measurement.distribute(order.distribute) };
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
