// GET /predictions: the log, read. DELETE /predictions: one subject's rows, erased.
import { Controller, Delete, Get, Param, ParseUUIDPipe, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, Requires, type Principal } from '../common/access.ts';
import { AuditTrail, type Origin } from '../common/audit-trail.ts';
import { AppError } from '../common/errors.ts';
import { RequestOrigin } from '../common/request-origin.ts';
import { Erasure, erasureBy } from './log/erasure.ts';
import {
  ErasureResponse,
  LoggedPredictionResponse,
  PredictionPageResponse,
} from './prediction.dto.ts';
import { PredictionLog } from './prediction-log.ts';
import { ErasureQuery, PredictionsQuery, toFilter } from './predictions-query.dto.ts';

function unknownPrediction(): AppError {
  return new AppError('NOT_FOUND', 'There is no prediction with this id.');
}

@ApiTags('prediction')
@Controller('predictions')
export class PredictionsController {
  constructor(
    private readonly log: PredictionLog,
    private readonly erasure: Erasure,
    private readonly audit: AuditTrail,
  ) {}

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

  @Delete()
  @Requires('admin')
  @ApiOperation({
    summary: 'Erase the predictions of one subject',
    description:
      'Those stored with this reference, with their labels and what challengers said about them. The log keeps a digest of each, by which it can still be verified.',
  })
  @ApiOkResponse({ type: ErasureResponse })
  erase(
    @Query() { key }: ErasureQuery,
    @Caller() { userId }: Principal,
    @RequestOrigin() origin: Origin,
  ): Promise<ErasureResponse> {
    return this.audit.recorded(
      erasureBy(origin),
      () => this.erasure.erase(key, userId),
      (erased) => ({ ...erased }),
    );
  }
}
