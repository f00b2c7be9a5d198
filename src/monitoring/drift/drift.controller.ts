// GET /monitoring/drift: whether the world that a model answers about is still the one that it was trained on.
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../common/access.ts';
import { DistributionQuery, DistributionResponse } from './distribution.dto.ts';
import { DriftHistoryQuery, DriftHistoryResponse, DriftQuery, DriftResponse } from './drift.dto.ts';
import { DriftHistory } from './drift-history.ts';
import { DriftService } from './drift.service.ts';

@ApiTags('monitoring')
@Controller('monitoring/drift')
@Requires('read')
export class DriftController {
  constructor(
    private readonly drift: DriftService,
    private readonly history: DriftHistory,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'Drift of features, score and label',
    description:
      'Rows that a version answered in the window, against the reference in its bundle. Evaluated when asked for, which takes some seconds. ' +
      'Every figure comes out again, digit by digit, from the same rows of the log and the same reference.',
  })
  @ApiOkResponse({ type: DriftResponse })
  evaluate(@Query() query: DriftQuery): Promise<DriftResponse> {
    return this.drift.evaluate(query);
  }

  @Get('distribution')
  @ApiOperation({
    summary: 'Distribution of one column',
    description:
      'The reference beside the rows of the window that drift is measured of: counts in the same bins, and quantiles; or counts by category.',
  })
  @ApiOkResponse({ type: DistributionResponse })
  distribution(@Query() query: DistributionQuery): Promise<DistributionResponse> {
    return this.drift.distribution(query);
  }

  @Get('history')
  @ApiOperation({
    summary: 'Drift over time',
    description: 'What the evaluations of the champion on schedule (DRIFT_EVERY) found.',
  })
  @ApiOkResponse({ type: DriftHistoryResponse })
  async past(@Query() { limit }: DriftHistoryQuery): Promise<DriftHistoryResponse> {
    return { items: await this.history.newest(limit) };
  }
}
