// What the Open Inference Protocol tells about this server and its models.
import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/errors.ts';
import { VERSION } from '../../common/version.ts';
import { ReadinessService } from '../../health/readiness.service.ts';
import { ServedModels, type ModelTarget } from '../served-models.ts';
import { FEATURES_INPUT } from './infer-rows.ts';
import { OUTPUTS } from './infer-response.ts';
import type {
  ModelMetadataResponse,
  ModelReadyResponse,
  ServerMetadataResponse,
} from './oip.dto.ts';

@Injectable()
export class OipMetadata {
  constructor(
    private readonly models: ServedModels,
    private readonly readiness: ReadinessService,
  ) {}

  server(): ServerMetadataResponse {
    return { name: 'foretell', version: VERSION, extensions: ['binary_tensor_data'] };
  }

  /** What is at `/v2/` and a path that no other route has: nothing, but where it is empty. Throws NOT_FOUND. */
  at(path: string): ServerMetadataResponse {
    if (path === '') return this.server();
    throw new AppError('NOT_FOUND', 'The Open Inference Protocol has nothing at this path.');
  }

  /** Whether a verified model is served and the database answers, as GET /health/ready has it. */
  async isReady(): Promise<boolean> {
    return (await this.readiness.check()).status === 'ok';
  }

  /** Throws MODEL_NOT_FOUND, MODEL_NOT_READY. */
  modelReady(target: ModelTarget): ModelReadyResponse {
    return { name: this.models.find(target).version.name, ready: true };
  }

  /** Throws MODEL_NOT_FOUND, MODEL_NOT_READY. */
  model(target: ModelTarget): ModelMetadataResponse {
    const { version, bundle } = this.models.find(target);
    const { features } = bundle.features;
    return {
      name: version.name,
      versions: this.models.all().map((model) => model.version.version),
      platform: 'onnx_onnxv1',
      inputs: [{ name: FEATURES_INPUT, datatype: 'FP32', shape: [-1, features.length] }],
      outputs: OUTPUTS.map(({ name, datatype, dimensions }) => ({
        name,
        datatype,
        shape: [-1, ...dimensions],
      })),
      columns: features.map(({ name, kind }) => ({
        name,
        datatype: kind === 'categorical' ? 'BYTES' : 'FP64',
        shape: [-1],
      })),
    };
  }
}
