// The model card of a registered version, made at the moment it is asked for: nothing of it is written down or kept.
import { Injectable } from '@nestjs/common';
import { modelCard, type CardFact } from './model-card.ts';
import type { ModelCardResponse } from './model-card.dto.ts';
import { ModelFacts } from './model-facts.ts';
import { RegisteredBundles } from './registered-bundles.ts';
import type { ModelVersion } from './registry/model-registry.ts';

@Injectable()
export class ModelCards {
  constructor(
    private readonly bundles: RegisteredBundles,
    private readonly facts: ModelFacts,
  ) {}

  /** Of the champion where no version is named, of the newest where there is none. Throws MODEL_NOT_FOUND, BUNDLE_INVALID, REGISTRY_UNAVAILABLE. */
  async of(name: string, number?: string): Promise<ModelCardResponse> {
    const version = await this.bundles.versionOf(name, number);
    const [bundle, told] = await Promise.all([
      this.bundles.bundleOf(version),
      this.facts.of(version),
    ]);
    const at = new Date().toISOString();
    const facts = [...registryFacts(version), ...told];
    return {
      name,
      version: version.version,
      generated_at: at,
      facts,
      markdown: modelCard(bundle, { name, version: version.version, at, facts }),
    };
  }
}

const registryFacts = ({ aliases, stage, createdAt }: ModelVersion): readonly CardFact[] => [
  { name: 'aliases', value: aliases.length === 0 ? 'none' : aliases.join(', ') },
  ...(stage === 'None' ? [] : [{ name: 'stage', value: stage }]),
  { name: 'registered', value: createdAt },
];
