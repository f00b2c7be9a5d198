// What training measured of a registered version, with the curves of its held-out rows, made at the moment they are asked for.
import { Injectable } from '@nestjs/common';
import { heldOutCurves, type HeldOutCurves } from './held-out-curves.ts';
import { readHoldout, type ServedBundle } from './model-bundle.ts';
import type { ModelEvaluationResponse } from './model-evaluation.dto.ts';
import { RegisteredBundles } from './registered-bundles.ts';

@Injectable()
export class ModelEvaluations {
  constructor(private readonly bundles: RegisteredBundles) {}

  /** Throws MODEL_NOT_FOUND, BUNDLE_INVALID, REGISTRY_UNAVAILABLE. */
  async of(name: string, number: string): Promise<ModelEvaluationResponse> {
    const version = await this.bundles.versionOf(name, number);
    const bundle = await this.bundles.bundleOf(version);
    const { report, features, manifest } = bundle;
    return {
      name,
      version: version.version,
      run_id: version.runId ?? manifest.run_id,
      learner: report.learner,
      params: report.params,
      positive_label: features.positive_label,
      negative_label: features.negative_label,
      threshold: report.threshold,
      threshold_choice: report.threshold_choice ?? null,
      metrics: report.metrics,
      intervals: report.intervals ?? {},
      rows: report.rows ?? null,
      confusion_matrix: report.confusion_matrix ?? null,
      cross_validation: report.cross_validation ?? null,
      baselines: report.baselines ?? [],
      gate: report.gate ?? null,
      curves: await curvesOf(bundle),
    };
  }
}

async function curvesOf(bundle: ServedBundle): Promise<HeldOutCurves | null> {
  const held = await readHoldout(bundle);
  if (held === null) return null;
  return heldOutCurves({ y: Uint8Array.from(held.y), p: Float64Array.from(held.probability) });
}
