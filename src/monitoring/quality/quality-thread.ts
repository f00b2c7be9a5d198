// The thread that measures quality: labels drawn by ten thousand scores two thousand times take half a second, for which no prediction is to
// wait.
import { constants, platform, setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { AppError, messageOf, type ErrorCode } from '../../common/errors.ts';
import { readDriftReference } from '../../model/drift-reference.ts';
import { readHoldout, type ServedBundle } from '../../model/model-bundle.ts';
import type { LabelledScores } from '../../statistics/cbpe.ts';
import { measureQuality, type MeasuredQuality, type QualityRows } from './measure-quality.ts';

export type ReferenceBundle = Pick<ServedBundle, 'dir' | 'manifest' | 'features'>;

export interface QualityOrder {
  readonly rows: QualityRows;
  /** null where the version is not loaded. */
  readonly bundle: ReferenceBundle | null;
}

export type QualityAnswer =
  | { readonly measured: MeasuredQuality }
  | { readonly failure: { readonly code: ErrorCode | null; readonly detail: string } };

// On Linux this is the thread's own; elsewhere it would be the whole server's.
if (platform() === 'linux') setPriority(0, constants.priority.PRIORITY_LOW);

const { rows, bundle } = workerData as QualityOrder;

async function measure(): Promise<MeasuredQuality> {
  if (bundle === null) return measureQuality(rows, { heldOut: null, performance: null });
  const reference = await readDriftReference(bundle);
  const performance = reference?.performance ?? null;
  return measureQuality(rows, { heldOut: await heldOutOf(bundle), performance });
}

async function heldOutOf(of: ReferenceBundle): Promise<LabelledScores | null> {
  const holdout = await readHoldout(of);
  if (holdout === null) return null;
  return { y: Uint8Array.from(holdout.y), p: Float64Array.from(holdout.probability) };
}

const say = (answer: QualityAnswer): void => parentPort?.postMessage(answer);

measure().then(
  (measured) => {
    say({ measured });
  },
  (error: unknown) => {
    const code = error instanceof AppError ? error.code : null;
    say({ failure: { code, detail: messageOf(error) } });
  },
);
