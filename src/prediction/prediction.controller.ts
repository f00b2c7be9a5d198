// POST /predict: the native door to the data plane.
import { Body, Controller, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Caller, Requires, type Principal } from '../common/access.ts';
import { afterAnswerOf } from './after-answer.ts';
import { choiceOf, PredictQuery } from './explanation/explanation.dto.ts';
import { PredictionResponse } from './prediction.dto.ts';
import { PredictionService } from './prediction.service.ts';

@ApiTags('prediction')
@Controller('predict')
export class PredictionController {
  constructor(private readonly predictions: PredictionService) {}

  @Post()
  @HttpCode(200)
  @Requires('predict')
  @ApiOperation({
    summary: 'Predict one row',
    description:
      'Answered once it is stored. A value outside what training saw is answered with a warning; one outside its domain is refused. ' +
      'A bare feature object is read like `features`.',
  })
  @ApiBody({ schema: { $ref: '#/components/schemas/PredictRequest' } })
  @ApiOkResponse({
    type: PredictionResponse,
    headers: {
      'X-Model-Version': { description: 'The version that answered.', schema: { type: 'string' } },
    },
  })
  async predict(
    @Body() body: unknown,
    @Query() query: PredictQuery,
    @Caller() caller: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PredictionResponse> {
    const prediction = await this.predictions.predict(
      body,
      caller,
      afterAnswerOf(reply),
      choiceOf(query),
    );
    reply.header('X-Model-Version', prediction.model.version);
    return prediction;
  }
}
