// What is kept of one answer.
import type { Principal } from '../common/access.ts';
import type { RangeWarning } from '../features/feature-spec.ts';
import type { LoadedModel } from '../model/model-slot.ts';
import type { Explanation } from './explanation/explanation.ts';
import type { LoggedPrediction } from './logged-prediction.entity.ts';
import type { ProcessUsage } from './process-usage.ts';
import { classLabel } from './score-row.ts';

/** An answer to one row, and how it came about. */
export interface AnsweredRow {
  readonly id: string;
  readonly caller: Principal;
  /** The caller's own reference. */
  readonly key: string | null;
  readonly model: LoadedModel;
  /** The features as JSON. */
  readonly inputs: string;
  readonly probability: number;
  readonly positive: boolean;
  readonly warnings: readonly RangeWarning[];
  readonly durationMs: number;
  /** null where nobody asked why. */
  readonly explanation: Explanation | null;
}

export function toLogRow(
  answered: AnsweredRow,
  { cpuPercent, memoryBytes }: ProcessUsage,
): LoggedPrediction {
  const { id, caller, key, model, inputs, probability, positive, warnings } = answered;
  const { durationMs, explanation } = answered;
  return {
    id,
    createdAt: Date.now(),
    userId: caller.userId,
    credential: `${caller.via}:${caller.credentialId}`,
    key,
    modelName: model.version.name,
    modelVersion: model.version.version,
    inputs,
    probability,
    label: classLabel(model, positive),
    threshold: model.bundle.report.threshold,
    warnings: warnings.length === 0 ? '[]' : JSON.stringify(warnings),
    durationMs,
    cpuPercent,
    memoryBytes,
    explanation: explanation === null ? null : JSON.stringify(explanation),
  };
}
