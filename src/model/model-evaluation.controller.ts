// The route that tells what a version was measured at, figure by figure.
import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../common/access.ts';
import { ModelEvaluationResponse } from './model-evaluation.dto.ts';
import { ModelEvaluations } from './model-evaluations.ts';

@ApiTags('models')
@Controller('models/:name/versions/:version/evaluation')
@Requires('read')
export class ModelEvaluationController {
  constructor(private readonly evaluations: ModelEvaluations) {}

  @Get()
  @ApiOperation({
    summary: 'What a version was measured at, with its curves',
    description:
      'Metrics with their intervals, the threshold and its rule, what the gate asks, and of the held-out rows that the bundle carries the ROC and precision-recall curve, the calibration, the confusion matrix at every threshold and the scores by class. Of any registered version; what the bundle does not tell is null or empty.',
  })
  @ApiParam({ name: 'name', example: 'foretell' })
  @ApiParam({ name: 'version', example: '1' })
  @ApiOkResponse({ type: ModelEvaluationResponse })
  evaluation(
    @Param('name') name: string,
    @Param('version') version: string,
  ): Promise<ModelEvaluationResponse> {
    return this.evaluations.of(name, version);
  }
}
