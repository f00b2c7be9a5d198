// One infer request from its bytes to its answer; no HTTP type comes in here.
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/access.ts';
import type { AfterAnswer } from '../challenger-traffic.ts';
import { PredictionService } from '../prediction.service.ts';
import type { ModelTarget } from '../served-models.ts';
import { readInferRequest } from './infer-request.ts';
import { chooseOutputs, toInferResponse, type InferResponse } from './infer-response.ts';
import { rowsOfTensors } from './infer-rows.ts';

@Injectable()
export class OipInference {
  constructor(private readonly predictions: PredictionService) {}

  /** Throws what PredictionService.predictRows does, MALFORMED_JSON and DUPLICATE_KEY. */
  async infer(
    body: Buffer,
    headerLength: string | undefined,
    target: ModelTarget,
    caller: Principal,
    afterAnswer: AfterAnswer,
  ): Promise<InferResponse> {
    const request = readInferRequest(body, headerLength);
    const outputs = chooseOutputs(request);
    const answer = await this.predictions.predictRows(
      (features) => rowsOfTensors(request.inputs, features),
      caller,
      target,
      afterAnswer,
    );
    return toInferResponse(request.id, outputs, answer);
  }
}
