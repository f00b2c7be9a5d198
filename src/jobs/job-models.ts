// The model of a job: the live one when the work begins, and that version for all of its parts, wherever they are scored.
import { Injectable } from '@nestjs/common';
import { AppError } from '../common/errors.ts';
import { openServedBundle } from '../model/open-model.ts';
import type { ServedBundle } from '../model/model-bundle.ts';
import { ModelSlot } from '../model/model-slot.ts';
import { ModelRegistry } from '../model/registry/model-registry.ts';
import type { Job } from './job.entity.ts';
import type { FixedModel } from './job-table.ts';

@Injectable()
export class JobModels {
  constructor(
    private readonly slot: ModelSlot,
    private readonly registry: ModelRegistry,
  ) {}

  /** null while nothing is served. */
  live(): FixedModel | null {
    const model = this.slot.peek();
    if (model === null) return null;
    const { version, bundle } = model;
    return { name: version.name, version: version.version, sha256: bundle.onnxSha256 };
  }

  /** Throws MODEL_NOT_FOUND where the version is no longer to be had as it was; REGISTRY_UNAVAILABLE, BUNDLE_INVALID. */
  async of(job: Job): Promise<ServedBundle> {
    const live = this.slot.peek();
    if (live?.bundle.onnxSha256 === job.modelSha256) return live.bundle;
    const { modelName: name, modelVersion: version } = job;
    const found = await this.registry.resolve(`models:/${name}/${version}`);
    const bundle = await openServedBundle(await this.registry.fetchBundle(found));
    if (bundle.onnxSha256 === job.modelSha256) return bundle;
    throw new AppError(
      'MODEL_NOT_FOUND',
      'The version that the job began with is another one now.',
    );
  }
}
