// GET /monitoring/quality and /monitoring/fairness: how good the answers are, and to whom.
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Requires } from '../../common/access.ts';
import { FairnessQuery, FairnessResponse } from './fairness.dto.ts';
import { FairnessService } from './fairness.service.ts';
import { QualityQuery, QualityResponse } from './quality.dto.ts';
import { QualityService } from './quality.service.ts';

@ApiTags('monitoring')
@Controller('monitoring')
@Requires('read')
export class QualityController {
  constructor(
    private readonly quality: QualityService,
    private readonly fairness: FairnessService,
  ) {}

  @Get('quality')
  @ApiOperation({
    summary: 'Quality by labels, and estimated without them',
    description:
      'What the labels that have come say of the answers in the window, with intervals; beside it what the scores alone promise (CBPE), and ' +
      'whether the two have parted, which is concept drift. Evaluated when asked for, which takes some seconds.',
  })
  @ApiOkResponse({ type: QualityResponse })
  measure(@Query() query: QualityQuery): Promise<QualityResponse> {
    return this.quality.evaluate(query);
  }

  @Get('fairness')
  @ApiOperation({
    summary: 'Groups compared',
    description:
      'By an attribute that the model never sees and labels came with: rates of each group with n and intervals, and how far apart the groups are. ' +
      'Of labelled answers only.',
  })
  @ApiOkResponse({ type: FairnessResponse })
  compare(@Query() query: FairnessQuery): Promise<FairnessResponse> {
    return this.fairness.evaluate(query);
  }
}
