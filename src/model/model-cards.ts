// The model card of a registered version, made at the moment it is asked for: nothing of it is written down or kept.
import { Injectable } from '@nestjs/common';
import { AppError } from '../common/errors.ts';
import { modelCard, type CardFact } from './model-card.ts';
import type { ModelCardResponse } from './model-card.dto.ts';
import type { ServedBundle } from './model-bundle.ts';
import { ModelFacts } from './model-facts.ts';
import { isSame, ModelSlot } from './model-slot.ts';
import { openServedBundle } from './open-model.ts';
import { ModelRegistry, type ModelVersion } from './registry/model-registry.ts';

@Injectable()
export class ModelCards {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly slot: ModelSlot,
    private readonly facts: ModelFacts,
  ) {}

  /** Of the champion where no version is named, of the newest where there is none. Throws MODEL_NOT_FOUND, BUNDLE_INVALID, REGISTRY_UNAVAILABLE. */
  async of(name: string, number?: string): Promise<ModelCardResponse> {
    const version = await this.versionOf(name, number);
    const [bundle, told] = await Promise.all([this.bundleOf(version), this.facts.of(version)]);
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

  private async versionOf(name: string, number?: string): Promise<ModelVersion> {
    const versions = await this.registry.listVersions(name);
    const found =
      number === undefined
        ? (versions.find(({ aliases }) => aliases.includes('champion')) ?? versions[0])
        : versions.find(({ version }) => version === number);
    if (found === undefined)
      throw new AppError('MODEL_NOT_FOUND', 'The model has no such version; list its versions.');
    return found;
  }

  /** The live one is there already; a bundle never changes. */
  private async bundleOf(version: ModelVersion): Promise<ServedBundle> {
    const live = this.slot.peek();
    if (live !== null && isSame(live.version, version)) return live.bundle;
    return openServedBundle(await this.registry.fetchBundle(version));
  }
}

const registryFacts = ({ aliases, stage, createdAt }: ModelVersion): readonly CardFact[] => [
  { name: 'aliases', value: aliases.length === 0 ? 'none' : aliases.join(', ') },
  ...(stage === 'None' ? [] : [{ name: 'stage', value: stage }]),
  { name: 'registered', value: createdAt },
];
