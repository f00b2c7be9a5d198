// One request to MLflow's scoring protocol from its bytes to its answer; no HTTP type comes in here.
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/access.ts';
import type { AfterAnswer } from '../challenger-traffic.ts';
import type { RowsAnswer } from '../predict-rows.ts';
import { PredictionService } from '../prediction.service.ts';
import type { ModelTarget } from '../served-models.ts';
import { readInvocations } from './invocations-request.ts';

@Injectable()
export class MlflowInvocations {
  constructor(private readonly predictions: PredictionService) {}

  /** Throws what PredictionService.predictRows does, UNSUPPORTED_MEDIA_TYPE, MALFORMED_JSON and DUPLICATE_KEY. */
  async invoke(
    body: Buffer,
    contentType: string | undefined,
    target: ModelTarget,
    caller: Principal,
    afterAnswer: AfterAnswer,
  ): Promise<RowsAnswer> {
    const read = readInvocations(body, contentType);
    return this.predictions.predictRows(read, caller, target, afterAnswer);
  }
}
