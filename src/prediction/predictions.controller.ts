// GET /predictions: the log, read.
import { Controller, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Requires } from '../common/access.ts';
import { AppError } from '../common/errors.ts';
import { LoggedPredictionResponse, PredictionPageResponse } from './prediction.dto.ts';
import { PredictionLog } from './prediction-log.ts';
import { PredictionsQuery, toFilter } from './predictions-query.dto.ts';

function unknownPrediction(): AppError {
  return new AppError('NOT_FOUND', 'There is no prediction with this id.');
}

@ApiTags('prediction')
@Controller('predictions')
export class PredictionsController {
  constructor(private readonly log: PredictionLog) {}

  @Get()
  @Requires('read')
  @ApiOperation({ summary: 'Stored predictions, newest first' })
  @ApiOkResponse({ type: PredictionPageResponse })
  async list(@Query() query: PredictionsQuery): Promise<PredictionPageResponse> {
    return new PredictionPageResponse(
      await this.log.list(toFilter(query), query.limit, query.cursor),
    );
  }

  @Get(':id')
  @Requires('read')
  @ApiOperation({ summary: 'One stored prediction' })
  @ApiParam({
    name: 'id',
    format: 'uuid',
    description: 'The id that the prediction answered with.',
  })
  @ApiOkResponse({ type: LoggedPredictionResponse })
  async get(
    @Param('id', new ParseUUIDPipe({ exceptionFactory: unknownPrediction })) id: string,
  ): Promise<LoggedPredictionResponse> {
    return new LoggedPredictionResponse(await this.log.get(id));
  }
}
