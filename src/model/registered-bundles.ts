// The bundle of any registered version, loaded or not.
import { Injectable } from '@nestjs/common';
import { AppError } from '../common/errors.ts';
import type { ServedBundle } from './model-bundle.ts';
import { isSame, ModelSlot } from './model-slot.ts';
import { openServedBundle } from './open-model.ts';
import { ModelRegistry, type ModelVersion } from './registry/model-registry.ts';

@Injectable()
export class RegisteredBundles {
  constructor(
    private readonly registry: ModelRegistry,
    private readonly slot: ModelSlot,
  ) {}

  /** The champion where no number is named, the newest where there is none. Throws MODEL_NOT_FOUND, REGISTRY_UNAVAILABLE. */
  async versionOf(name: string, number?: string): Promise<ModelVersion> {
    const versions = await this.registry.listVersions(name);
    const found =
      number === undefined
        ? (versions.find(({ aliases }) => aliases.includes('champion')) ?? versions[0])
        : versions.find(({ version }) => version === number);
    if (found === undefined)
      throw new AppError('MODEL_NOT_FOUND', 'The model has no such version; list its versions.');
    return found;
  }

  /** The live one is there already; a bundle never changes. Throws BUNDLE_INVALID, REGISTRY_UNAVAILABLE. */
  async bundleOf(version: ModelVersion): Promise<ServedBundle> {
    const live = this.slot.peek();
    if (live !== null && isSame(live.version, version)) return live.bundle;
    return openServedBundle(await this.registry.fetchBundle(version));
  }
}
