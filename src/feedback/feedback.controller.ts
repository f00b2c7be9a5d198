// /feedback: what predictions should have been, as it comes to be known.
import { Body, Controller, Get, HttpCode, Param, ParseUUIDPipe, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires, type Principal } from '../common/access.ts';
import { AppError } from '../common/errors.ts';
import { FeedbackRequest, FeedbackResponse, LabelResponse } from './feedback.dto.ts';
import { FeedbackService } from './feedback.service.ts';

function unknownLabel(): AppError {
  return new AppError('NOT_FOUND', 'There is no label for a prediction with this id.');
}

@ApiTags('prediction')
@Controller('feedback')
export class FeedbackController {
  constructor(private readonly feedback: FeedbackService) {}

  @Post()
  @HttpCode(200)
  @Requires('predict')
  @ApiOperation({
    summary: 'Tell the labels of predictions',
    description:
      'By the id of the prediction, which whoever predicted has, at any time later and as often as it changes; who may predict may tell labels. ' +
      'Every item is answered; items that do not fit refuse the whole request.',
  })
  @ApiBody({ type: FeedbackRequest })
  @ApiOkResponse({ type: FeedbackResponse })
  async receive(@Body() body: unknown, @Caller() caller: Principal): Promise<FeedbackResponse> {
    return new FeedbackResponse(await this.feedback.receive(body, caller));
  }

  @Get(':prediction_id')
  @Requires('read')
  @ApiOperation({ summary: 'The label of a prediction, and what it was before' })
  @ApiParam({ name: 'prediction_id', format: 'uuid' })
  @ApiOkResponse({ type: LabelResponse })
  async find(
    @Param('prediction_id', new ParseUUIDPipe({ exceptionFactory: unknownLabel })) id: string,
  ): Promise<LabelResponse> {
    return new LabelResponse(await this.feedback.find(id.toLowerCase()));
  }
}
