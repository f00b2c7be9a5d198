// What can be read about models: the live one, and the versions the registry holds.
import { Injectable } from '@nestjs/common';
import type { ServedFeature } from '../features/feature-spec.ts';
import type {
  FeatureInfo,
  ModelInfoResponse,
  ModelListResponse,
  ModelVersionInfo,
  ModelVersionListResponse,
} from './model.dto.ts';
import { ModelSlot, type LoadedModel } from './model-slot.ts';
import { ModelRegistry, type ModelVersion } from './registry/model-registry.ts';

@Injectable()
export class ModelCatalogue {
  constructor(
    private readonly slot: ModelSlot,
    private readonly registry: ModelRegistry,
  ) {}

  /** Throws MODEL_NOT_READY. */
  live(): ModelInfoResponse {
    return describeModel(this.slot.current());
  }

  async models(): Promise<ModelListResponse> {
    const names = await this.registry.listModels();
    const items = names.map(async (name) => {
      const versions = await this.registry.listVersions(name);
      const aliases = versions.flatMap(({ aliases, version }) =>
        aliases.map((alias) => [alias, version] as const),
      );
      return {
        name,
        latest_version: versions[0]?.version ?? null,
        aliases: Object.fromEntries(aliases),
      };
    });
    return { items: await Promise.all(items) };
  }

  /** Newest first. Throws MODEL_NOT_FOUND. */
  async versions(name: string): Promise<ModelVersionListResponse> {
    return { items: (await this.registry.listVersions(name)).map(describeVersion) };
  }
}

function describeModel({ version, bundle, loadedAt }: LoadedModel): ModelInfoResponse {
  const { features, report, manifest, onnxSha256 } = bundle;
  return {
    name: version.name,
    version: version.version,
    aliases: version.aliases,
    stage: version.stage,
    run_id: version.runId ?? manifest.run_id,
    learner: report.learner,
    metrics: report.metrics,
    params: report.params,
    importance: bundle.explainer?.importance ?? null,
    target: features.target,
    positive_label: features.positive_label,
    negative_label: features.negative_label,
    threshold: report.threshold,
    features: features.features.map(describeFeature),
    derived: features.derived,
    data_digest: manifest.data_digest,
    git_commit: manifest.git_commit,
    created_at: manifest.created_at ?? version.createdAt,
    loaded_at: loadedAt,
    onnx_sha256: onnxSha256,
  };
}

function describeFeature(feature: ServedFeature): FeatureInfo {
  const { name, kind, label = null, group = null, nullable, description = null } = feature;
  const told = { name, kind, label, group };
  if (feature.kind === 'categorical') {
    const { categories, training } = feature;
    const none = { unit: null, min: null, max: null, median: null, range: null };
    return { ...told, ...none, categories, mode: training.mode, nullable, description };
  }
  const { unit = null, range, training } = feature;
  return {
    ...told,
    unit,
    min: training?.min ?? null,
    max: training?.max ?? null,
    median: training?.median ?? null,
    range: range === undefined ? null : { min: range.min ?? null, max: range.max ?? null },
    categories: null,
    mode: null,
    nullable,
    description,
  };
}

const describeVersion = (version: ModelVersion): ModelVersionInfo => ({
  name: version.name,
  version: version.version,
  aliases: version.aliases,
  stage: version.stage,
  run_id: version.runId,
  description: version.description,
  tags: version.tags,
  created_at: version.createdAt,
});
